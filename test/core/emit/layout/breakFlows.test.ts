import assert from 'node:assert/strict';
import { parse } from 'yaml';
import { breakFlows } from '../../../../core/emit/layout/breakFlows.ts';

const a30 = 'a'.repeat(30);
const b30 = 'b'.repeat(30);
const c30 = 'c'.repeat(30);

describe('breakFlows', () => {
  const cases: readonly (readonly [name: string, text: string, expected: string])[] = [
    ['what fits', 'a: [1, 2]\n', 'a: [1, 2]\n'],
    ['eighty columns', `${'k'.repeat(8)}: [${a30}, ${b30}, 123]`, `${'k'.repeat(8)}: [${a30}, ${b30}, 123]`],
    [
      'a list that fits on a line of its own',
      `  a-long-key-of-it: ["${a30}", "${b30}"]`,
      `  a-long-key-of-it:\n    ["${a30}", "${b30}"]`,
    ],
    [
      'a list that fits nowhere',
      `key: [${a30}, "${b30},]", '${c30}''']`,
      `key:\n  [\n    ${a30},\n    "${b30},]",\n    '${c30}''',\n  ]`,
    ],
    [
      'a tag, which stays before its list',
      `  - Value: !If [${a30}, !Ref ${b30}, !GetAtt ${c30}.Arn]`,
      `  - Value:\n      !If [\n        ${a30},\n        !Ref ${b30},\n        !GetAtt ${c30}.Arn,\n      ]`,
    ],
    [
      'an item of a list, and one list in another',
      `- !If [LongEnough, { Key: ${a30}, Value: !GetAtt W.Name }, !Join [",", [${c30}]]]`,
      `- !If [\n    LongEnough,\n    { Key: ${a30}, Value: !GetAtt W.Name },\n    !Join [",", [${c30}]],\n  ]`,
    ],
    [
      'an object in a list that fits nowhere either',
      `- [A, { ${a30}: ${b30}, ${c30}: 1 }]`,
      `- [\n    A,\n    {\n      ${a30}: ${b30},\n      ${c30}: 1,\n    },\n  ]`,
    ],
  ];
  for (const [name, text, expected] of cases) {
    it(`writes ${name}`, () => {
      assert.equal(breakFlows(text), expected);
      assert.equal(breakFlows(expected), expected);
      const plain = (yaml: string): unknown => parse(yaml.replaceAll(/!\w+ /g, ''));
      assert.deepEqual(plain(expected), plain(text));
    });
  }

  const kept: readonly (readonly [name: string, text: string])[] = [
    ['a block scalar', `run: |\n  x: [${a30}, ${b30}, ${c30}]\n\n  y: [${a30}, ${b30}, ${c30}]`],
    ['a block scalar with a tag and chomping', `- Fn: !Sub |-\n    x: [${a30}, ${b30}, ${c30}]`],
    ['a block scalar that is an item', `- >\n  x: [${a30}, ${b30}, ${c30}]`],
    ['a comment', `# x: [${a30}, ${b30}, ${c30}]`],
    ['a collection with a comment behind it', `x: [${a30}] # ${b30} ${c30} [x]`],
    ['a text that only looks like one', `x: "[${a30}, ${b30}, ${c30}]"`],
  ];
  for (const [name, text] of kept) {
    it(`leaves ${name}`, () => assert.equal(breakFlows(text), text));
  }

  it('goes on behind a block scalar', () => {
    const text = `- run: |\n    x\n  list: [${a30}, ${b30}, 1234567890]`;
    assert.equal(breakFlows(text), text.replace(': [', ':\n    ['));
  });
});
