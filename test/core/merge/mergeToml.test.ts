import assert from 'node:assert/strict';
import { InternalError } from '../../../core/errors.ts';
import { describe as describeReason } from '../../../core/merge/describe.ts';
import { mergeToml } from '../../../core/merge/mergeToml.ts';
import type { Three } from '../../../core/merge/types.ts';

const base = `# Tools.
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
const reasoned = base.replace('line-length', '# 0.8 x 125\nline-length');
const longer = reasoned.replace('0.8 x 125', '0.8 x 150').replace('100', '120');

describe('core/merge/mergeToml', () => {
  const merged: readonly (Three<string> & { readonly name: string; readonly text: string })[] = [
    {
      name: '3: far apart',
      base,
      yours: base.replace('"0"', '"1" # ours since May'),
      ours: base.replace('100', '120'),
      text: base.replace('"0"', '"1" # ours since May').replace('100', '120'),
    },
    {
      name: 'a number and the reason above it, with an edit elsewhere',
      base: reasoned,
      yours: reasoned.replace('"0"', '"1" # ours since May'),
      ours: longer,
      text: longer.replace('"0"', '"1" # ours since May'),
    },
    {
      name: '24: CRLF, and a table of the user',
      base,
      yours: `${base}\n[tool.mine]\nn = 9223372036854775807\nf = 1.0\nd = 2026-11-25\n`.replaceAll('\n', '\r\n'),
      ours: base.replace('100', '120'),
      text: `${base}\n[tool.mine]\nn = 9223372036854775807\nf = 1.0\nd = 2026-11-25\n`
        .replace('100', '120')
        .replaceAll('\n', '\r\n'),
    },
    {
      name: '7: already made by the user',
      base,
      yours: base.replace('100', '120').replace('"0"', '"1"'),
      ours: base.replace('100', '120'),
      text: base.replace('100', '120').replace('"0"', '"1"'),
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
      base: reasoned,
      yours: reasoned.replace('100\n', '100\nmine = 1\n'),
      ours: longer,
      reasons: [
        'line 7: was # 0.8 x 125 line-length = 100, yours # 0.8 x 125 line-length = 100 mine = 1, new # 0.8 x 150 line-length = 120',
      ],
    },
    {
      name: '4: the same value',
      base,
      yours: base.replace('100', '90'),
      ours: base.replace('100', '120'),
      reasons: ['tool.ruff.line-length: was 100, yours 90, new 120'],
    },
    {
      name: 'a number and the same as a fraction',
      base: 'a = 1\n',
      yours: 'a = 1.0\n',
      ours: 'a = 2\n',
      reasons: ['a: was 1, yours 1.0, new 2'],
    },
    {
      name: '6: the value beside it stays a conflict: nothing is spliced into TOML',
      base: 'a = 1\nb = 2\n',
      yours: 'a = 3\nb = 2\n',
      ours: 'a = 1\nb = 4\n',
      reasons: ['line 1: was a = 1 b = 2, yours a = 3 b = 2, new a = 1 b = 4'],
    },
    {
      name: '38: a clean merge of text that gives one table twice',
      base,
      yours: `[tool.new]\na = 1\n\n${base}`,
      ours: `${base}\n[tool.new]\nb = 1\n`,
      reasons: ['tool.new: was absent, yours {a: 1}, new {b: 1}'],
    },
    {
      name: '42: yours is broken',
      base,
      yours: base.replace('"0"', '"0'),
      ours: base.replace('100', '120'),
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
    assert.throws(() => mergeToml({ base, yours: `# mine\n${base}`, ours: 'a = \n' }), InternalError);
  });
});
