import assert from 'node:assert/strict';
import type { OutcomeKind } from '../../../core/merge/outcome.ts';
import { bytesOf, outcomeOf, sha256, textOf, there } from './world.ts';
import type { Triple } from './world.ts';

const [B, O, T] = ['one\ntwo\nthree\nfour\nfive\n', 'ONE\ntwo\nthree\nfour\nfive\n', 'one\ntwo\nthree\nfour\nFIVE\n'];
const both = 'ONE\ntwo\nthree\nfour\nFIVE\n';
const link = { kind: 'special', reason: 'is a symbolic link' } as const;
const folder = { kind: 'folder' } as const;

/** The base that the next run starts from: a text, or nothing. */
type Next = 'base' | 'ours' | 'none';

interface Case extends Triple {
  readonly name: string;
  readonly kind: OutcomeKind;
  /** What is written; absent: nothing. */
  readonly writes?: string;
  readonly next: Next;
  readonly nextState?: string;
  readonly nextAdopted?: true;
}

// The decision table, row by row: B last rendered, O on disk, T rendered now.
const cases: readonly Case[] = [
  { name: 'only T', ours: T, kind: 'create', writes: T, next: 'ours' },
  { name: 'no B, O = T', yours: T, ours: T, kind: 'adopt', next: 'ours', nextAdopted: true },
  {
    name: 'no B, O = T, written by a killed run',
    yours: T,
    ours: T,
    interrupted: 'create',
    kind: 'adopt',
    next: 'ours',
  },
  {
    name: 'O = B, T differs, adopted',
    base: B,
    yours: B,
    ours: T,
    isAdopted: true,
    kind: 'update',
    writes: T,
    next: 'ours',
    nextAdopted: true,
  },
  { name: 'no B, O differs', yours: O, ours: T, kind: 'conflict', next: 'none' },
  { name: 'O = B = T', base: B, yours: B, ours: B, kind: 'same', next: 'ours' },
  { name: 'O = B, T differs', base: B, yours: B, ours: T, kind: 'update', writes: T, next: 'ours' },
  { name: 'T = B, O differs', base: B, yours: O, ours: B, kind: 'keep', next: 'base' },
  { name: 'O = T, B differs', base: B, yours: T, ours: T, kind: 'already', next: 'ours' },
  { name: 'all differ, apart', base: B, yours: O, ours: T, kind: 'merge', writes: both, next: 'ours' },
  { name: 'O = T with more, B differs', base: B, yours: both, ours: T, kind: 'already', next: 'ours' },
  { name: 'all differ, at one place', base: 'a\n', yours: 'b\n', ours: 'c\n', kind: 'conflict', next: 'base' },
  { name: 'O gone, T = B', base: B, ours: B, kind: 'stays-deleted', next: 'base', nextState: 'deleted-by-user' },
  { name: 'O gone, T differs', base: B, ours: T, kind: 'stays-deleted', next: 'base', nextState: 'deleted-by-user' },
  { name: 'T gone, O = B', base: B, yours: B, kind: 'delete', next: 'none' },
  { name: 'T gone, O differs', base: B, yours: O, kind: 'release', next: 'base', nextState: 'released' },
  { name: 'O and T gone', base: B, kind: 'same', next: 'base', nextState: 'deleted-by-user' },
  {
    name: 'O and T gone, again',
    base: B,
    state: 'deleted-by-user',
    kind: 'same',
    next: 'base',
    nextState: 'deleted-by-user',
  },
  { name: 'T gone, then a released O', base: B, state: 'released', kind: 'forget', next: 'none' },
  { name: 'T gone, O removed by a killed run', base: B, interrupted: 'remove', kind: 'forget', next: 'none' },
  {
    name: 'O removed by a killed run, T wanted again',
    base: B,
    ours: T,
    interrupted: 'remove',
    kind: 'create',
    writes: T,
    next: 'ours',
  },
  {
    name: 'T gone, O = B, which was there before the generator',
    base: B,
    yours: B,
    isAdopted: true,
    kind: 'release',
    next: 'base',
    nextState: 'released',
  },
  { name: 'a link', base: B, yours: link, ours: T, kind: 'special', next: 'base' },
  { name: 'a link where nothing changed', base: B, yours: link, ours: B, kind: 'special', next: 'base' },
  { name: 'a folder', yours: folder, ours: T, kind: 'special', next: 'none' },
  {
    name: 'a link that the generator drops',
    base: B,
    yours: link,
    kind: 'release',
    next: 'base',
    nextState: 'released',
  },
  {
    name: 'a released file, again',
    base: B,
    yours: O,
    state: 'released',
    kind: 'same',
    next: 'base',
    nextState: 'released',
  },
  {
    name: 'a released file that comes back',
    base: B,
    yours: O,
    ours: T,
    state: 'released',
    kind: 'merge',
    writes: both,
    next: 'ours',
  },
  {
    name: 'a deleted file that the user made again',
    base: B,
    yours: O,
    ours: B,
    state: 'deleted-by-user',
    kind: 'keep',
    next: 'base',
  },
  { name: 'markers that were resolved', base: B, yours: O, ours: B, state: 'unresolved', kind: 'keep', next: 'base' },

  { name: 'once: created', ours: T, policy: 'once', kind: 'create', writes: T, next: 'ours' },
  { name: 'once: unedited', base: B, yours: B, ours: T, policy: 'once', kind: 'update', writes: T, next: 'ours' },
  { name: 'once: edited', base: B, yours: O, ours: T, policy: 'once', kind: 'keep', next: 'base' },
  {
    name: 'once: deleted',
    base: B,
    ours: T,
    policy: 'once',
    kind: 'stays-deleted',
    next: 'base',
    nextState: 'deleted-by-user',
  },
  { name: 'once: dropped, unedited', base: B, yours: B, policy: 'once', kind: 'delete', next: 'none' },
  {
    name: 'once: dropped, edited',
    base: B,
    yours: O,
    policy: 'once',
    kind: 'release',
    next: 'base',
    nextState: 'released',
  },
  { name: 'once: somebody else’s', yours: O, ours: T, policy: 'once', kind: 'conflict', next: 'none' },

  { name: 'lock: unedited', base: B, yours: B, ours: T, policy: 'lock', kind: 'update', writes: T, next: 'ours' },
  { name: 'lock: edited', base: B, yours: O, ours: T, policy: 'lock', kind: 'keep', next: 'base' },
  { name: 'lock: dropped', base: B, yours: B, policy: 'lock', kind: 'delete', next: 'none' },

  { name: 'binary: unedited', base: B, yours: B, ours: T, policy: 'binary', kind: 'update', writes: T, next: 'ours' },
  {
    name: 'case 22: binary, replaced by both',
    base: B,
    yours: O,
    ours: T,
    policy: 'binary',
    kind: 'conflict',
    next: 'base',
  },
  { name: 'binary: replaced by the user', base: B, yours: O, ours: B, policy: 'binary', kind: 'keep', next: 'base' },
];

describe('core/merge/decide: the table', () => {
  for (const { name, kind, writes, next, nextState, nextAdopted, ...triple } of cases) {
    it(`${name}: ${kind}`, () => {
      const outcome = outcomeOf(triple);
      assert.equal(outcome.kind, kind);
      assert.equal(textOf(outcome.write?.bytes), writes);
      const expected = { base: triple.base, ours: triple.ours, none: undefined }[next] as string | undefined;
      assert.equal(outcome.entry?.sha256, expected === undefined ? undefined : sha256(bytesOf(expected)));
      assert.equal(outcome.entry?.state, nextState);
      assert.equal(outcome.entry?.adopted, nextAdopted ?? (next === 'base' ? triple.isAdopted : undefined));
      assert.equal(outcome.conflict !== undefined, kind === 'conflict' || kind === 'special');
    });
  }

  it('B unknown: a conflict, unless O = T', () => {
    const damaged = outcomeOf({ base: B, yours: O, ours: T }, { broken: ['a.txt'] });
    assert.equal(damaged.kind, 'conflict');
    assert.match(damaged.note, /damaged/);
    const same = outcomeOf({ base: B, yours: T, ours: T }, { broken: ['a.txt'] });
    assert.deepEqual([same.kind, same.entry?.adopted], ['adopt', undefined]);
    assert.equal(outcomeOf({ base: B, ours: T }, { broken: ['a.txt'] }).kind, 'stays-deleted');
    assert.equal(outcomeOf({ base: B, yours: O }, { broken: ['a.txt'] }).kind, 'same');
  });

  it('case 15: a deleted file says how to have the new one, and comes back when asked for', () => {
    assert.match(outcomeOf({ base: B, ours: T }).note, /--restore a\.txt/);
    assert.doesNotMatch(outcomeOf({ base: B, ours: B }).note, /--restore/);
    const restored = outcomeOf({ base: B, ours: T }, { restored: new Set(['a.txt']) });
    assert.equal(restored.kind, 'restore');
    assert.equal(textOf(restored.write?.bytes), T);
    assert.equal(restored.entry?.state, undefined);
  });

  describe('line ends', () => {
    const crlf = (text: string): string => text.replaceAll('\n', '\r\n');

    it('case 24: an otherwise unedited file is updated with the line ends that the user has', () => {
      const outcome = outcomeOf({ base: B, yours: crlf(B), ours: T });
      assert.equal(outcome.kind, 'update');
      assert.equal(textOf(outcome.write?.bytes), crlf(T));
    });

    for (const policy of ['merge', 'form', 'lock', 'once', 'binary'] as const) {
      it(`and a byte order mark are no edit of a file of the policy ${policy}, and stay`, () => {
        for (const change of [crlf, (text: string) => `\uFEFF${text}`, (text: string) => `\uFEFF${crlf(text)}`]) {
          const outcome = outcomeOf({ base: B, yours: change(B), ours: T, policy });
          assert.equal(outcome.kind, 'update');
          assert.equal(textOf(outcome.write?.bytes), change(T));
          assert.equal(outcomeOf({ base: B, yours: change(B), policy }).kind, 'delete');
          assert.equal(outcomeOf({ base: B, yours: change(T), ours: T, policy }).kind, 'already');
          assert.equal(outcomeOf({ base: B, yours: change(B), ours: B, policy }).kind, 'same');
          assert.equal(outcomeOf({ yours: change(T), ours: T, policy }).kind, 'adopt');
        }
      });
    }

    it('do not make an edit of a file that nobody edited', () => {
      assert.equal(outcomeOf({ base: B, yours: crlf(B) }).kind, 'delete');
      assert.equal(outcomeOf({ base: B, yours: crlf(T), ours: T }).kind, 'already');
      assert.equal(outcomeOf({ base: B, yours: crlf(B), ours: B }).kind, 'same');
    });
  });

  describe('case 28: the executable bit', () => {
    const mode = (triple: Triple): number | undefined => outcomeOf(triple).write?.mode;

    it('set by the generator: a change of its own', () => {
      const outcome = outcomeOf({ base: B, yours: there(B, 0o640), ours: B, oursExec: true });
      assert.equal(outcome.kind, 'update');
      assert.equal(outcome.write?.mode, 0o750);
      assert.deepEqual(outcome.write?.bytes, bytesOf(B));
      assert.equal(outcome.entry?.exec, true);
    });

    it('set by the user: stays, also when the content changes', () => {
      assert.equal(outcomeOf({ base: B, yours: there(B, 0o755), ours: B }).kind, 'same');
      assert.equal(mode({ base: B, yours: there(B, 0o755), ours: T }), 0o755);
    });

    it('taken by the user: stays taken', () => {
      assert.equal(mode({ base: B, baseExec: true, yours: there(B, 0o644), ours: T, oursExec: true }), 0o644);
    });

    it('taken by the generator: goes', () => {
      assert.equal(mode({ base: B, baseExec: true, yours: there(B, 0o755), ours: T }), 0o644);
      assert.equal(mode({ base: B, baseExec: true, yours: there(O, 0o755), ours: B }), 0o644);
    });

    it('set on both sides: no change', () => {
      assert.equal(outcomeOf({ base: B, yours: there(B, 0o755), ours: B, oursExec: true }).kind, 'same');
    });

    it('of a new file is the generator’s', () => {
      assert.equal(mode({ ours: T, oursExec: true }), 0o755);
      assert.equal(mode({ ours: T }), 0o644);
    });

    it('does not count where there is none', () => {
      const outcome = outcomeOf({ base: B, yours: there(B, 0o644), ours: B, oursExec: true }, { hasModes: false });
      assert.equal(outcome.kind, 'same');
    });
  });
});
