import { countLines } from './countLines.ts';
import { diffLines } from './diffLines.ts';
import type { Hunk, Span } from './diffLines.ts';
import type { Three } from './types.ts';

/**
 * A stretch of the three texts.
 * - `same`: unchanged on both sides.
 * - `yours`, `ours`: changed on that side alone.
 * - `both`: changed on both sides into the same; what stands there is the user's.
 * - `conflict`: changed on both sides, differently, or so close that nobody can tell which line belongs where.
 * - `union`: what both sides added is kept. Never found here, but chosen by `mergeText`.
 */
export interface Piece extends Three<Span> {
  readonly kind: 'same' | 'yours' | 'ours' | 'both' | 'conflict' | 'union';
}

type Side = 'yours' | 'ours';

/**
 * Three-way merge of lines, by what each side changed. Changes that touch each other are one piece. The library's own
 * `diff3MergeRegions` does the same but does not tell who changed or deleted what.
 *
 * @returns the pieces in order, covering all three texts
 */
export function mergeLines(lines: Three<readonly string[]>): readonly Piece[] {
  const hunks = { yours: diffLines(lines.base, lines.yours), ours: diffLines(lines.base, lines.ours) };
  const isThere = alreadyThere(hunks.ours, lines);
  const waiting = [...label('yours', hunks.yours), ...label('ours', hunks.ours)].toSorted(
    (one, other) => one.hunk.base.start - other.hunk.base.start,
  );

  const pieces: Piece[] = [];
  let done: Three<number> = { base: 0, yours: 0, ours: 0 };
  const add = (kind: Piece['kind'], until: Three<number>): void => {
    const piece: Piece = {
      kind,
      base: { start: done.base, end: until.base },
      yours: { start: done.yours, end: until.yours },
      ours: { start: done.ours, end: until.ours },
    };
    done = until;
    if (size(piece.base) + size(piece.yours) + size(piece.ours) > 0) pieces.push(piece);
  };
  const addSameUntil = (base: number): void => {
    const count = base - done.base;
    add('same', { base, yours: done.yours + count, ours: done.ours + count });
  };

  for (let index = 0; index < waiting.length;) {
    const touching = [];
    let end = waiting[index]?.hunk.base.end ?? 0;
    addSameUntil(waiting[index]?.hunk.base.start ?? 0);
    for (let next = waiting[index]; next !== undefined && next.hunk.base.start <= end; next = waiting[index]) {
      touching.push(next);
      end = Math.max(end, next.hunk.base.end);
      index += 1;
    }
    const until = {
      base: end,
      yours: done.yours + sideLength('yours', touching, end - done.base),
      ours: done.ours + sideLength('ours', touching, end - done.base),
    };
    add(kindOf(touching, isThere, lines, done, until), until);
  }
  addSameUntil(lines.base.length);
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

/** How many lines of one side stand for `baseLength` lines of the base. */
function sideLength(side: Side, hunks: readonly SideHunk[], baseLength: number): number {
  const own = hunks.filter((candidate) => candidate.side === side);
  return own.reduce((length, { hunk }) => length + size(hunk.side) - size(hunk.base), baseLength);
}

/**
 * Tells which of the generator's changes the user's text seems to hold already, with the lines around them, although
 * comparing with the base does not show it. Where equal lines follow each other, a change may have been placed
 * differently on the two sides, and would be made twice.
 */
function alreadyThere(
  changes: readonly Hunk[],
  { base, yours, ours }: Three<readonly string[]>,
): (hunk: Hunk) => boolean {
  if (changes.length === 0) return () => false;
  const differences = diffLines(ours, yours);
  const balance = countLines(yours);
  for (const line of base) balance.set(line, (balance.get(line) ?? 0) - 1);

  return (hunk) => {
    const isUntouched = differences.every(
      (difference) => difference.base.end < hunk.side.start || hunk.side.end < difference.base.start,
    );
    const change = countLines(ours.slice(hunk.side.start, hunk.side.end));
    for (const line of base.slice(hunk.base.start, hunk.base.end)) change.set(line, (change.get(line) ?? 0) - 1);
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
  if (hunks.every(({ side, hunk }) => side === 'ours' && isThere(hunk))) return 'conflict';
  const [first] = hunks;
  if (first !== undefined && hunks.every(({ side }) => side === first.side)) return first.side;
  const yours = lines.yours.slice(from.yours, until.yours);
  const ours = lines.ours.slice(from.ours, until.ours);
  return yours.length === ours.length && yours.every((line, index) => line === ours[index]) ? 'both' : 'conflict';
}
