import assert from 'node:assert/strict';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { UserError } from '../../core/errors.ts';
import { applyChanges } from '../../disk/apply.ts';
import { planChanges } from '../../disk/changes.ts';
import type { PlannedFile } from '../../disk/decide.ts';
import { foldersOf } from '../../disk/paths.ts';
import { faultyFileSystem, Killed } from './faultyFileSystem.ts';
import { planned } from './planned.ts';
import { inTemporaryFolder, readTree, writeTree } from './tree.ts';
import type { Sapling, Tree } from './tree.ts';

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
const wanted = fc
  .array(
    fc.record({
      path: fc.oneof(path, fc.constant('.django-fargate/baseline.json')),
      content,
      executable: fc.boolean(),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .map((items) => apart(items.filter((item) => item.path !== '.django-fargate')));
const fault = fc.record({
  how: fc.constantFrom('fail' as const, 'kill' as const),
  at: fc.nat(160),
  linksRefused: fc.boolean(),
});

const isScratch = (name: string): boolean => /\.django-fargate-|\/(lock|journal\.json)$/.test(name);

/** What is on disk now may be all old or, where the user's consent was given, all new; never anything else. */
function assertNothingLost(before: Tree, now: Tree, files: readonly PlannedFile[]): void {
  for (const [name, entry] of Object.entries(before)) {
    const replacing = files.find((file) => join('root', file.path) === name)?.replaces;
    const isReplaced =
      replacing !== undefined &&
      entry.type === 'file' &&
      isDeepStrictEqual(now[name], { ...entry, content: contentOf(files, name) });
    if (!isReplaced) assert.deepEqual(now[name], entry, name);
  }
}

function contentOf(files: readonly PlannedFile[], name: string): string | undefined {
  const file = files.find((candidate) => join('root', candidate.path) === name);
  return file === undefined ? undefined : Buffer.from(file.bytes).toString('latin1');
}

/** Every file is there, whole, and nothing else of ours. */
function assertComplete(now: Tree, before: Tree, files: readonly PlannedFile[]): void {
  for (const file of files) {
    const name = join('root', file.path);
    const earlier = before[name];
    const mode = earlier?.type === 'file' ? earlier.mode : file.executable ? '0755' : '0644';
    assert.deepEqual(now[name], { type: 'file', mode, content: contentOf(files, name) });
  }
  assert.deepEqual(Object.keys(now).filter(isScratch), []);
}

describe('applyChanges, whatever is there and whatever goes wrong', () => {
  it('never loses a byte, and writes all or nothing', async function () {
    this.timeout(120_000);
    const seen = { complete: 0, refused: 0, failed: 0, killed: 0 };
    await fc.assert(
      fc.asyncProperty(
        disk,
        wanted,
        fault,
        fc.boolean(),
        async (entries, items, { how, at, linksRefused }, mayReplace) =>
          inTemporaryFolder(async (folder) => {
            const root = join(folder, 'root');
            await writeTree(folder, { 'outside/kept.txt': 'kept\n', root: { folder: true } });
            await writeTree(root, Object.fromEntries(entries.map((entry) => [entry.path, entry.sapling])));
            const before = await readTree(folder);
            const files = items.map((item) => {
              const there = before[join('root', item.path)];
              const replaces =
                mayReplace && there?.type === 'file' ? { replaces: Buffer.from(there.content, 'latin1') } : {};
              return planned(item.path, item.content, { executable: item.executable, ...replaces });
            });
            const undisturbed = await planChanges(root, files);
            const state = before['root/.django-fargate'];
            const isBlocked =
              undisturbed.some(({ kind }) => kind === 'conflict' || kind === 'special') ||
              (state !== undefined && state.type !== 'folder');
            const { fs } = faultyFileSystem({ when: (_, count) => count === at, how, linksRefused });
            let error: unknown;
            let leftovers: readonly string[] = [];
            try {
              ({ leftovers } = await applyChanges(root, await planChanges(root, files, fs), fs));
            } catch (thrown) {
              error = thrown;
            }
            const now = await readTree(folder);
            assertNothingLost(before, now, files);
            if (error instanceof Killed || leftovers.length > 0) {
              seen.killed += 1;
              const again = planChanges(root, files).then((changes) => applyChanges(root, changes));
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
              if (error.exitCode === 3) seen.refused += 1;
              else seen.failed += 1;
              assert.deepEqual(now, before);
            }
          }),
      ),
      { numRuns: 300 },
    );
    // The cases must be mixed, or the property says little.
    for (const [outcome, count] of Object.entries(seen)) assert(count > 10, `${outcome}: ${count}`);
  });
});
