import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { layOutJson } from '../../../../core/emit/layout/layOutJson.ts';
import { InternalError } from '../../../../core/errors.ts';

describe('layOutJson', () => {
  const long = 'x'.repeat(60);
  const cases: readonly (readonly [name: string, text: string, expected: string])[] = [
    ['an object that starts on the line of its brace', '{ "a": 1,\n"b": [] }', '{ "a": 1, "b": [] }\n'],
    ['an object that does not', '{\n"a": {}, "b": null }', '{\n  "a": {},\n  "b": null\n}\n'],
    ['a list that fits', '{ "a": [\n  1,\n  "b"\n] }', '{ "a": [1, "b"] }\n'],
    ['eighty columns', `["${'x'.repeat(76)}"]`, `["${'x'.repeat(76)}"]\n`],
    ['one column more', `["${'x'.repeat(77)}"]`, `[\n  "${'x'.repeat(77)}"\n]\n`],
    [
      'an object that fits into a list of its own line',
      `{\n"tmpfs": [{ "name": "${long}" }] }`,
      `{\n  "tmpfs": [\n    { "name": "${long}" }\n  ]\n}\n`,
    ],
    [
      'several objects of several names',
      '[{ "a": 1, "b": 2 }, { "a": 3, "b": 4 }]',
      '[\n  { "a": 1, "b": 2 },\n  { "a": 3, "b": 4 }\n]\n',
    ],
    ['several objects of one name', '[{ "a": 1 }, { "a": 2 }]', '[{ "a": 1 }, { "a": 2 }]\n'],
    ['escapes, as they are', String.raw`["\u00e9\n", 1e2, -0.50]`, `${String.raw`["\u00e9\n", 1e2, -0.50]`}\n`],
  ];
  for (const [name, text, expected] of cases) {
    it(`writes ${name}`, () => assert.equal(layOutJson(text), expected));
  }

  it('keeps the value of any JSON, and leaves its own text as it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(3), (value, indent) => {
        const text = layOutJson(JSON.stringify(value, undefined, indent));
        assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)));
        assert.equal(layOutJson(text), text);
      }),
    );
  });

  it('calls a template that gives no JSON a bug', () => {
    for (const text of ['', '{', '[1,]', '{} // a', '{} {}'])
      assert.throws(() => layOutJson(text), InternalError, text);
  });
});
