import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { setJsonValues } from '../../../../core/formats/json/setJsonValues.ts';
import type { JsonChange } from '../../../../core/formats/json/setJsonValues.ts';

interface Case {
  readonly name: string;
  readonly text: string;
  readonly changes: readonly JsonChange[];
  readonly result: string | undefined;
}

const file = `{
    "generator-other": { "n": 1.0, "big": 12345678901234567890 },
    "generator-django-fargate": {
        "vcpu": 0.5, // enough
        "region": "us-east-1"
    }
}
`;
const own = 'generator-django-fargate';

const cases: readonly Case[] = [
  {
    name: 'a value, and nothing else of the file',
    text: file,
    changes: [{ path: [own, 'vcpu'], value: 2 }],
    result: file.replace('0.5', '2'),
  },
  {
    name: 'a new value behind the last, at the indentation of the file',
    text: file,
    changes: [{ path: [own, 'celery'], value: { queues: ['a', 'b'] } }],
    result: file.replace(
      '"us-east-1"\n',
      '"us-east-1",\n        "celery": {\n            "queues": [\n                "a",\n                "b"\n            ]\n        }\n',
    ),
  },
  {
    name: 'a value goes, with its comma',
    text: file,
    changes: [{ path: [own, 'region'], value: undefined }],
    result: file.replace(', // enough\n        "region": "us-east-1"', ' // enough'),
  },
  {
    name: 'several, of which some change nothing',
    text: file,
    changes: [
      { path: [own, 'vcpu'], value: 0.5 },
      { path: [own, 'nothing', 'here'], value: undefined },
      { path: ['generator-other', 'n'], value: 1 },
    ],
    result: file,
  },
  {
    name: 'objects on the way are made',
    text: '{}\n',
    changes: [{ path: ['a', 'b'], value: [] }],
    result: '{\n  "a": {\n    "b": []\n  }\n}\n',
  },
  {
    name: 'CRLF, tabs and a byte order mark stay',
    text: '\uFEFF{\r\n\t"a": 1\r\n}',
    changes: [{ path: ['b'], value: { c: 1 } }],
    result: '\uFEFF{\r\n\t"a": 1,\r\n\t"b": {\r\n\t\t"c": 1\r\n\t}\r\n}',
  },
  { name: 'one line stays one line', text: '{"a":1}', changes: [{ path: ['b'], value: 2 }], result: '{"a":1, "b":2}' },
  { name: 'not through a list', text: '{"a": [1]}', changes: [{ path: ['a', '0'], value: 2 }], result: undefined },
  { name: 'not the whole', text: '{}', changes: [{ path: [], value: undefined }], result: undefined },
  { name: 'not where a comment would go', text: file, changes: [{ path: [own], value: undefined }], result: undefined },
  { name: 'not in a broken text', text: '{"a": 1', changes: [{ path: ['a'], value: 2 }], result: undefined },
  {
    name: 'not where a name stands twice',
    text: '{"a": 1, "a": 2}',
    changes: [{ path: ['a'], value: 3 }],
    result: undefined,
  },
  { name: 'not what JSON cannot hold', text: '{}', changes: [{ path: ['a'], value: Number.NaN }], result: undefined },
];

describe('core/formats/json/setJsonValues', () => {
  for (const { name, text, changes, result } of cases) {
    it(name, () => {
      assert.equal(setJsonValues(text, changes), result);
    });
  }

  it('gives what setting them in memory gives, whatever the values', () => {
    const key = fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor');
    const change = fc.record({
      path: fc.array(key, { minLength: 1, maxLength: 3 }),
      value: fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constant(undefined)),
    });
    const start = fc.dictionary(key, fc.jsonValue({ maxDepth: 2 }), { noNullPrototype: true });
    fc.assert(
      fc.property(
        start,
        fc.array(change, { maxLength: 4 }),
        fc.constantFrom(0, 2, 4, '\t'),
        (root, changes, indent) => {
          const result = setJsonValues(JSON.stringify(root, undefined, indent), changes);
          const expected = changes.reduce<unknown>((value, { path, value: set }) => apply(value, path, set), root);
          if (result === undefined) assert.equal(expected, impossible);
          else assert.deepEqual(JSON.parse(result), JSON.parse(JSON.stringify(expected)));
        },
      ),
      { numRuns: 300 },
    );
  });
});

const impossible = Symbol('a path through something else than objects');

function apply(value: unknown, [name, ...rest]: readonly string[], set: unknown): unknown {
  if (value === impossible || name === undefined) return value === impossible ? impossible : set;
  if (value === undefined && set === undefined) return undefined;
  if (value !== undefined && (typeof value !== 'object' || value === null || Array.isArray(value))) return impossible;
  const entries = new Map(Object.entries(value ?? {}));
  const inner = apply(entries.get(name), rest, set);
  if (inner === impossible) return impossible;
  if (inner === undefined) entries.delete(name);
  else entries.set(name, inner);
  return Object.fromEntries(entries);
}
