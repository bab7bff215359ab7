import type { Change } from '../changes/planChanges.ts';
import { isRemoval } from '../changes/planned.ts';
import type { Journal, JournaledFile } from '../journal/journal.ts';
import { absolute, byCodeUnit, journalPath } from '../paths.ts';
import { removeFile } from '../files/remove.ts';
import type { Transaction } from './transaction.ts';
import { sha256 } from '../files/sha256.ts';
import { explain } from '../files/systemError.ts';
import { writeNew } from '../files/writeNew.ts';

/**
 * Writes down what is about to be done, before any of it is.
 *
 * @param changes in the order in which their scratch files are numbered
 * @param folders to be made, or made already, as relative POSIX paths
 * @param undoes the number of the backup that is taken back
 */
export async function writeJournal(
  { root, run, fs, undo, undoes }: Transaction,
  changes: readonly Change[],
  folders: readonly string[],
): Promise<void> {
  const path = absolute(root, journalPath);
  const journal: Journal = {
    schema: 2,
    run,
    files: changes.map(toFile),
    folders: [...new Set(folders)].toSorted(byCodeUnit),
    ...(undoes === undefined ? {} : { undoes }),
  };
  const bytes = Buffer.from(`${JSON.stringify(journal, undefined, 2)}\n`);
  await explain('write', path, () => writeNew(path, bytes, 0o644, fs));
  // What could not be taken back stays listed for the next run.
  undo.add(path, async (remaining) => (remaining.size === 0 ? removeFile(path, fs) : undefined));
}

function toFile({ path, planned, mode }: Change): JournaledFile {
  if (isRemoval(planned)) return { path, was: sha256(planned.removes) };
  const { bytes, replaces } = planned;
  const was = mode === undefined || replaces === undefined ? {} : { was: sha256(replaces) };
  return { path, ...was, sha256: sha256(bytes) };
}
