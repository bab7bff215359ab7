import assert from 'node:assert/strict';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { UserError } from '../../../core/errors.ts';
import { planChanges } from '../../../disk/changes/planChanges.ts';
import { isRemoval } from '../../../disk/changes/planned.ts';
import type { Planned } from '../../../disk/changes/planned.ts';
import { foldersOf } from '../../../disk/paths.ts';
import { run } from '../atEveryCall.ts';
import { faultyFileSystem, Killed } from '../faultyFileSystem.ts';
import { planned } from '../planned.ts';
import { inTemporaryFolder, readTree, writeTree } from '../tree.ts';
import type { Sapling, Tree, TreeEntry } from '../tree.ts';
import { undoLast } from '../undoLast.ts';

/** Keeps what can stand side by side: no path twice or below another, and every folder in one spelling. */
function apart<Value extends { readonly path: string }>(entries: readonly Value[]): Value[] {
  const taken = new Map<string, string>();
  return entries.filter(({ path: own }) => {
    const names = [...foldersOf(own).map((folder) => `${folder}/`), own];
    const key = (name: string): string => name.toLowerCase().replace(/\/$/, '');
    const clashes = names.some((name) => taken.has(key(name)) && (taken.get(key(name)) !== name || name === own));
    if (!clashes) for (const name of names) taken.set(key(name), name);
    return !clashes;
  });
}

const path = fc
  .array(fc.constantFrom('a', 'b', 'A', 'c', '.django-fargate'), { minLength: 1, maxLength: 3 })
  .map((segments) => segments.join('/'));
const content = fc.oneof(fc.constantFrom('', 'x\n', 'y\n'), fc.string({ maxLength: 8 }));
const sapling: fc.Arbitrary<Sapling> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ content, mode: fc.constantFrom(0o644, 0o755, 0o600) }) },
  { weight: 1, arbitrary: fc.constantFrom('../outside', 'a', 'b/c', 'nowhere').map((link) => ({ link })) },
  { weight: 1, arbitrary: fc.constant({ folder: true as const }) },
);
const disk = fc.array(fc.record({ path, sapling }), { maxLength: 5 }).map(apart);

interface Item {
  readonly path: string;
  readonly content: string;
  readonly executable: boolean;
  readonly mode: number | undefined;
  readonly isRemoved: boolean;
}
const wanted: fc.Arbitrary<Item[]> = fc
  .array(
    fc.record({
      path: fc.oneof(path, fc.constant('.django-fargate/baseline.json')),
      content,
      executable: fc.boolean(),
      mode: fc.constantFrom(undefined, 0o755, 0o600),
      isRemoved: fc.boolean(),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .map((items) => apart(items.filter((item) => item.path !== '.django-fargate')));

interface Fault {
  readonly how: 'fail' | 'kill';
  /** The number of the call. */
  readonly at: number;
  readonly linksRefused: boolean;
}
const fault: fc.Arbitrary<Fault> = fc.record({
  how: fc.constantFrom('fail' as const, 'kill' as const),
  at: fc.nat(250),
  linksRefused: fc.boolean(),
});

/** With consent, what is there may be replaced or removed. */
function toPlanned(
  { path: own, content: text, isRemoved, mode, executable }: Item,
  there: string | undefined,
): Planned {
  if (isRemoved) return { path: own, removes: Buffer.from(there ?? text, 'latin1') };
  const replaces = there === undefined ? {} : { replaces: Buffer.from(there, 'latin1') };
  return planned(own, text, { executable, ...replaces, ...(mode === undefined ? {} : { mode }) });
}

const isScratch = (name: string): boolean => /\.django-fargate-|\/(lock|journal\.json)$/.test(name);

/** What a file is to be in the end; undefined when it is to be gone. */
function wantedEntry(file: Planned, earlier: TreeEntry | undefined): TreeEntry | undefined {
  if (isRemoval(file)) return undefined;
  const isKept = earlier?.type === 'file' && (file.mode === undefined || file.replaces === undefined);
  const mode = (file.mode ?? (file.executable ? 0o755 : 0o644)).toString(8).padStart(4, '0');
  return { type: 'file', mode: isKept ? earlier.mode : mode, content: Buffer.from(file.bytes).toString('latin1') };
}

/** What is on disk now may be all old or, where the user's consent was given, all new; never anything else. */
function assertNothingLost(before: Tree, now: Tree, files: readonly Planned[]): void {
  const emptied = new Set(files.filter(isRemoval).flatMap((file) => foldersOf(join('root', file.path))));
  // Our own folder goes when nothing is in it.
  emptied.add('root/.django-fargate');
  for (const [name, entry] of Object.entries(before)) {
    const file = files.find((candidate) => join('root', candidate.path) === name);
    const hasConsent =
      file !== undefined && (isRemoval(file) ? holds(entry, file.removes) : holds(entry, file.replaces));
    const isDone = hasConsent && isDeepStrictEqual(now[name], wantedEntry(file, entry));
    const isGone = entry.type === 'folder' && emptied.has(name) && now[name] === undefined;
    if (!isDone && !isGone) assert.deepEqual(now[name], entry, name);
  }
}

function holds(entry: TreeEntry, bytes: Uint8Array | undefined): boolean {
  return entry.type === 'file' && bytes !== undefined && Buffer.from(entry.content, 'latin1').equals(bytes);
}

/** Every file is there, whole, or gone, and nothing else of ours. */
function assertComplete(now: Tree, before: Tree, files: readonly Planned[]): void {
  for (const file of files) {
    const name = join('root', file.path);
    assert.deepEqual(now[name], wantedEntry(file, before[name]), name);
  }
  assert.deepEqual(Object.keys(now).filter(isScratch), []);
}

/** Nobody can tell who made an empty folder. */
function withoutEmptyFolders(tree: Tree): Tree {
  const names = Object.entries(tree).flatMap(([name, { type }]) => (type === 'folder' ? [] : [name]));
  const used = new Set(names.flatMap((name) => [name, ...foldersOf(name)]));
  return Object.fromEntries(Object.entries(tree).filter(([name]) => used.has(name)));
}

/** Undoes with a fault, then without, and expects what was there before the run. */
async function assertUndone(folder: string, root: string, before: Tree, { how, at, linksRefused }: Fault) {
  const done = await readTree(folder);
  const { fs } = faultyFileSystem({ when: (_, count) => count === at, how, linksRefused });
  const error: unknown = await undoLast(root, fs).then(
    () => undefined,
    (thrown) => thrown,
  );
  if (error instanceof UserError) assert.deepEqual(await readTree(folder), done);
  else assert(error === undefined || error instanceof Killed, String(error));
  await undoLast(root);
  await run(root, []);
  assert.deepEqual(withoutEmptyFolders(await readTree(folder)), withoutEmptyFolders(before));
}

describe('applyChanges, whatever is there and whatever goes wrong', () => {
  it('never loses a byte, and writes all or nothing', async function () {
    this.timeout(120_000);
    const seen = { complete: 0, refused: 0, failed: 0, killed: 0, undone: 0 };
    await fc.assert(
      fc.asyncProperty(
        disk,
        wanted,
        fault,
        fault,
        fc.boolean(),
        fc.boolean(),
        async (entries, items, first, second, mayReplace, keepsBackup) =>
          inTemporaryFolder(async (folder) => {
            const root = join(folder, 'root');
            await writeTree(folder, { 'outside/kept.txt': 'kept\n', root: { folder: true } });
            await writeTree(root, Object.fromEntries(entries.map((entry) => [entry.path, entry.sapling])));
            const before = await readTree(folder);
            const files = items.map((item) => {
              const there = before[join('root', item.path)];
              return toPlanned(item, mayReplace && there?.type === 'file' ? there.content : undefined);
            });
            const undisturbed = await planChanges(root, files);
            const state = before['root/.django-fargate'];
            const isBlocked =
              undisturbed.some(({ kind }) => kind === 'conflict' || kind === 'special') ||
              (state !== undefined && state.type !== 'folder');
            const options = keepsBackup ? { backup: { label: 'x' } } : {};
            const { how, at, linksRefused } = first;
            const { fs } = faultyFileSystem({ when: (_, count) => count === at, how, linksRefused });
            let error: unknown;
            let leftovers: readonly string[] = [];
            try {
              ({ leftovers } = await run(root, files, { ...options, fs }));
            } catch (thrown) {
              error = thrown;
            }
            const now = await readTree(folder);
            assertNothingLost(before, now, files);
            if (error instanceof Killed || leftovers.length > 0) {
              seen.killed += 1;
              const again = run(root, files, options);
              if (isBlocked) await assert.rejects(again, UserError);
              else await again;
              if (!isBlocked) assertComplete(await readTree(folder), before, files);
              assertNothingLost(before, await readTree(folder), files);
            } else if (error === undefined) {
              seen.complete += 1;
              assert(!isBlocked);
              assertComplete(now, before, files);
            } else {
              assert(error instanceof UserError, String(error));
              if (error.exitCode === 4) seen.refused += 1;
              else seen.failed += 1;
              assert.deepEqual(now, before);
              return;
            }
            if (isBlocked || !keepsBackup) return;
            seen.undone += 1;
            await assertUndone(folder, root, before, second);
          }),
      ),
      { numRuns: 600 },
    );
    // The cases must be mixed, or the property says little.
    for (const [outcome, count] of Object.entries(seen)) assert(count > 10, `${outcome}: ${count}`);
  });
});
