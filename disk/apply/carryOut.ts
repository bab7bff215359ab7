import type { Change } from '../changes/planChanges.ts';
import { isRemoval } from '../changes/planned.ts';
import type { FileSystem } from '../files/fileSystem.ts';
import { inParallel } from '../files/inParallel.ts';
import { makeReadableFolder } from '../files/makeFolder.ts';
import { observe } from '../files/observe.ts';
import { absolute, baselinePath, byCodeUnit, foldersOf } from '../paths.ts';
import type { Transaction } from './transaction.ts';
import { stageAll } from './stage.ts';
import type { Prepared } from './stage.ts';
import { explain } from '../files/systemError.ts';
import { writeJournal } from './writeJournal.ts';
import { syncFolder } from '../files/writeNew.ts';

/**
 * Journal, backup, folders, scratch files, and only then the names: until the first name is given nothing of the
 * repository has changed, and a full or read-only disk has shown itself. Files are removed after all others are
 * written, and the baseline comes last. Call it under the lock.
 *
 * @param changes what is not yet as it should be
 * @param made folders that this run or a killed one before it has made already, as relative POSIX paths
 * @param keep makes the backup
 * @returns what was done, in order; each `old` is the caller's to remove
 */
export async function carryOut(
  run: Transaction,
  changes: readonly Change[],
  made: readonly string[],
  keep: (changes: readonly Change[]) => Promise<void>,
): Promise<readonly Prepared[]> {
  const { root, fs, undo } = run;
  const ordered = changes.toSorted((one, other) => rank(one) - rank(other));
  const missing = await missingFolders(root, ordered, fs);
  await writeJournal(run, ordered, [...made, ...missing]);
  await keep(ordered);
  for (const folder of missing) await makeReadableFolder(absolute(root, folder), fs, undo);
  const prepared = await stageAll(run, ordered);
  for (const { change, act } of prepared) {
    if (isBaseline(change)) await syncFolders(root, ordered, fs);
    await explain(isRemoval(change.planned) ? 'remove' : 'write', absolute(root, change.path), act);
  }
  return prepared;
}

const isBaseline = ({ path }: Change): boolean => path === baselinePath;

const rank = (change: Change): number => (isBaseline(change) ? 2 : isRemoval(change.planned) ? 1 : 0);

/** The folders that the files lie in, outermost first. */
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

/** Names reach the disk before the baseline that speaks of them, even when the power fails. */
async function syncFolders(root: string, changes: readonly Change[], fs: FileSystem): Promise<void> {
  const folders = [root, ...foldersOfAll(changes).map((path) => absolute(root, path))];
  await inParallel(folders, (folder) => explain('write', folder, () => syncFolder(folder, fs)));
}
