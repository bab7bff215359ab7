import assert from 'node:assert/strict';
import { pathsToObserve } from '../../../../core/merge/outcomes/planOutcomes.ts';
import { noBaseline } from '../../../../core/merge/baseline/baseline.ts';
import { file, outcomesOf, textOf } from '../world.ts';
import type { Triple } from '../world.ts';

const [L, Y, N] = ['one\ntwo\nthree\nfour\nfive\n', 'ONE\ntwo\nthree\nfour\nfive\n', 'one\ntwo\nthree\nfour\nFIVE\n'];
const both = 'ONE\ntwo\nthree\nfour\nFIVE\n';

describe('core/merge/outcomes/planOutcomes', () => {
  it('has one outcome for every path that was or is rendered, ordered by path', () => {
    const outcomes = outcomesOf({ b: { next: N }, a: { last: L, yours: L }, c: { yours: Y } });
    assert.deepEqual(
      outcomes.map(({ path, kind }) => [path, kind]),
      [
        ['a', 'delete'],
        ['b', 'create'],
      ],
    );
  });

  describe('case 19: a file that the generator renames', () => {
    const renames = [
      { from: 'old', to: 'middle', since: '1.1.0' },
      { from: 'middle', to: 'new', since: '1.2.0' },
    ];
    const renamed = (old: Triple, now: Triple = { next: N }) => outcomesOf({ old, new: now }, { renames });

    it('takes the user’s edits along, over several versions', () => {
      const outcomes = renamed({ last: L, yours: Y });
      assert.equal(outcomes.length, 1);
      const [{ path, kind, removes, write, entry }] = outcomes as [(typeof outcomes)[0]];
      assert.deepEqual([path, kind, removes], ['new', 'merge', 'old']);
      assert.equal(textOf(write?.bytes), both);
      assert.equal(entry?.text, N);
    });

    it('takes them along from the path of any version', () => {
      const outcomes = outcomesOf({ middle: { last: L, yours: Y }, new: { next: N } }, { renames });
      assert.deepEqual(
        outcomes.map(({ path, kind, removes, write }) => [path, kind, removes, textOf(write?.bytes)]),
        [['new', 'merge', 'middle', both]],
      );
    });

    it('moves a file that nobody edited, and one that only the user changed', () => {
      const [unedited] = renamed({ last: L, yours: L });
      assert.deepEqual([unedited?.path, unedited?.kind, textOf(unedited?.write?.bytes)], ['new', 'update', N]);
      const [edited] = renamed({ last: L, yours: Y }, { next: L });
      assert.deepEqual([edited?.removes, textOf(edited?.write?.bytes)], ['old', Y]);
    });

    it('leaves both alone where something stands at the new path', () => {
      const outcomes = renamed({ last: L, yours: Y }, { yours: 'mine\n', next: N });
      assert.deepEqual(
        outcomes.map(({ path, kind }) => [path, kind]),
        [
          ['new', 'conflict'],
          ['old', 'release'],
        ],
      );
    });

    it('keeps a conflict at the old path', () => {
      const [outcome] = renamed({ last: 'a\n', yours: 'b\n' }, { next: 'c\n' });
      assert.deepEqual([outcome?.path, outcome?.key, outcome?.kind], ['old', 'old', 'conflict']);
      assert.equal(outcome?.entry?.text, 'a\n');
    });

    it('is left where it is when it is the user’s alone', () => {
      const triples = { old: { last: L, yours: Y }, new: { next: N } };
      for (const own of ['old', 'new']) {
        const outcomes = outcomesOf(triples, { renames, isUnmanaged: (path) => path === own });
        assert.deepEqual(
          outcomes.map(({ key, kind, entry, write }) => [key, kind, entry?.text, write]),
          [['old', 'same', L, undefined]],
          own,
        );
      }
    });

    it('is brought up to date where the user has moved it to, under its old name', () => {
      const moved = new Map([['old', 'docs/mine']]);
      const triples = { old: { last: L }, new: { next: N }, 'docs/mine': { yours: Y } };
      const outcomes = outcomesOf(triples, { renames, moved });
      assert.deepEqual(
        outcomes.map(({ path, key, kind, removes, write }) => [path, key, kind, removes, textOf(write?.bytes)]),
        [['docs/mine', 'new', 'merge', undefined, both]],
      );
    });

    it('stays deleted under its new name', () => {
      const [outcome] = renamed({ last: L });
      assert.deepEqual([outcome?.path, outcome?.kind], ['new', 'stays-deleted']);
    });
  });

  describe('case 20: a file that the user has moved', () => {
    it('is not made again', () => {
      const [outcome] = outcomesOf({ a: { last: L, next: N } });
      assert.equal(outcome?.kind, 'stays-deleted');
    });

    it('is brought up to date at its new place when .yo-rc.json names it', () => {
      const moved = new Map([['a', 'docs/a']]);
      const outcomes = outcomesOf({ a: { last: L, next: N }, 'docs/a': { yours: Y } }, { moved });
      const [outcome] = outcomes;
      assert.equal(outcomes.length, 1);
      assert.deepEqual([outcome?.path, outcome?.key, outcome?.kind], ['docs/a', 'a', 'merge']);
      assert.equal(textOf(outcome?.write?.bytes), both);
    });
  });

  it('leaves alone what is the user’s alone, and remembers it', () => {
    const triples = { a: { last: L, yours: Y, next: N }, b: { last: L, next: N }, c: { next: N } };
    const outcomes = outcomesOf(triples, { isUnmanaged: () => true });
    assert.deepEqual(
      outcomes.map(({ kind, entry, write }) => [kind, entry?.text, write]),
      [
        ['same', L, undefined],
        ['same', L, undefined],
        ['same', undefined, undefined],
      ],
    );
  });

  it('looks at all paths: rendered, remembered, damaged and moved to', () => {
    const baseline = { ...noBaseline, broken: new Set(['x']) };
    const paths = pathsToObserve({ next: [file('a', '')], baseline, moved: new Map([['a', 'b']]) });
    assert.deepEqual(paths.toSorted(), ['a', 'b', 'x']);
  });
});
