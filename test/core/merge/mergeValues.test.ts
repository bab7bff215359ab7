import assert from 'node:assert/strict';
import { reasonsOfValues } from '../../../core/merge/describe.ts';
import { mergeValues } from '../../../core/merge/mergeValues.ts';
import { identityOf, number, sameValue, valueOf, writeValue } from '../../../core/merge/values.ts';

interface Case {
  readonly name: string;
  /** Plain JSON; undefined is absent. */
  readonly base: unknown;
  readonly yours: unknown;
  readonly ours: unknown;
  readonly value?: unknown;
  /** Where they conflict. */
  readonly where?: readonly string[];
}

const named = (...names: readonly string[]): readonly object[] => names.map((name) => ({ name }));

const cases: readonly Case[] = [
  { name: 'absent on all sides', base: undefined, yours: undefined, ours: undefined, value: undefined },
  { name: 'absent is not null', base: { a: null }, yours: {}, ours: { a: 1 }, where: ['a'] },
  { name: 'added by yours', base: {}, yours: { a: 1 }, ours: {}, value: { a: 1 } },
  { name: 'added by ours', base: {}, yours: {}, ours: { a: 1 }, value: { a: 1 } },
  { name: 'added by both, equal', base: {}, yours: { a: [1] }, ours: { a: [1] }, value: { a: [1] } },
  { name: 'added by both, different', base: {}, yours: { a: { x: 1 } }, ours: { a: { y: 1 } }, where: ['a'] },
  { name: 'deleted by yours', base: { a: 1, b: 1 }, yours: { b: 1 }, ours: { a: 1, b: 2 }, value: { b: 2 } },
  { name: 'deleted by ours', base: { a: 1, b: 1 }, yours: { a: 1, b: 2 }, ours: { b: 1 }, value: { b: 2 } },
  { name: 'deleted by both', base: { a: 1, b: 1 }, yours: { b: 1 }, ours: { b: 1 }, value: { b: 1 } },
  { name: 'a value became an object', base: { a: 1 }, yours: { a: { b: 1 } }, ours: { a: 2 }, where: ['a'] },
  {
    name: 'deep, on both sides',
    base: { a: { b: { c: 1, d: 1 } } },
    yours: { a: { b: { c: 2, d: 1 } } },
    ours: { a: { b: { c: 1, d: 2 } } },
    value: { a: { b: { c: 2, d: 2 } } },
  },
  { name: 'a list is one value', base: [1, 2], yours: [1, 2, 3], ours: [0, 1, 2], where: ['the file'] },
  { name: 'a list changed on one side', base: [1, 2], yours: [1, 2], ours: [3], value: [3] },
  {
    name: 'new items by name, each behind its predecessor, in the order of yours',
    base: named('a', 'b', 'c'),
    yours: named('c', 'y', 'b', 'a'),
    ours: named('n', 'a', 'b', 'o', 'c'),
    value: named('n', 'c', 'y', 'b', 'o', 'a'),
  },
  {
    name: 'items by port, one changed by each and one deleted by each',
    base: [{ containerPort: 1 }, { containerPort: 2 }, { containerPort: 3 }, { containerPort: 4 }],
    yours: [{ containerPort: 1, y: 1 }, { containerPort: 2 }, { containerPort: 4 }],
    ours: [{ containerPort: 1, o: 1 }, { containerPort: 2, o: 1 }, { containerPort: 3 }],
    value: [
      { containerPort: 1, y: 1, o: 1 },
      { containerPort: 2, o: 1 },
    ],
  },
  {
    name: 'an item that one side deleted and the other changed',
    base: [{ id: 1, v: 1 }, { id: 2 }],
    yours: [{ id: 2 }],
    ours: [{ id: 1, v: 2 }, { id: 2 }],
    where: ['[1]'],
  },
  {
    name: 'a name twice in yours: by sequence, where it can be told apart',
    base: [...named('a'), { name: 'b', v: 1 }],
    yours: [...named('a', 'a'), { name: 'b', v: 1 }],
    ours: [...named('a'), { name: 'b', v: 2 }],
    where: ['the file'],
  },
  {
    name: 'items without a name: by sequence',
    base: [{ run: 1 }, { run: 2, with: { x: 1, y: 1 } }, { run: 3 }, { run: 4 }],
    yours: [{ run: 1 }, { run: 2, with: { x: 2, y: 1 } }, { run: 3 }, { run: 'mine' }, { run: 4 }],
    ours: [{ run: 0 }, { run: 1 }, { run: 2, with: { x: 1, y: 2 } }, { run: 3 }, { run: 4 }],
    value: [{ run: 0 }, { run: 1 }, { run: 2, with: { x: 2, y: 2 } }, { run: 3 }, { run: 'mine' }, { run: 4 }],
  },
  {
    name: 'items without a name: both added at one spot',
    base: [{ run: 1 }, { run: 2 }],
    yours: [{ run: 1 }, { run: 'mine' }, { run: 2 }],
    ours: [{ run: 1 }, { run: 'new' }, { run: 2 }],
    where: ['the file'],
  },
  {
    name: 'an item without a name that the user deleted and the generator moved',
    base: [{ run: 1 }, { run: 2 }, { run: 3 }, { run: 4 }],
    yours: [{ run: 2 }, { run: 3 }, { run: 4 }],
    ours: [{ run: 2 }, { run: 3 }, { run: 4 }, { run: 1 }],
    where: ['the file'],
  },
  {
    name: 'names that every object has',
    base: JSON.parse('{"__proto__": 1, "constructor": 1}'),
    yours: JSON.parse('{"__proto__": 2, "constructor": 1}'),
    ours: JSON.parse('{"__proto__": 1, "constructor": 2, "toString": 1}'),
    value: JSON.parse('{"__proto__": 2, "constructor": 2, "toString": 1}'),
  },
];

describe('core/merge/mergeValues', () => {
  const optional = (plain: unknown) => (plain === undefined ? undefined : valueOf(plain));
  for (const { name, base, yours, ours, value, where } of cases) {
    it(name, () => {
      const merge = mergeValues({ base: optional(base), yours: optional(yours), ours: optional(ours) });
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
