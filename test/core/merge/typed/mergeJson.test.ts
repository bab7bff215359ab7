import assert from 'node:assert/strict';
import { InternalError } from '../../../../core/errors.ts';
import { describe as describeReason } from '../../../../core/merge/threeWay/describe.ts';
import { mergeJson } from '../../../../core/merge/typed/mergeJson.ts';
import type { Three } from '../../../../core/three.ts';

const lines = (...all: readonly string[]): string => `${all.join('\n')}\n`;

interface Merged extends Three<string> {
  readonly name: string;
  readonly text: string;
  readonly note: string;
}

const merged: readonly Merged[] = [
  {
    name: '3: far apart, as text',
    last: lines('{', '  "a": 1,', '  "b": 2,', '  "c": 3,', '  "d": 4', '}'),
    yours: lines('{', '  "a": 1.0,', '  "b": 20,', '  "c": 3,', '  "d": 4', '}'),
    next: lines('{', '  "a": 1,', '  "b": 2,', '  "c": 3,', '  "d": 40', '}'),
    text: lines('{', '  "a": 1.0,', '  "b": 20,', '  "c": 3,', '  "d": 40', '}'),
    note: '1 hunk of the generator; your 2 lines kept',
  },
  {
    name: '6: the property beside it',
    last: lines('{', '  "cpu": 256,', '  "memory": 512', '}'),
    yours: lines('{', '  "cpu": 512,', '  "memory": 512', '}'),
    next: lines('{', '  "cpu": 256,', '  "memory": 2048', '}'),
    text: lines('{', '  "cpu": 512,', '  "memory": 2048', '}'),
    note: '1 value of the generator; the rest of your text untouched',
  },
  {
    name: '6: both added a property at the end',
    last: lines('{', '  "a": 1', '}'),
    yours: lines('{', '  "a": 1,', '  "mine": 2 // keep', '}'),
    next: lines('{', '  "a": 1,', '  "new": {', '    "x": 1', '  }', '}'),
    text: lines('{', '  "a": 1,', '  "new": {', '    "x": 1', '  },', '  "mine": 2 // keep', '}'),
    note: '1 value of the generator; the rest of your text untouched',
  },
  {
    name: '38: both added the same property with the same value',
    last: lines('{', '  "a": 1,', '  "b": 2,', '  "c": 3', '}'),
    yours: lines('{', '  "t": 5,', '  "a": 1,', '  "b": 2,', '  "c": 3', '}'),
    next: lines('{', '  "a": 1,', '  "b": 2,', '  "c": 3,', '  "t": 5.0', '}'),
    text: lines('{', '  "t": 5,', '  "a": 1,', '  "b": 2,', '  "c": 3', '}'),
    note: 'already there',
  },
  {
    name: '39: comments, trailing commas, tabs, one-line objects, 1.0 and 20 digits',
    last: lines('{', '  "a": 1.0,', '  "b": { "x": 1, "y": 2 },', '  "n": 12345678901234567890,', '  "l": [1, 2]', '}'),
    yours: [
      '// mine',
      '{',
      '\t"a": 1.0, // as is',
      '\t"b": { "x": 1, "y": 2, /* in */ },',
      '\t"n": 12345678901234567890, "l": [1, 2], // one line',
      '}',
    ].join('\r\n'),
    next: lines(
      '{',
      '  "a": 1.0,',
      '  "b": { "x": 1, "y": 3, "z": { "deep": [1.50] } },',
      '  "n": 12345678901234567891,',
      '  "l": [1, 2],',
      '  "o": {',
      '    "k": 1e2',
      '  }',
      '}',
    ),
    text: [
      '// mine',
      '{',
      '\t"a": 1.0, // as is',
      '\t"b": { "x": 1, "y": 3, "z": { "deep": [1.50] }, /* in */ },',
      '\t"n": 12345678901234567891, "l": [1, 2], "o": {',
      '\t\t"k": 1e2',
      '\t}, // one line',
      '}',
    ].join('\r\n'),
    note: '4 values of the generator; the rest of your text untouched',
  },
  {
    name: 'items by name, in the order of yours',
    last: '{ "environment": [{ "name": "A", "value": "1" }, { "name": "B", "value": "2" }] }\n',
    yours:
      '{ "environment": [{ "name": "B", "value": "2" }, { "name": "MINE", "value": "x" }, { "name": "A", "value": "1" }] }\n',
    next: '{ "environment": [{ "name": "A", "value": "9" }, { "name": "B", "value": "2" }, { "name": "NEW", "value": "n" }] }\n',
    text: '{ "environment": [{ "name": "B", "value": "2" }, { "name": "NEW", "value": "n" }, { "name": "MINE", "value": "x" }, { "name": "A", "value": "9" }] }\n',
    note: '2 values of the generator; the rest of your text untouched',
  },
  {
    name: 'a deletion of the generator beside an edit; the comma goes with it',
    last: lines('{', '  "a": 1,', '  "b": 2,', '  "c": 3', '}'),
    yours: lines('{', '  "a": 1,', '  "b": 20,', '  "c": 3', '}'),
    next: lines('{', '  "a": 1,', '  "b": 2', '}'),
    text: lines('{', '  "a": 1,', '  "b": 20', '}'),
    note: '1 value of the generator; the rest of your text untouched',
  },
];

describe('core/merge/typed/mergeJson', () => {
  for (const { name, text, note, ...three } of merged) {
    it(name, () => {
      const merge = mergeJson(three);
      assert(merge.kind === 'merged', JSON.stringify(merge));
      assert.equal(merge.text, text);
      assert.equal(merge.note, note);
    });
  }

  const conflicts: readonly (Three<string> & { readonly name: string; readonly reasons: readonly string[] })[] = [
    {
      name: '4: the same value',
      last: '{ "services": { "web": { "cpu": 256 } } }',
      yours: '{ "services": { "web": { "cpu": 512 } } }',
      next: '{ "services": { "web": { "cpu": 1024 } } }',
      reasons: ['services.web.cpu: last 256, yours 512, next 1024'],
    },
    {
      name: '38: the same property added elsewhere with another value',
      last: lines('{', '  "a": 1,', '  "b": 2,', '  "c": 3', '}'),
      yours: lines('{', '  "timeout": 10,', '  "a": 1,', '  "b": 2,', '  "c": 3', '}'),
      next: lines('{', '  "a": 1,', '  "b": 2,', '  "c": 3,', '  "timeout": 60', '}'),
      reasons: ['timeout: last absent, yours 10, next 60'],
    },
    {
      name: 'deleted here, changed there',
      last: '{ "a": { "b": 1 }, "c": 2 }',
      yours: '{ "c": 2 }',
      next: '{ "a": { "b": 3 }, "c": 2 }',
      reasons: ['a: last {b: 1}, yours absent, next {b: 3}'],
    },
    {
      name: 'a value of a named item, and a list that is one value',
      last: '{ "l": [1], "env": [{ "name": "A", "value": "1" }] }',
      yours: '{ "l": [1, 2], "env": [{ "name": "A", "value": "2" }] }',
      next: '{ "l": [1, 3], "env": [{ "name": "A", "value": "3" }] }',
      reasons: ['l: last [1], yours [1, 2], next [1, 3]', 'env[A].value: last "1", yours "2", next "3"'],
    },
    {
      name: 'numbers that are the same only in floating point',
      last: '{ "n": 12345678901234567890 }',
      yours: '{ "n": 12345678901234567891 }',
      next: '{ "n": 12345678901234567892 }',
      reasons: ['n: last 12345678901234567890, yours 12345678901234567891, next 12345678901234567892'],
    },
    {
      name: 'a comment of the user in what the generator dropped',
      last: lines('{', '  "a": 1,', '  "b": 2', '}'),
      yours: lines('{', '  "a": 10,', '  "b": 2 // why we need it', '}'),
      next: lines('{', '  "a": 1', '}'),
      reasons: ['the file: the change would lose the comment // why we need it'],
    },
    {
      name: '42: yours is broken',
      last: '{\n  "a": 1\n}\n',
      yours: '{\n  "a": 1\n  "b": 2\n}\n',
      next: '{\n  "a": 2\n}\n',
      reasons: ['line 3: is not valid JSON (comma expected)'],
    },
    {
      name: '42: yours has a name twice',
      last: '{ "a": 1 }',
      yours: '{ "a": 1,\n"a": 2 }',
      next: '{ "a": 3 }',
      reasons: ['line 2: has the name "a" twice'],
    },
    {
      name: '42: yours is nested without end',
      last: '{ "a": 1 }',
      yours: '['.repeat(100_000),
      next: '{ "a": 3 }',
      reasons: ['line 1: is nested too deeply'],
    },
  ];
  for (const { name, reasons, ...three } of conflicts) {
    it(`conflict: ${name}`, () => {
      const merge = mergeJson(three);
      assert(merge.kind === 'conflict', JSON.stringify(merge));
      assert.deepEqual(merge.reasons.map(describeReason), reasons);
    });
  }

  it('a text that the generator broke is its fault', () => {
    assert.throws(() => mergeJson({ last: '{}', yours: '{ }', next: '{' }), InternalError);
  });

  it('names that every object has are names like others', () => {
    const merge = mergeJson({
      last: '{ "__proto__": 1, "constructor": { "a": 1 } }',
      yours: '{ "__proto__": 2, "constructor": { "a": 1 }, "toString": 1 }',
      next: '{ "__proto__": 1, "constructor": { "a": 2 } }',
    });
    assert(merge.kind === 'merged');
    assert.equal(merge.text, '{ "__proto__": 2, "constructor": { "a": 2 }, "toString": 1 }');
  });
});
