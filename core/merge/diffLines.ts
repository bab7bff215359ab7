import { diffIndices } from 'node-diff3';

/** A half-open range of line numbers that start at 0. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The lines `base` of the old text became the lines `side` of the new one; one of them may be empty. */
export interface Hunk {
  readonly base: Span;
  readonly side: Span;
}

/**
 * Above this the cost is felt: with many equal lines the search is worse than quadratic (2,000 lines about 1 s).
 * Counted after equal lines at both ends are set aside.
 */
export const maxLines = 3000;

/**
 * The changes from one text to another, in order, by the longest common subsequence of lines. Two hunks never touch.
 *
 * @returns undefined when the texts are too large and too different
 */
export function diffLines(base: readonly string[], side: readonly string[]): readonly Hunk[] | undefined {
  const shorter = Math.min(base.length, side.length);
  let head = 0;
  while (head < shorter && base[head] === side[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && base[base.length - 1 - tail] === side[side.length - 1 - tail]) tail += 1;

  const rest = [base.slice(head, base.length - tail), side.slice(head, side.length - tail)] as const;
  if (rest.some((lines) => lines.length > maxLines)) return undefined;
  const tokens = new Map<string, number>();
  const [from, to] = rest.map((lines) => lines.map((line) => intern(tokens, line))) as [number[], number[]];
  return diffIndices(from, to).map(({ buffer1, buffer2 }) => ({
    base: span(head + buffer1[0], buffer1[1]),
    side: span(head + buffer2[0], buffer2[1]),
  }));
}

/** One number per distinct line: cheap to compare, and no line can be taken for a property of an object. */
function intern(tokens: Map<string, number>, line: string): number {
  const token = tokens.get(line) ?? tokens.size;
  tokens.set(line, token);
  return token;
}

function span(start: number, length: number): Span {
  return { start, end: start + length };
}
