import { mergeLines, size } from './mergeLines.ts';
import type { Piece } from './mergeLines.ts';
import { contentsOf, refuseReturns } from './refuseReturns.ts';
import { joinLines, splitLines } from '../../formats/lines/splitLines.ts';
import type { Lines } from '../../formats/lines/splitLines.ts';
import type { Three } from '../../three.ts';

/** A place of the text that both sides changed: the lines of each version, without their ends. */
export interface TextConflict extends Three<readonly string[]> {
  /** The first line concerned in the user's text, from 1; where the user has no line, the one before which it would be. */
  readonly line: number;
}

export type TextMerge =
  | {
      readonly kind: 'merged';
      readonly text: string;
      /** Changes taken over from the generator. */
      readonly hunks: number;
      /** Lines that the user added or changed. */
      readonly kept: number;
    }
  | {
      readonly kind: 'conflict';
      readonly conflicts: readonly TextConflict[];
      /** The whole text in order, for writing it with markers. */
      readonly pieces: readonly Piece[];
      readonly lines: Three<Lines>;
    };

export interface TextOptions {
  /** The order of lines hardly matters (`.gitignore`): lines added by both at one spot are all kept. */
  readonly isLineSet?: boolean;
  /** What of a line counts when it is compared; lines that are the same stay as the user has them. */
  readonly key?: (line: string) => string;
  readonly layout?: Layout;
}

/** What only changes the layout of lines. */
export interface Layout {
  /** Whether some lines say the same as others, with another layout: then nobody has changed them. */
  readonly isSame: (one: readonly string[], other: readonly string[]) => boolean;
  /** The lines of a text, from 0, that say something by their layout. */
  readonly fixedLines: (text: string) => ReadonlySet<number>;
}

/**
 * Three-way merge of a text by lines. Lines are compared without their ends; lines that are not the generator's keep
 * the user's own end, the generator's get the one that most of the user's lines have. Byte order mark and last line
 * end are merged as properties of their own.
 */
export function mergeText(
  texts: Three<string>,
  { isLineSet = false, key = (line) => line, layout }: TextOptions = {},
): TextMerge {
  const lines = {
    last: splitLines(texts.last),
    yours: splitLines(texts.yours),
    next: splitLines(texts.next),
  };
  const contents = { last: lines.last.contents, yours: lines.yours.contents, next: lines.next.contents };
  const keys = { last: contents.last.map(key), yours: contents.yours.map(key), next: contents.next.map(key) };
  const found = mergeLines(keys);
  const settled = isLineSet ? found.map(union) : found;
  // A bracket or an empty line is nobody's in particular.
  const checked = refuseReturns(settled, keys, (line) => /[\p{L}\p{N}]/u.test(line));
  // Lines that a formatter rewrapped are neither gone nor coming back.
  const pieces = layout === undefined ? checked : withoutLayout(checked, texts, contents, layout);
  const conflicts = pieces.filter(({ kind }) => kind === 'conflict').map((piece) => conflictOf(piece, contents));
  if (conflicts.length > 0) return { kind: 'conflict', conflicts, pieces, lines };
  return {
    kind: 'merged',
    text: joinLines(write(pieces, lines)),
    hunks: pieces.filter(({ kind }) => kind === 'next' || kind === 'union').length,
    kept: pieces
      .filter(({ kind }) => kind === 'yours' || kind === 'union')
      .reduce((sum, piece) => sum + size(piece.yours), 0),
  };
}

/** Two pure insertions at one spot. */
function union(piece: Piece): Piece {
  return piece.kind === 'conflict' && size(piece.last) === 0 ? { ...piece, kind: 'union' } : piece;
}

/** A conflict in which one side changed the layout alone is the other's change. */
function withoutLayout(
  pieces: readonly Piece[],
  texts: Three<string>,
  contents: Three<readonly string[]>,
  { isSame, fixedLines }: Layout,
): readonly Piece[] {
  if (pieces.every(({ kind }) => kind !== 'conflict')) return pieces;
  const fixed = { last: fixedLines(texts.last), yours: fixedLines(texts.yours), next: fixedLines(texts.next) };
  const isFixed = (piece: Piece): boolean =>
    (['last', 'yours', 'next'] as const).some((side) =>
      [...fixed[side]].some((line) => piece[side].start <= line && line < piece[side].end),
    );
  return pieces.map((piece) => {
    if (piece.kind !== 'conflict' || isFixed(piece)) return piece;
    const { last, yours, next } = conflictOf(piece, contents);
    const isEqual = (one: readonly string[]): boolean => one.join('\n') === last.join('\n');
    // Only one side changed it, and nobody can tell what belongs where.
    if (isEqual(yours) || isEqual(next)) return piece;
    if (isSame(yours, next)) return { ...piece, kind: 'both' };
    if (isSame(yours, last)) return { ...piece, kind: 'next' };
    return isSame(next, last) ? { ...piece, kind: 'yours' } : piece;
  });
}

function conflictOf({ last, yours, next }: Piece, contents: Three<readonly string[]>): TextConflict {
  return {
    line: yours.start + 1,
    last: contents.last.slice(last.start, last.end),
    yours: contents.yours.slice(yours.start, yours.end),
    next: contents.next.slice(next.start, next.end),
  };
}

function write(pieces: readonly Piece[], lines: Three<Lines>): Lines {
  const contents: string[] = [];
  const ends: string[] = [];
  const commonEnd = lines.yours.commonEnd ?? lines.next.commonEnd ?? '\n';
  const all = { last: lines.last.contents, yours: lines.yours.contents, next: lines.next.contents };
  for (const piece of pieces) {
    const own = piece.kind === 'next' ? [] : lines.yours.ends.slice(piece.yours.start, piece.yours.end);
    for (const [index, content] of linesOf(piece, all).entries()) {
      contents.push(content);
      // A last line without an end may have got lines after it.
      ends.push(own[index] || commonEnd);
    }
  }
  const flag = (of: (side: Lines) => boolean): boolean =>
    of(lines.yours) === of(lines.last) ? of(lines.next) : of(lines.yours);
  const isEnded = flag((side) => side.isEnded);
  // Without its end, an empty last line would be gone.
  if (!isEnded && contents.at(-1)) ends[ends.length - 1] = '';
  return { hasByteOrderMark: flag((side) => side.hasByteOrderMark), contents, ends, isEnded, commonEnd };
}

/** Lines that say the same are the user's where the user touched them, else the generator's: padded as the rest is. */
function linesOf(piece: Piece, all: Three<readonly string[]>): readonly string[] {
  const own = contentsOf(piece, all);
  if (piece.kind !== 'same') return own;
  return own.map((line, index) => {
    const isLeft = line === all.last[piece.last.start + index];
    return isLeft ? (all.next[piece.next.start + index] ?? line) : line;
  });
}
