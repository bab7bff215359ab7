import assert from 'node:assert/strict';
import { reasonsOfValues } from '../../../../core/merge/threeWay/describe.ts';
import { mergeValues } from '../../../../core/merge/threeWay/mergeValues.ts';
import { identityOf, number, sameValue, valueOf, writeValue } from '../../../../core/formats/values/values.ts';

interface Case {
  readonly name: string;
  /** Plain JSON; undefined is absent. */
  readonly last: unknown;
  readonly yours: unknown;
  readonly next: unknown;
  readonly value?: unknown;
  /** Where they conflict. */
  readonly where?: readonly string[];
}

const named = (...names: readonly string[]): readonly object[] => names.map((name) => ({ name }));

const cases: readonly Case[] = [
  { name: 'absent on all sides', last: undefined, yours: undefined, next: undefined, value: undefined },
  { name: 'absent is not null', last: { a: null }, yours: {}, next: { a: 1 }, where: ['a'] },
  { name: 'added by yours', last: {}, yours: { a: 1 }, next: {}, value: { a: 1 } },
  { name: 'added by next', last: {}, yours: {}, next: { a: 1 }, value: { a: 1 } },
  { name: 'added by both, equal', last: {}, yours: { a: [1] }, next: { a: [1] }, value: { a: [1] } },
  { name: 'added by both, different', last: {}, yours: { a: { x: 1 } }, next: { a: { y: 1 } }, where: ['a'] },
  { name: 'deleted by yours', last: { a: 1, b: 1 }, yours: { b: 1 }, next: { a: 1, b: 2 }, value: { b: 2 } },
  { name: 'deleted by next', last: { a: 1, b: 1 }, yours: { a: 1, b: 2 }, next: { b: 1 }, value: { b: 2 } },
  { name: 'deleted by both', last: { a: 1, b: 1 }, yours: { b: 1 }, next: { b: 1 }, value: { b: 1 } },
  { name: 'a value became an object', last: { a: 1 }, yours: { a: { b: 1 } }, next: { a: 2 }, where: ['a'] },
  {
    name: 'deep, on both sides',
    last: { a: { b: { c: 1, d: 1 } } },
    yours: { a: { b: { c: 2, d: 1 } } },
    next: { a: { b: { c: 1, d: 2 } } },
    value: { a: { b: { c: 2, d: 2 } } },
  },
  { name: 'a list is one value', last: [1, 2], yours: [1, 2, 3], next: [0, 1, 2], where: ['the file'] },
  { name: 'a list changed on one side', last: [1, 2], yours: [1, 2], next: [3], value: [3] },
  {
    name: 'new items by name, each behind its predecessor, in the order of yours',
    last: named('a', 'b', 'c'),
    yours: named('c', 'y', 'b', 'a'),
    next: named('n', 'a', 'b', 'o', 'c'),
    value: named('n', 'c', 'y', 'b', 'o', 'a'),
  },
  {
    name: 'items by port, one changed by each and one deleted by each',
    last: [{ containerPort: 1 }, { containerPort: 2 }, { containerPort: 3 }, { containerPort: 4 }],
    yours: [{ containerPort: 1, y: 1 }, { containerPort: 2 }, { containerPort: 4 }],
    next: [{ containerPort: 1, o: 1 }, { containerPort: 2, o: 1 }, { containerPort: 3 }],
    value: [
      { containerPort: 1, y: 1, o: 1 },
      { containerPort: 2, o: 1 },
    ],
  },
  {
    name: 'an item that one side deleted and the other changed',
    last: [{ id: 1, v: 1 }, { id: 2 }],
    yours: [{ id: 2 }],
    next: [{ id: 1, v: 2 }, { id: 2 }],
    where: ['[1]'],
  },
  {
    name: 'a name twice in yours: by sequence, where it can be told apart',
    last: [...named('a'), { name: 'b', v: 1 }],
    yours: [...named('a', 'a'), { name: 'b', v: 1 }],
    next: [...named('a'), { name: 'b', v: 2 }],
    where: ['the file'],
  },
  {
    name: 'items without a name: by sequence',
    last: [{ run: 1 }, { run: 2, with: { x: 1, y: 1 } }, { run: 3 }, { run: 4 }],
    yours: [{ run: 1 }, { run: 2, with: { x: 2, y: 1 } }, { run: 3 }, { run: 'mine' }, { run: 4 }],
    next: [{ run: 0 }, { run: 1 }, { run: 2, with: { x: 1, y: 2 } }, { run: 3 }, { run: 4 }],
    value: [{ run: 0 }, { run: 1 }, { run: 2, with: { x: 2, y: 2 } }, { run: 3 }, { run: 'mine' }, { run: 4 }],
  },
  {
    name: 'items without a name: both added at one spot',
    last: [{ run: 1 }, { run: 2 }],
    yours: [{ run: 1 }, { run: 'mine' }, { run: 2 }],
    next: [{ run: 1 }, { run: 'new' }, { run: 2 }],
    where: ['the file'],
  },
  {
    name: 'an item without a name that the user deleted and the generator moved',
    last: [{ run: 1 }, { run: 2 }, { run: 3 }, { run: 4 }],
    yours: [{ run: 2 }, { run: 3 }, { run: 4 }],
    next: [{ run: 2 }, { run: 3 }, { run: 4 }, { run: 1 }],
    where: ['the file'],
  },
  {
    name: 'names that every object has',
    last: JSON.parse('{"__proto__": 1, "constructor": 1}'),
    yours: JSON.parse('{"__proto__": 2, "constructor": 1}'),
    next: JSON.parse('{"__proto__": 1, "constructor": 2, "toString": 1}'),
    value: JSON.parse('{"__proto__": 2, "constructor": 2, "toString": 1}'),
  },
];

describe('core/merge/threeWay/mergeValues', () => {
  const optional = (plain: unknown) => (plain === undefined ? undefined : valueOf(plain));
  for (const { name, last, yours, next, value, where } of cases) {
    it(name, () => {
      const merge = mergeValues({ last: optional(last), yours: optional(yours), next: optional(next) });
      const places = reasonsOfValues(merge.conflicts).map((reason) => reason.where);
      assert.deepEqual(places, where ?? []);
      if (where === undefined) {
        const wanted = optional(value);
        assert(sameValue(merge.value, wanted), merge.value && writeValue(merge.value));
      }
    });
  }

  const numbers: readonly (readonly [string, string, boolean])[] = [
    ['1', '1.0', true],
    ['100', '1e2', true],
    ['1.50', '15E-1', true],
    ['0', '-0.0', true],
    ['-1', '1', false],
    ['12345678901234567890', '12345678901234567891', false],
    ['0.1', '0.10000000000000001', false],
    ['1e400', '2e400', false],
    ['10', '1', false],
  ];
  for (const [one, other, isSame] of numbers) {
    it(`${one} is ${isSame ? '' : 'not '}${other}`, () => {
      assert.equal(sameValue(number(one), number(other)), isSame);
      assert.equal(identityOf(number(one)) === identityOf(number(other)), isSame);
    });
  }

  it('a text is never a number, and a list never its only item', () => {
    assert(!sameValue(valueOf('1'), valueOf(1)));
    assert(!sameValue(valueOf([1]), valueOf(1)));
    assert.notEqual(identityOf(valueOf(['a', 'b'])), identityOf(valueOf(['a,b'])));
    assert.equal(identityOf(valueOf({ a: 1, b: 2 })), identityOf(valueOf({ b: 2, a: 1 })));
  });
});
