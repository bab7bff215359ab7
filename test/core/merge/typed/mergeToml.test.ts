import assert from 'node:assert/strict';
import { InternalError } from '../../../../core/errors.ts';
import { describe as describeReason } from '../../../../core/merge/threeWay/describe.ts';
import { mergeToml } from '../../../../core/merge/typed/mergeToml.ts';
import type { Three } from '../../../../core/three.ts';

const last = `# Tools.
[project]
name = "shop"
version = "0"

[tool.ruff]
line-length = 100

[tool.ruff.lint]
select = [
  "E",
  "F",
]
`;

/** A reason above a number. */
const reasoned = last.replace('line-length', '# 0.8 x 125\nline-length');
const longer = reasoned.replace('0.8 x 125', '0.8 x 150').replace('100', '120');

describe('core/merge/typed/mergeToml', () => {
  const merged: readonly (Three<string> & { readonly name: string; readonly text: string })[] = [
    {
      name: '3: far apart',
      last,
      yours: last.replace('"0"', '"1" # ours since May'),
      next: last.replace('100', '120'),
      text: last.replace('"0"', '"1" # ours since May').replace('100', '120'),
    },
    {
      name: 'a number and the reason above it, with an edit elsewhere',
      last: reasoned,
      yours: reasoned.replace('"0"', '"1" # ours since May'),
      next: longer,
      text: longer.replace('"0"', '"1" # ours since May'),
    },
    {
      name: '24: CRLF, and a table of the user',
      last,
      yours: `${last}\n[tool.mine]\nn = 9223372036854775807\nf = 1.0\nd = 2026-11-25\n`.replaceAll('\n', '\r\n'),
      next: last.replace('100', '120'),
      text: `${last}\n[tool.mine]\nn = 9223372036854775807\nf = 1.0\nd = 2026-11-25\n`
        .replace('100', '120')
        .replaceAll('\n', '\r\n'),
    },
    {
      name: '7: already made by the user',
      last,
      yours: last.replace('100', '120').replace('"0"', '"1"'),
      next: last.replace('100', '120'),
      text: last.replace('100', '120').replace('"0"', '"1"'),
    },
  ];
  for (const { name, text, ...three } of merged) {
    it(name, () => {
      const merge = mergeToml(three);
      assert(merge.kind === 'merged', JSON.stringify(merge));
      assert.equal(merge.text, text);
    });
  }

  const conflicts: readonly (Three<string> & { readonly name: string; readonly reasons: readonly string[] })[] = [
    {
      name: 'a line right below a number and its reason: they never part',
      last: reasoned,
      yours: reasoned.replace('100\n', '100\nmine = 1\n'),
      next: longer,
      reasons: [
        'line 7: last # 0.8 x 125 line-length = 100, yours # 0.8 x 125 line-length = 100 mine = 1, next # 0.8 x 150 line-length = 120',
      ],
    },
    {
      name: '4: the same value',
      last,
      yours: last.replace('100', '90'),
      next: last.replace('100', '120'),
      reasons: ['tool.ruff.line-length: last 100, yours 90, next 120'],
    },
    {
      name: 'a number and the same as a fraction',
      last: 'a = 1\n',
      yours: 'a = 1.0\n',
      next: 'a = 2\n',
      reasons: ['a: last 1, yours 1.0, next 2'],
    },
    {
      name: '6: the value beside it stays a conflict: nothing is spliced into TOML',
      last: 'a = 1\nb = 2\n',
      yours: 'a = 3\nb = 2\n',
      next: 'a = 1\nb = 4\n',
      reasons: ['line 1: last a = 1 b = 2, yours a = 3 b = 2, next a = 1 b = 4'],
    },
    {
      name: '38: a clean merge of text that gives one table twice',
      last,
      yours: `[tool.new]\na = 1\n\n${last}`,
      next: `${last}\n[tool.new]\nb = 1\n`,
      reasons: ['tool.new: last absent, yours {a: 1}, next {b: 1}'],
    },
    {
      name: '42: yours is broken',
      last,
      yours: last.replace('"0"', '"0'),
      next: last.replace('100', '120'),
      reasons: ['line 4: is not valid TOML'],
    },
  ];
  for (const { name, reasons, ...three } of conflicts) {
    it(`conflict: ${name}`, () => {
      const merge = mergeToml(three);
      assert(merge.kind === 'conflict', JSON.stringify(merge));
      assert.deepEqual(merge.reasons.map(describeReason), reasons);
    });
  }

  it('a text that the generator broke is its fault', () => {
    assert.throws(() => mergeToml({ last, yours: `# mine\n${last}`, next: 'a = \n' }), InternalError);
  });
});
