import * as fc from 'fast-check';
import type { Three } from '../../../core/three.ts';

interface LineEdit {
  readonly at: number;
  readonly to: number;
  readonly how: 'insert' | 'delete' | 'replace' | 'move';
  readonly line: string;
}

/** Few, so that equal lines are common, as blank lines and brackets are in real files. */
const line = fc.constantFrom('', '', '}', 'a', 'b', 'c', 'd = 1', 'constructor', '__proto__');
const edits = fc.array(
  fc.record({
    at: fc.nat(20),
    to: fc.nat(20),
    how: fc.constantFrom('insert' as const, 'delete' as const, 'replace' as const, 'move' as const),
    line: fc.oneof(line, fc.constantFrom('x', 'y', 'z')),
  }),
  { maxLength: 4 },
);

function apply(lines: readonly string[], { at, to, how, line: added }: LineEdit): readonly string[] {
  const index = at % (lines.length + 1);
  if (how === 'insert') return lines.toSpliced(index, 0, added);
  if (how === 'replace') return lines.toSpliced(index, 1, added);
  const left = lines.toSpliced(index, 1);
  const moved = lines[index];
  return how === 'delete' || moved === undefined ? left : left.toSpliced(to % (left.length + 1), 0, moved);
}

/** A content and two edited versions of it, as lines. */
export const lineTriple: fc.Arbitrary<Three<readonly string[]>> = fc
  .record({ last: fc.array(line, { maxLength: 14 }), yours: edits, next: edits })
  .map(({ last, yours, next }) => ({ last, yours: yours.reduce(apply, last), next: next.reduce(apply, last) }));

/** The same, with no line twice: where each change belongs is beyond doubt. */
export const uniqueTriple: fc.Arbitrary<Three<string>> = fc
  .record({ length: fc.nat(14), yours: edits, next: edits })
  .map(({ length, yours, next }) => {
    const last = Array.from({ length }, (_, index) => `last ${index}`);
    const added = (side: string, all: readonly LineEdit[]): readonly LineEdit[] =>
      all.map((edit, index) => ({ ...edit, line: `${edit.line === 'x' ? 'both' : side} ${index}` }));
    const text = (lines: readonly string[]): string => lines.map((content) => `${content}\n`).join('');
    return {
      last: text(last),
      yours: text(added('yours', yours).reduce(apply, last)),
      next: text(added('next', next).reduce(apply, last)),
    };
  });

interface Ends {
  readonly lineEnds: readonly string[];
  readonly isEnded: boolean;
  readonly hasByteOrderMark: boolean;
}

const ends: fc.Arbitrary<Ends> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ lineEnds: ['\n'], isEnded: true, hasByteOrderMark: false }) },
  {
    weight: 1,
    arbitrary: fc.record({
      lineEnds: fc.constantFrom(['\r\n'], ['\n', '\r\n'], ['\r\n', '\n', '\n'], ['\r']),
      isEnded: fc.boolean(),
      hasByteOrderMark: fc.boolean(),
    }),
  },
);

function join(lines: readonly string[], { lineEnds, isEnded, hasByteOrderMark }: Ends): string {
  const text = lines.map((content, index) => {
    const isLast = index === lines.length - 1;
    return content + (isLast && !isEnded ? '' : (lineEnds[index % lineEnds.length] ?? '\n'));
  });
  return (hasByteOrderMark ? '\uFEFF' : '') + text.join('');
}

export const textTriple: fc.Arbitrary<Three<string>> = fc
  .record({ lines: lineTriple, last: ends, yours: ends, next: ends })
  .map(({ lines, last, yours, next }) => ({
    last: join(lines.last, last),
    yours: join(lines.yours, yours),
    next: join(lines.next, next),
  }));
