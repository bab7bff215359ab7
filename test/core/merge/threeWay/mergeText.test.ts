import assert from 'node:assert/strict';
import { mergeText } from '../../../../core/merge/threeWay/mergeText.ts';
import type { Three } from '../../../../core/three.ts';

const lines = (...all: readonly string[]): string => all.map((line) => `${line}\n`).join('');
const crlf = (text: string): string => text.replaceAll('\n', '\r\n');
const last = lines('one', 'two', 'three', 'four', 'five', 'six');
const editedOne = lines('ONE', 'two', 'three', 'four', 'five', 'six');
const editedSix = lines('one', 'two', 'three', 'four', 'five', 'SIX');
const editedBoth = lines('ONE', 'two', 'three', 'four', 'five', 'SIX');

interface Case extends Three<string> {
  readonly name: string;
  readonly text: string;
  readonly hunks: number;
  readonly kept: number;
}

const merged: readonly Case[] = [
  { name: '3: far apart', last, yours: editedOne, next: editedSix, text: editedBoth, hunks: 1, kept: 1 },
  {
    name: '7: already made by the user',
    last,
    yours: editedBoth,
    next: editedSix,
    text: editedBoth,
    hunks: 0,
    kept: 1,
  },
  { name: '24: CRLF', last, yours: crlf(editedOne), next: editedSix, text: crlf(editedBoth), hunks: 1, kept: 1 },
  { name: '24: CRLF alone', last, yours: crlf(last), next: editedSix, text: crlf(editedSix), hunks: 1, kept: 0 },
  {
    name: '24: each line keeps its own end; new lines get the common one',
    last: lines('a', 'b', 'c', 'd', 'e'),
    yours: 'a\r\nb\nc\r\nD\r\ne\n',
    next: lines('a', 'new', 'b', 'c', 'd', 'e'),
    text: 'a\r\nnew\r\nb\nc\r\nD\r\ne\n',
    hunks: 1,
    kept: 1,
  },
  {
    name: 'a generator that changes its line ends changes nothing',
    last,
    yours: editedOne,
    next: crlf(last),
    text: editedOne,
    hunks: 0,
    kept: 1,
  },
  {
    name: '26: a byte order mark of the user',
    last,
    yours: `\uFEFF${editedOne}`,
    next: editedSix,
    text: `\uFEFF${editedBoth}`,
    hunks: 1,
    kept: 1,
  },
  {
    name: '26: a byte order mark that the user took away',
    last: `\uFEFF${last}`,
    yours: editedOne,
    next: `\uFEFF${editedSix}`,
    text: editedBoth,
    hunks: 1,
    kept: 1,
  },
  {
    name: '27: no final newline in yours',
    last,
    yours: editedOne.trimEnd(),
    next: editedSix,
    text: editedBoth.trimEnd(),
    hunks: 1,
    kept: 1,
  },
  {
    name: '27: a final newline added by the generator',
    last: last.trimEnd(),
    yours: editedOne.trimEnd(),
    next: last,
    text: editedOne,
    hunks: 0,
    kept: 1,
  },
  {
    name: '27: lines added after a last line without its end',
    last: 'a\nb\nc',
    yours: 'A\nb\nc',
    next: 'a\nb\nc\nd',
    text: 'A\nb\nc\nd',
    hunks: 1,
    kept: 1,
  },
  {
    name: 'deletions on both sides',
    last: lines('a', 'b', 'c', 'd', 'e'),
    yours: lines('b', 'c', 'd', 'e'),
    next: lines('a', 'b', 'c', 'd'),
    text: lines('b', 'c', 'd'),
    hunks: 1,
    kept: 0,
  },
  {
    name: 'names that every object has',
    last: lines('constructor', 'x', '__proto__'),
    yours: lines('toString', 'constructor', 'x', '__proto__'),
    next: lines('constructor', 'x', '__proto__', 'hasOwnProperty'),
    text: lines('toString', 'constructor', 'x', '__proto__', 'hasOwnProperty'),
    hunks: 1,
    kept: 1,
  },
];

describe('core/merge/threeWay/mergeText', () => {
  for (const { name, text, hunks, kept, ...three } of merged) {
    it(name, () => {
      assert.deepEqual(mergeText(three), { kind: 'merged', text, hunks, kept });
    });
  }

  const conflicts: readonly (Three<string> & { readonly name: string; readonly line: number })[] = [
    { name: '4: the same line', last: 'a\nb\nc\n', yours: 'a\nB\nc\n', next: 'a\nß\nc\n', line: 2 },
    { name: '5: the line beside it', last: 'a\nb\nc\nd\n', yours: 'a\nB\nc\nd\n', next: 'a\nb\nC\nd\n', line: 2 },
    { name: 'two insertions at one spot', last: 'a\nb\n', yours: 'a\ny\nb\n', next: 'a\no\nb\n', line: 2 },
    { name: 'deleted here, changed there', last: 'a\nb\nc\n', yours: 'a\nc\n', next: 'a\nB\nc\n', line: 2 },
    { name: 'everything deleted here', last: 'a\nb\n', yours: '', next: 'a\nb\nc\n', line: 1 },
    { name: 'added by both from nothing', last: '', yours: 'y\n', next: 'o\n', line: 1 },
    {
      name: 'a line that the user deleted and the generator only moved',
      last: 'a\nx\nb\nc\nd\n',
      yours: 'a\nb\nc\nd\n',
      next: 'a\nb\nc\nd\nx\n',
      line: 5,
    },
  ];
  for (const { name, line, ...three } of conflicts) {
    it(`conflict: ${name}`, () => {
      const merge = mergeText(three);
      assert(merge.kind === 'conflict');
      assert.deepEqual(
        merge.conflicts.map((conflict) => conflict.line),
        [line],
      );
    });
  }

  it("a line that moved comes back only where it is nobody's in particular", () => {
    const three = { last: 'a\n}\nb\nc\nd\n', yours: 'a\nb\nc\nd\n', next: 'a\nb\nc\nd\n}\n' };
    assert.equal(mergeText(three).kind, 'merged');
  });

  it('a set of lines keeps what both added at one spot, once', () => {
    const three = { last: 'a\nb\n', yours: 'a\nx\ny\nb\n', next: 'a\ny\nz\nb\n' };
    assert.equal(mergeText(three).kind, 'conflict');
    const merge = mergeText(three, { isLineSet: true });
    assert.deepEqual(merge, { kind: 'merged', text: 'a\nx\ny\nz\nb\n', hunks: 1, kept: 2 });
  });

  it('a set of lines is no excuse where a line was changed', () => {
    const three = { last: 'a\nb\n', yours: 'a\nB\n', next: 'a\nc\n' };
    assert.equal(mergeText(three, { isLineSet: true }).kind, 'conflict');
  });

  describe('long texts', () => {
    const many = (prefix: string, count: number): string =>
      lines(...Array.from({ length: count }, (_, n) => prefix + n));
    const long = many('a', 20_000);
    const mine = many('mine ', 5000);
    const next = long.replace('a10\n', 'new\n').replace('a19990\n', 'new, too\n');
    const edits: readonly (readonly [string, (text: string) => string])[] = [
      ['thousands of lines appended', (text) => text + mine],
      ['thousands of lines put before', (text) => mine + text],
      [
        'thousands of lines in the middle, and one far away',
        (text) => text.replace('a5000\n', `a5000\n${mine}`).replace('a15000\n', 'mine\n'),
      ],
      [
        'thousands of equal lines in two places',
        (text) => text.replace('a5000\n', 'x\n'.repeat(4000)).replace('a15000\n', 'x\n'.repeat(4000)),
      ],
      [
        'thousands of lines gone',
        (text) => text.slice(0, text.indexOf('a3000\n')) + text.slice(text.indexOf('a9000\n')),
      ],
    ];
    for (const [name, edit] of edits) {
      it(name, () => {
        const merge = mergeText({ last: long, yours: edit(long), next });
        assert(merge.kind === 'merged' && merge.text === edit(next));
      });
    }

    it('all lines changed on both sides is one conflict', () => {
      const merge = mergeText({ last: many('a', 3001), yours: many('b', 3001), next: many('c', 3001) });
      assert(merge.kind === 'conflict');
      assert.equal(merge.conflicts.length, 1);
    });
  });
});
