import assert from 'node:assert/strict';
import type { OutcomeKind } from '../../../../core/merge/outcomes/outcome.ts';
import { bytesOf, outcomeOf, sha256, textOf, there } from '../world.ts';
import type { Triple } from '../world.ts';

const [L, Y, N] = ['one\ntwo\nthree\nfour\nfive\n', 'ONE\ntwo\nthree\nfour\nfive\n', 'one\ntwo\nthree\nfour\nFIVE\n'];
const both = 'ONE\ntwo\nthree\nfour\nFIVE\n';
const link = { kind: 'special', reason: 'is a symbolic link' } as const;
const folder = { kind: 'folder' } as const;

/** What the next run takes for the last content: a text, or nothing. */
type EntryAfter = 'last' | 'next' | 'none';

interface Case extends Triple {
  readonly name: string;
  readonly kind: OutcomeKind;
  /** What is written; absent: nothing. */
  readonly writes?: string;
  readonly entry: EntryAfter;
  readonly entryState?: string;
  readonly entryAdopted?: true;
}

// The decision table, row by row: L last rendered, Y on disk, N rendered now.
const cases: readonly Case[] = [
  { name: 'only N', next: N, kind: 'create', writes: N, entry: 'next' },
  { name: 'no L, Y = N', yours: N, next: N, kind: 'adopt', entry: 'next', entryAdopted: true },
  {
    name: 'no L, Y = N, written by a killed run',
    yours: N,
    next: N,
    interrupted: 'create',
    kind: 'adopt',
    entry: 'next',
  },
  {
    name: 'Y = L, N differs, adopted',
    last: L,
    yours: L,
    next: N,
    isAdopted: true,
    kind: 'update',
    writes: N,
    entry: 'next',
    entryAdopted: true,
  },
  { name: 'no L, Y differs', yours: Y, next: N, kind: 'conflict', entry: 'none' },
  { name: 'Y = L = N', last: L, yours: L, next: L, kind: 'same', entry: 'next' },
  { name: 'Y = L, N differs', last: L, yours: L, next: N, kind: 'update', writes: N, entry: 'next' },
  { name: 'N = L, Y differs', last: L, yours: Y, next: L, kind: 'keep', entry: 'last' },
  { name: 'Y = N, L differs', last: L, yours: N, next: N, kind: 'already', entry: 'next' },
  { name: 'all differ, apart', last: L, yours: Y, next: N, kind: 'merge', writes: both, entry: 'next' },
  { name: 'Y = N with more, L differs', last: L, yours: both, next: N, kind: 'already', entry: 'next' },
  { name: 'all differ, at one place', last: 'a\n', yours: 'b\n', next: 'c\n', kind: 'conflict', entry: 'last' },
  { name: 'Y gone, N = L', last: L, next: L, kind: 'stays-deleted', entry: 'last', entryState: 'deleted-by-user' },
  { name: 'Y gone, N differs', last: L, next: N, kind: 'stays-deleted', entry: 'last', entryState: 'deleted-by-user' },
  { name: 'N gone, Y = L', last: L, yours: L, kind: 'delete', entry: 'none' },
  { name: 'N gone, Y differs', last: L, yours: Y, kind: 'release', entry: 'last', entryState: 'released' },
  { name: 'Y and N gone', last: L, kind: 'same', entry: 'last', entryState: 'deleted-by-user' },
  {
    name: 'Y and N gone, again',
    last: L,
    state: 'deleted-by-user',
    kind: 'same',
    entry: 'last',
    entryState: 'deleted-by-user',
  },
  { name: 'N gone, then a released Y', last: L, state: 'released', kind: 'forget', entry: 'none' },
  { name: 'N gone, Y removed by a killed run', last: L, interrupted: 'remove', kind: 'forget', entry: 'none' },
  {
    name: 'Y removed by a killed run, N wanted again',
    last: L,
    next: N,
    interrupted: 'remove',
    kind: 'create',
    writes: N,
    entry: 'next',
  },
  {
    name: 'N gone, Y = L, which was there before the generator',
    last: L,
    yours: L,
    isAdopted: true,
    kind: 'release',
    entry: 'last',
    entryState: 'released',
  },
  { name: 'a link', last: L, yours: link, next: N, kind: 'special', entry: 'last' },
  { name: 'a link where nothing changed', last: L, yours: link, next: L, kind: 'special', entry: 'last' },
  { name: 'a folder', yours: folder, next: N, kind: 'special', entry: 'none' },
  {
    name: 'a link that the generator drops',
    last: L,
    yours: link,
    kind: 'release',
    entry: 'last',
    entryState: 'released',
  },
  {
    name: 'a released file, again',
    last: L,
    yours: Y,
    state: 'released',
    kind: 'same',
    entry: 'last',
    entryState: 'released',
  },
  {
    name: 'a released file that comes back',
    last: L,
    yours: Y,
    next: N,
    state: 'released',
    kind: 'merge',
    writes: both,
    entry: 'next',
  },
  {
    name: 'a deleted file that the user made again',
    last: L,
    yours: Y,
    next: L,
    state: 'deleted-by-user',
    kind: 'keep',
    entry: 'last',
  },
  { name: 'markers that were resolved', last: L, yours: Y, next: L, state: 'unresolved', kind: 'keep', entry: 'last' },

  { name: 'once: created', next: N, policy: 'once', kind: 'create', writes: N, entry: 'next' },
  { name: 'once: unedited', last: L, yours: L, next: N, policy: 'once', kind: 'update', writes: N, entry: 'next' },
  { name: 'once: edited', last: L, yours: Y, next: N, policy: 'once', kind: 'keep', entry: 'last' },
  {
    name: 'once: deleted',
    last: L,
    next: N,
    policy: 'once',
    kind: 'stays-deleted',
    entry: 'last',
    entryState: 'deleted-by-user',
  },
  { name: 'once: dropped, unedited', last: L, yours: L, policy: 'once', kind: 'delete', entry: 'none' },
  {
    name: 'once: dropped, edited',
    last: L,
    yours: Y,
    policy: 'once',
    kind: 'release',
    entry: 'last',
    entryState: 'released',
  },
  { name: 'once: somebody else’s', yours: Y, next: N, policy: 'once', kind: 'conflict', entry: 'none' },

  { name: 'lock: unedited', last: L, yours: L, next: N, policy: 'lock', kind: 'update', writes: N, entry: 'next' },
  { name: 'lock: edited', last: L, yours: Y, next: N, policy: 'lock', kind: 'keep', entry: 'last' },
  { name: 'lock: dropped', last: L, yours: L, policy: 'lock', kind: 'delete', entry: 'none' },

  { name: 'binary: unedited', last: L, yours: L, next: N, policy: 'binary', kind: 'update', writes: N, entry: 'next' },
  {
    name: 'case 22: binary, replaced by both',
    last: L,
    yours: Y,
    next: N,
    policy: 'binary',
    kind: 'conflict',
    entry: 'last',
  },
  { name: 'binary: replaced by the user', last: L, yours: Y, next: L, policy: 'binary', kind: 'keep', entry: 'last' },
];

describe('core/merge/outcomes/decide: the table', () => {
  for (const { name, kind, writes, entry, entryState, entryAdopted, ...triple } of cases) {
    it(`${name}: ${kind}`, () => {
      const outcome = outcomeOf(triple);
      assert.equal(outcome.kind, kind);
      assert.equal(textOf(outcome.write?.bytes), writes);
      const expected = { last: triple.last, next: triple.next, none: undefined }[entry] as string | undefined;
      assert.equal(outcome.entry?.sha256, expected === undefined ? undefined : sha256(bytesOf(expected)));
      assert.equal(outcome.entry?.state, entryState);
      assert.equal(outcome.entry?.adopted, entryAdopted ?? (entry === 'last' ? triple.isAdopted : undefined));
      assert.equal(outcome.conflict !== undefined, kind === 'conflict' || kind === 'special');
    });
  }

  it('L unknown: a conflict, unless Y = N', () => {
    const damaged = outcomeOf({ last: L, yours: Y, next: N }, { broken: ['a.txt'] });
    assert.equal(damaged.kind, 'conflict');
    assert.match(damaged.note, /damaged/);
    const same = outcomeOf({ last: L, yours: N, next: N }, { broken: ['a.txt'] });
    assert.deepEqual([same.kind, same.entry?.adopted], ['adopt', undefined]);
    assert.equal(outcomeOf({ last: L, next: N }, { broken: ['a.txt'] }).kind, 'stays-deleted');
    assert.equal(outcomeOf({ last: L, yours: Y }, { broken: ['a.txt'] }).kind, 'same');
  });

  it('case 15: a deleted file says how to have the new one, and comes back when asked for', () => {
    assert.match(outcomeOf({ last: L, next: N }).note, /--restore a\.txt/);
    assert.doesNotMatch(outcomeOf({ last: L, next: L }).note, /--restore/);
    const restored = outcomeOf({ last: L, next: N }, { restored: new Set(['a.txt']) });
    assert.equal(restored.kind, 'restore');
    assert.equal(textOf(restored.write?.bytes), N);
    assert.equal(restored.entry?.state, undefined);
  });

  describe('line ends', () => {
    const crlf = (text: string): string => text.replaceAll('\n', '\r\n');

    it('case 24: an otherwise unedited file is updated with the line ends that the user has', () => {
      const outcome = outcomeOf({ last: L, yours: crlf(L), next: N });
      assert.equal(outcome.kind, 'update');
      assert.equal(textOf(outcome.write?.bytes), crlf(N));
    });

    for (const policy of ['merge', 'form', 'lock', 'once', 'binary'] as const) {
      it(`and a byte order mark are no edit of a file of the policy ${policy}, and stay`, () => {
        for (const change of [crlf, (text: string) => `\uFEFF${text}`, (text: string) => `\uFEFF${crlf(text)}`]) {
          const outcome = outcomeOf({ last: L, yours: change(L), next: N, policy });
          assert.equal(outcome.kind, 'update');
          assert.equal(textOf(outcome.write?.bytes), change(N));
          assert.equal(outcomeOf({ last: L, yours: change(L), policy }).kind, 'delete');
          assert.equal(outcomeOf({ last: L, yours: change(N), next: N, policy }).kind, 'already');
          assert.equal(outcomeOf({ last: L, yours: change(L), next: L, policy }).kind, 'same');
          assert.equal(outcomeOf({ yours: change(N), next: N, policy }).kind, 'adopt');
        }
      });
    }

    it('do not make an edit of a file that nobody edited', () => {
      assert.equal(outcomeOf({ last: L, yours: crlf(L) }).kind, 'delete');
      assert.equal(outcomeOf({ last: L, yours: crlf(N), next: N }).kind, 'already');
      assert.equal(outcomeOf({ last: L, yours: crlf(L), next: L }).kind, 'same');
    });
  });

  describe('case 28: the executable bit', () => {
    const mode = (triple: Triple): number | undefined => outcomeOf(triple).write?.mode;

    it('set by the generator: a change of its own', () => {
      const outcome = outcomeOf({ last: L, yours: there(L, 0o640), next: L, nextExec: true });
      assert.equal(outcome.kind, 'update');
      assert.equal(outcome.write?.mode, 0o750);
      assert.deepEqual(outcome.write?.bytes, bytesOf(L));
      assert.equal(outcome.entry?.exec, true);
    });

    it('set by the user: stays, also when the content changes', () => {
      assert.equal(outcomeOf({ last: L, yours: there(L, 0o755), next: L }).kind, 'same');
      assert.equal(mode({ last: L, yours: there(L, 0o755), next: N }), 0o755);
    });

    it('taken by the user: stays taken', () => {
      assert.equal(mode({ last: L, lastExec: true, yours: there(L, 0o644), next: N, nextExec: true }), 0o644);
    });

    it('taken by the generator: goes', () => {
      assert.equal(mode({ last: L, lastExec: true, yours: there(L, 0o755), next: N }), 0o644);
      assert.equal(mode({ last: L, lastExec: true, yours: there(Y, 0o755), next: L }), 0o644);
    });

    it('set on both sides: no change', () => {
      assert.equal(outcomeOf({ last: L, yours: there(L, 0o755), next: L, nextExec: true }).kind, 'same');
    });

    it('of a new file is the generator’s', () => {
      assert.equal(mode({ next: N, nextExec: true }), 0o755);
      assert.equal(mode({ next: N }), 0o644);
    });

    it('does not count where there is none', () => {
      const outcome = outcomeOf({ last: L, yours: there(L, 0o644), next: L, nextExec: true }, { hasModes: false });
      assert.equal(outcome.kind, 'same');
    });
  });
});
