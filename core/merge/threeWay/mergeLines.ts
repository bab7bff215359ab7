import { countLines } from '../../formats/lines/countLines.ts';
import { diffLines } from '../../formats/lines/diffLines.ts';
import type { Hunk, Span } from '../../formats/lines/diffLines.ts';
import type { Three } from '../../three.ts';

/**
 * A stretch of the three texts.
 * - `same`: unchanged on both sides.
 * - `yours`, `next`: changed on that side alone.
 * - `both`: changed on both sides into the same; what stands there is the user's.
 * - `conflict`: changed on both sides, differently, or so close that nobody can tell which line belongs where.
 * - `union`: what both sides added is kept. Never found here, but chosen by `mergeText`.
 */
export interface Piece extends Three<Span> {
  readonly kind: 'same' | 'yours' | 'next' | 'both' | 'conflict' | 'union';
}

type Side = 'yours' | 'next';

/**
 * Three-way merge of lines, by what each side changed. Changes that touch each other are one piece. The library's own
 * `diff3MergeRegions` does the same but does not tell who changed or deleted what.
 *
 * @returns the pieces in order, covering all three texts
 */
export function mergeLines(lines: Three<readonly string[]>): readonly Piece[] {
  const hunks = { yours: diffLines(lines.last, lines.yours), next: diffLines(lines.last, lines.next) };
  const isThere = alreadyThere(hunks.next, lines);
  const waiting = [...label('yours', hunks.yours), ...label('next', hunks.next)].toSorted(
    (one, other) => one.hunk.last.start - other.hunk.last.start,
  );

  const pieces: Piece[] = [];
  let done: Three<number> = { last: 0, yours: 0, next: 0 };
  const add = (kind: Piece['kind'], until: Three<number>): void => {
    const piece: Piece = {
      kind,
      last: { start: done.last, end: until.last },
      yours: { start: done.yours, end: until.yours },
      next: { start: done.next, end: until.next },
    };
    done = until;
    if (size(piece.last) + size(piece.yours) + size(piece.next) > 0) pieces.push(piece);
  };
  const addSameUntil = (last: number): void => {
    const count = last - done.last;
    add('same', { last, yours: done.yours + count, next: done.next + count });
  };

  for (let index = 0; index < waiting.length;) {
    const touching = [];
    let end = waiting[index]?.hunk.last.end ?? 0;
    addSameUntil(waiting[index]?.hunk.last.start ?? 0);
    for (
      let following = waiting[index];
      following !== undefined && following.hunk.last.start <= end;
      following = waiting[index]
    ) {
      touching.push(following);
      end = Math.max(end, following.hunk.last.end);
      index += 1;
    }
    const until = {
      last: end,
      yours: done.yours + sideLength('yours', touching, end - done.last),
      next: done.next + sideLength('next', touching, end - done.last),
    };
    add(kindOf(touching, isThere, lines, done, until), until);
  }
  addSameUntil(lines.last.length);
  return pieces;
}

interface SideHunk {
  readonly side: Side;
  readonly hunk: Hunk;
}

function label(side: Side, hunks: readonly Hunk[]): readonly SideHunk[] {
  return hunks.map((hunk) => ({ side, hunk }));
}

export function size({ start, end }: Span): number {
  return end - start;
}

/** How many lines of one side stand for `lastLength` lines of `last`. */
function sideLength(side: Side, hunks: readonly SideHunk[], lastLength: number): number {
  const own = hunks.filter((candidate) => candidate.side === side);
  return own.reduce((length, { hunk }) => length + size(hunk.side) - size(hunk.last), lastLength);
}

/**
 * Tells which of the generator's changes the user's text seems to hold already, with the lines around them, although
 * comparing with `last` does not show it. Where equal lines follow each other, a change may have been placed
 * differently on the two sides, and would be made twice.
 */
function alreadyThere(
  changes: readonly Hunk[],
  { last, yours, next }: Three<readonly string[]>,
): (hunk: Hunk) => boolean {
  if (changes.length === 0) return () => false;
  const differences = diffLines(next, yours);
  const balance = countLines(yours);
  for (const line of last) balance.set(line, (balance.get(line) ?? 0) - 1);

  return (hunk) => {
    const isUntouched = differences.every(
      (difference) => difference.last.end < hunk.side.start || hunk.side.end < difference.last.start,
    );
    const change = countLines(next.slice(hunk.side.start, hunk.side.end));
    for (const line of last.slice(hunk.last.start, hunk.last.end)) change.set(line, (change.get(line) ?? 0) - 1);
    // The user must have added and deleted as many of the same lines.
    const isMade = [...change].every(([line, count]) => {
      const own = balance.get(line) ?? 0;
      return count > 0 ? own >= count : own <= count || count === 0;
    });
    return isUntouched && isMade;
  };
}

function kindOf(
  hunks: readonly SideHunk[],
  isThere: (hunk: Hunk) => boolean,
  lines: Three<readonly string[]>,
  from: Three<number>,
  until: Three<number>,
): Piece['kind'] {
  if (hunks.every(({ side, hunk }) => side === 'next' && isThere(hunk))) return 'conflict';
  const [first] = hunks;
  if (first !== undefined && hunks.every(({ side }) => side === first.side)) return first.side;
  const yours = lines.yours.slice(from.yours, until.yours);
  const next = lines.next.slice(from.next, until.next);
  return yours.length === next.length && yours.every((line, index) => line === next[index]) ? 'both' : 'conflict';
}
