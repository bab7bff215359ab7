import assert from 'node:assert/strict';
import { InternalError } from '../../../../core/errors.ts';
import { describe as describeReason } from '../../../../core/merge/threeWay/describe.ts';
import { mergeFile } from '../../../../core/merge/file/mergeFile.ts';
import type { MergeResult } from '../../../../core/merge/threeWay/mergeResult.ts';

const bytes = (content: string | readonly number[]): Uint8Array =>
  typeof content === 'string' ? new TextEncoder().encode(content) : Uint8Array.from(content);

type Content = string | readonly number[];

function merge(path: string, last: Content, yours: Content, next: Content): MergeResult {
  return mergeFile({ path, last: bytes(last), yours: bytes(yours), next: bytes(next) });
}

const png = [0x89, 0x50, 0x00, 0x01];
const unfinished = '<<<<<<< HEAD\nb\n=======\nd\n>>>>>>> main\n';
const latin1 = [...bytes('# caf'), 0xe9, 0x0a];

describe('core/merge/file/mergeFile', () => {
  const merged: readonly (readonly [string, string, Content, Content, Content, Content, string])[] = [
    [
      'text',
      'Makefile',
      'a\nb\nc\n',
      'A\nb\nc\n',
      'a\nb\nC\n',
      'A\nb\nC\n',
      '1 hunk of the generator; your 1 line kept',
    ],
    ['yours untouched', 'a', 'a\n', 'a\n', 'b\r\n', 'b\r\n', 'you had not changed it'],
    ['next as last', 'a.json', '{', 'mine', '{', 'mine', 'the generator changed nothing'],
    ['already there', 'a.json', '{', '[', '[', '[', 'already there'],
    ['7: there but for the line ends', 'a', 'a\n', 'b\r\n', 'b\n', 'b\r\n', 'already there'],
    ['22: a binary file that yours left alone', 'logo.png', png, png, [0], [0], 'you had not changed it'],
    ['22: a binary file of yours', 'logo.png', png, [0, 1], png, [0, 1], 'the generator changed nothing'],
    ['23: latin-1 of yours', 'a.py', '# cafe\n', latin1, '# cafe\n', latin1, 'the generator changed nothing'],
    [
      'JSON',
      'a/b.json',
      '{"a":1,"b":1}',
      '{"a":2,"b":1}',
      '{"a":1,"b":2}',
      '{"a":2,"b":2}',
      '1 value of the generator; the rest of your text untouched',
    ],
    [
      'JSON with comments',
      '.devcontainer/X.JSONC',
      '{"a":1,"b":1}',
      '{"a":1,/**/"b":1}',
      '{"a":1,"b":2}',
      '{"a":1,/**/"b":2}',
      '1 value of the generator; the rest of your text untouched',
    ],
    [
      'YAML',
      'a.yml',
      'a: 1\nb: 1\n',
      'a: 2\nb: 1\n',
      'a: 1\nb: 2\n',
      'a: 2\nb: 2\n',
      '1 value of the generator; the rest of your text untouched',
    ],
    [
      'a set of lines',
      'sub/.gitignore',
      'a\n',
      'a\nx\n',
      'a\ny\n',
      'a\nx\ny\n',
      '1 hunk of the generator; your 1 line kept',
    ],
    [
      'requirements',
      'requirements-dev.in',
      'a\n',
      'a\nx\n',
      'a\ny\n',
      'a\nx\ny\n',
      '1 hunk of the generator; your 1 line kept',
    ],
  ];
  for (const [name, path, last, yours, next, result, note] of merged) {
    it(name, () => {
      assert.deepEqual(merge(path, last, yours, next), { kind: 'merged', bytes: bytes(result), note });
    });
  }

  const conflicts: readonly (readonly [string, string, Content, Content, Content, readonly string[], boolean])[] = [
    ['4: the same line', 'Makefile', 'a\nb\n', 'x\nb\n', 'y\nb\n', ['line 1: last a, yours x, next y'], true],
    ['a line deleted here', 'Makefile', 'a\nb\n', 'b\n', 'y\nb\n', ['line 1: last a, yours nothing, next y'], true],
    [
      'comments around the value that both changed',
      'a.conf',
      '# 1 + 1\na = 2\n# a + 2\nb = 4\n',
      '# 1 + 1\na = 3\n# a + 2\nb = 4\n',
      '# 3 + 1\na = 4\n# a + 4\nb = 8\n',
      ['line 2: last a = 2, yours a = 3, next a = 4'],
      true,
    ],
    [
      'lines added right below what the generator changed',
      'a.conf',
      'a = 2\n',
      'a = 2\nb = 1\n',
      'a = 4\n',
      ['line 1: last a = 2, yours a = 2 b = 1, next a = 4'],
      true,
    ],
    [
      '22: binary',
      'logo.png',
      png,
      [0, 1],
      [0, 2],
      ['the file: is not text, and both you and the generator changed it'],
      false,
    ],
    [
      '23: latin-1',
      'a.py',
      '# a\n',
      latin1,
      '# b\n',
      ['the file: is not text, and both you and the generator changed it'],
      false,
    ],
    [
      '42: an unfinished merge of git',
      'a.py',
      'a\nb\n',
      `a\n${unfinished}`,
      'c\nb\n',
      ['the file: still contains conflict markers, from line 2'],
      false,
    ],
    ['42: in JSON', 'a.json', '1', unfinished, '2', ['the file: still contains conflict markers, from line 1'], false],
    ['JSON', 'a.json', '1', '2', '3', ['the file: last 1, yours 2, next 3'], false],
    ['YAML', 'a.yaml', 'a: 1', 'a: 2', 'a: 3', ['a: last 1, yours 2, next 3'], false],
    ['TOML', 'a.toml', 'a = 1', 'a = 2', 'a = 3', ['a: last 1, yours 2, next 3'], false],
    ['no set of lines', 'requirements.txt', 'a\n', 'a\nx\n', 'a\ny\n', ['line 2: last nothing, yours x, next y'], true],
    [
      'Python that merging would break',
      'a.py',
      'if a:\n    b()\n    # c\n    d()\n',
      'if a:\n    # c\n    d()\n',
      'if a:\n    b()\n    # c\n',
      ['line 3 of the merged text: would not be valid Python'],
      false,
    ],
  ];
  for (const [name, path, last, yours, next, reasons, hasMarkers] of conflicts) {
    it(`conflict: ${name}`, () => {
      const result = merge(path, last, yours, next);
      assert(result.kind === 'conflict', JSON.stringify(result));
      assert.deepEqual(result.reasons.map(describeReason), reasons);
      assert.equal(result.markers !== undefined, hasMarkers);
    });
  }

  it('a text that the generator broke is its fault, and says which', () => {
    assert.throws(
      () => merge('a/b.json', '1', '2', '{'),
      (error) => error instanceof InternalError && error.message.startsWith('a/b.json: '),
    );
  });

  it('a long reason is cut, on one line', () => {
    const long = `${'x'.repeat(100)}\n\t${'y'.repeat(100)}\n`;
    const result = merge('Makefile', 'a\n', long, 'b\n');
    assert(result.kind === 'conflict');
    assert.deepEqual(result.reasons.map(describeReason), [`line 1: last a, yours ${'x'.repeat(59)}…, next b`]);
  });
});
