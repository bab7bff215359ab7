import { diffIndices } from 'node-diff3';
import { findAnchors } from './findAnchors.ts';

/** A half-open range of line numbers that start at 0. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The lines `last` of the old text became the lines `side` of the new one; one of them may be empty. */
export interface Hunk {
  readonly last: Span;
  readonly side: Span;
}

/**
 * Above this the cost is felt: with many equal lines the search is worse than quadratic (2,000 lines about 1 s).
 * Counted after equal lines at both ends are set aside.
 */
export const maxLines = 3000;

/**
 * The changes from one text to another, in order, by the longest common subsequence of lines. Two hunks never touch.
 * In longer texts the lines that both have once are found first, as `git diff --patience` does, and the search goes on
 * between them; where that leaves too many lines, they are one hunk.
 */
export function diffLines(last: readonly string[], side: readonly string[]): readonly Hunk[] {
  const tokens = new Map<string, number>();
  const intern = (lines: readonly string[]): readonly number[] => lines.map((line) => tokenOf(tokens, line));
  return diffTokens(intern(last), intern(side), 0, 0);
}

/** @param lastStart and `sideStart`: where the tokens stand in the whole */
function diffTokens(
  last: readonly number[],
  side: readonly number[],
  lastStart: number,
  sideStart: number,
): readonly Hunk[] {
  const shorter = Math.min(last.length, side.length);
  let head = 0;
  while (head < shorter && last[head] === side[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && last[last.length - 1 - tail] === side[side.length - 1 - tail]) tail += 1;

  const [from, to] = [last.slice(head, last.length - tail), side.slice(head, side.length - tail)];
  const [lastHead, sideHead] = [lastStart + head, sideStart + head];
  if (from.length === 0 && to.length === 0) return [];
  if (from.length === 0 || to.length === 0) {
    return [{ last: span(lastHead, from.length), side: span(sideHead, to.length) }];
  }
  if (from.length <= maxLines && to.length <= maxLines) {
    return diffIndices([...from], [...to]).map(({ buffer1, buffer2 }) => ({
      last: span(lastHead + buffer1[0], buffer1[1]),
      side: span(sideHead + buffer2[0], buffer2[1]),
    }));
  }
  const anchors = findAnchors(from, to);
  if (anchors.length === 0) return [{ last: span(lastHead, from.length), side: span(sideHead, to.length) }];
  let [passedLast, passedSide] = [0, 0];
  return [...anchors, { last: from.length, side: to.length }].flatMap((anchor) => {
    const hunks = diffTokens(
      from.slice(passedLast, anchor.last),
      to.slice(passedSide, anchor.side),
      lastHead + passedLast,
      sideHead + passedSide,
    );
    [passedLast, passedSide] = [anchor.last + 1, anchor.side + 1];
    return hunks;
  });
}

/** One number per distinct line: cheap to compare, and no line can be taken for a property of an object. */
function tokenOf(tokens: Map<string, number>, line: string): number {
  const token = tokens.get(line) ?? tokens.size;
  tokens.set(line, token);
  return token;
}

function span(start: number, length: number): Span {
  return { start, end: start + length };
}
