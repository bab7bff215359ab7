import assert from 'node:assert/strict';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { applyChanges } from '../../disk/apply/applyChanges.ts';
import type { Applied, ApplyOptions } from '../../disk/apply/applyChanges.ts';
import { planChanges } from '../../disk/changes/planChanges.ts';
import { isRemoval } from '../../disk/changes/planned.ts';
import type { Planned } from '../../disk/changes/planned.ts';
import type { FileSystem } from '../../disk/files/fileSystem.ts';
import { foldersOf } from '../../disk/paths.ts';
import { faultyFileSystem } from './faultyFileSystem.ts';
import { inTemporaryFolder, readTree, writeTree } from './tree.ts';
import type { Sapling, Tree } from './tree.ts';

export interface Scene {
  readonly title: string;
  /** What the user has; undefined when not even the folder is there. */
  readonly before: Readonly<Record<string, Sapling>> | undefined;
  readonly files: readonly Planned[];
  readonly linksRefused: boolean;
}

/** Plans and applies; without waiting for the disk, unless a file system is given. */
export async function run(root: string, files: readonly Planned[], options: ApplyOptions = {}): Promise<Applied> {
  const { fs = faultyFileSystem({}).fs } = options;
  return applyChanges(root, await planChanges(root, files, fs), { ...options, fs });
}

/** Sets a scene in `folder`, and gives the root to write to. */
export async function set(scene: Scene, folder: string): Promise<string> {
  if (scene.before === undefined) return join(folder, 'projects', 'shop');
  await writeTree(join(folder, 'shop'), scene.before);
  return join(folder, 'shop');
}

/** What the folder holds when a scene was set and acted upon without any fault. */
export async function completeTree(scene: Scene, act: Act = runFiles(scene)): Promise<Tree> {
  return inTemporaryFolder(async (folder) => {
    await act(await set(scene, folder));
    return readTree(folder);
  });
}

/** What is done at a scene; the default plans and applies its files. */
export type Act = (root: string, fs?: FileSystem) => Promise<Pick<Applied, 'leftovers'>>;

function runFiles({ files }: Scene): Act {
  return (root, fs) => run(root, files, fs === undefined ? {} : { fs });
}

export interface Outcome {
  readonly folder: string;
  readonly root: string;
  readonly before: Tree;
  /** Undefined when the run went through in spite of the fault. */
  readonly error: unknown;
  readonly leftovers: readonly string[];
  /** Which call went wrong, for messages. */
  readonly call: string;
}

interface Trial {
  readonly how: 'fail' | 'kill';
  readonly act?: Act;
}

/** Calls that change nothing: the state that a kill leaves shows at the next call that does. */
const reads = /^(lstat|readFile|readdir|open r|fstat|fsync|close)\b/;

/** Tries a fault at every call in turn. Gives the number of calls. */
export async function atEveryCall(
  scene: Scene,
  { how, act = runFiles(scene) }: Trial,
  check: (outcome: Outcome) => Promise<void>,
): Promise<number> {
  const { linksRefused } = scene;
  const { fs: whole, calls } = faultyFileSystem({ linksRefused });
  const every = await inTemporaryFolder(async (folder) => {
    await act(await set(scene, folder), whole);
    return calls.map(recognizer(folder));
  });
  const wanted = every.filter((call) => how === 'fail' || !reads.test(call));
  for (const call of wanted) {
    await inTemporaryFolder(async (folder) => {
      const root = await set(scene, folder);
      const before = await readTree(folder);
      const recognize = recognizer(folder);
      const { fs } = faultyFileSystem({ when: (made) => recognize(made) === call, how, linksRefused });
      const [error, applied] = await settle(act(root, fs));
      await check({ folder, root, before, error, leftovers: applied?.leftovers ?? [], call });
    });
  }
  return wanted.length;
}

/** Names a call alike in every run: without the folder and the run's own number; files are written in any order. */
function recognizer(folder: string): (call: string) => string {
  const seen = new Map<string, number>();
  return (call) => {
    const name = call.replaceAll(folder, '').replaceAll(/[0-9a-f]{16}/g, 'RUN');
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return `${name} (${times})`;
  };
}

async function settle<Value>(promise: Promise<Value>): Promise<[unknown, Value | undefined]> {
  return promise.then(
    (value) => [undefined, value],
    (error: unknown) => [error, undefined],
  );
}

/**
 * Everything of the user's is as it was; only what is replaced or removed on demand may be as it is to be already, and
 * the folders of what is removed.
 */
export function assertKept(scene: Scene, before: Tree, now: Tree, complete: Tree, message: string): void {
  const given = scene.files.filter((file) => isRemoval(file) || file.replaces !== undefined);
  const consented = new Set(given.flatMap(({ path }) => [path, ...foldersOf(path)]).map((path) => `shop/${path}`));
  for (const [path, entry] of Object.entries(before)) {
    const isDone = consented.has(path) && isDeepStrictEqual(now[path], complete[path]);
    if (!isDone) assert.deepEqual(now[path], entry, `${message}: ${path}`);
  }
}
