import type { Change } from './changes.ts';
import type { FileSystem } from './fileSystem.ts';
import { inParallel } from './inParallel.ts';
import { scratchOf } from './journal.ts';
import type { Journal } from './journal.ts';
import { makeReadableFolder } from './makeFolder.ts';
import { observe } from './observe.ts';
import { absolute, baselinePath, byCodeUnit, foldersOf, journalPath } from './paths.ts';
import { publish } from './publish.ts';
import type { Staged } from './publish.ts';
import { removeFile } from './remove.ts';
import { sha256 } from './sha256.ts';
import { explain } from './systemError.ts';
import type { Undo } from './undo.ts';
import { syncFolder, writeNew } from './writeNew.ts';

/**
 * Journal, folders, scratch files, and only then the names: until the first name is given nothing of the repository
 * has changed, and a full or read-only disk has shown itself. Call it under the lock.
 *
 * @param writes the files to create or replace; the baseline is published last, wherever it stands
 * @param made folders that this run or a killed one before it has made already, as relative POSIX paths
 * @returns the staged files in the order of writing; each `old` that exists is the caller's to remove
 */
export async function writeAll(
  root: string,
  run: string,
  writes: readonly Change[],
  made: readonly string[],
  fs: FileSystem,
  undo: Undo,
): Promise<readonly Staged[]> {
  const ordered = writes.toSorted((one, other) => Number(isBaseline(one)) - Number(isBaseline(other)));
  const missing = await missingFolders(root, ordered, fs);
  await writeJournal(root, run, ordered, [...made, ...missing], fs, undo);
  for (const folder of missing) await makeReadableFolder(absolute(root, folder), fs, undo);
  const staged = await inParallel(ordered, (change, index) => stage(root, run, index, change, fs, undo));
  for (const [index, change] of ordered.entries()) {
    if (isBaseline(change)) await syncFolders(root, ordered, fs);
    const file = staged[index] as Staged;
    await explain('write', file.target, () => publish(file, fs, undo));
  }
  return staged;
}

const isBaseline = ({ path }: Change): boolean => path === baselinePath;

/** The folders that the files need, outermost first. */
function foldersOfAll(changes: readonly Change[]): string[] {
  return [...new Set(changes.flatMap(({ path }) => foldersOf(path)))].toSorted(byCodeUnit);
}

async function missingFolders(root: string, changes: readonly Change[], fs: FileSystem): Promise<string[]> {
  const missing: string[] = [];
  for (const folder of foldersOfAll(changes)) {
    if ((await observe(root, folder, fs)).kind === 'absent') missing.push(folder);
  }
  return missing;
}

async function writeJournal(
  root: string,
  run: string,
  changes: readonly Change[],
  folders: readonly string[],
  fs: FileSystem,
  undo: Undo,
): Promise<void> {
  const path = absolute(root, journalPath);
  const journal: Journal = {
    schema: 1,
    run,
    files: changes.map(({ path: target, file }) => ({ path: target, sha256: sha256(file.bytes) })),
    folders: [...new Set(folders)].toSorted(byCodeUnit),
  };
  const bytes = Buffer.from(`${JSON.stringify(journal, undefined, 2)}\n`);
  await explain('write', path, () => writeNew(path, bytes, 0o644, fs));
  // What could not be taken back stays listed for the next run.
  undo.add(path, async (remaining) => (remaining.size === 0 ? removeFile(path, fs) : undefined));
}

async function stage(
  root: string,
  run: string,
  index: number,
  { path, file, mode }: Change,
  fs: FileSystem,
  undo: Undo,
): Promise<Staged> {
  const scratch = scratchOf(run, index, path);
  const staged: Staged = {
    path,
    target: absolute(root, path),
    bytes: file.bytes,
    replaces: mode === undefined ? undefined : file.replaces,
    mode: mode ?? (file.executable ? 0o755 : 0o644),
    fresh: absolute(root, scratch.fresh),
    reserved: absolute(root, scratch.reserved),
    old: absolute(root, scratch.old),
  };
  undo.add(staged.fresh, () => removeFile(staged.fresh, fs));
  await explain('write', staged.target, () => writeNew(staged.fresh, staged.bytes, staged.mode, fs));
  return staged;
}

/** Names reach the disk before the baseline that speaks of them, even when the power fails. */
async function syncFolders(root: string, changes: readonly Change[], fs: FileSystem): Promise<void> {
  const folders = [root, ...foldersOfAll(changes).map((path) => absolute(root, path))];
  await inParallel(folders, (folder) => explain('write', folder, () => syncFolder(folder, fs)));
}
