import type { Backups } from '../backup/openBackups.ts';
import { isRemoval } from '../changes/planned.ts';
import type { FileSystem } from '../files/fileSystem.ts';
import { absolute, backupFolder, journalPath, lockPath, stateFolder } from '../paths.ts';
import { removeFile, removeFolder } from '../files/remove.ts';
import { removeEmptied } from '../files/removeEmptied.ts';
import type { Prepared } from './stage.ts';
import { Undo } from '../files/undo.ts';

/**
 * Ends a run. Everything is in place: what cannot be removed now is reported, and nothing is taken back.
 *
 * @param done what the run has done
 * @param backups of the run, which end with it
 * @param giveBack gives the lock back
 * @returns absolute paths that could not be removed; the journal lists them, so that the next run removes them
 */
export async function tidy(
  root: string,
  done: readonly Prepared[],
  backups: Backups,
  giveBack: () => Promise<void>,
  fs: FileSystem,
): Promise<readonly string[]> {
  const journal = absolute(root, journalPath);
  const removed = done.filter(({ change }) => isRemoval(change.planned)).map(({ change }) => change.path);
  // The last one added is done first.
  const last = new Undo();
  // Without a baseline nothing else may be in it.
  const folder = absolute(root, stateFolder);
  last.add(folder, () => removeFolder(folder, fs));
  last.add(absolute(root, lockPath), giveBack);
  last.add(journal, async (remaining) => (remaining.size === 0 ? removeFile(journal, fs) : undefined));
  for (const path of removed) last.add(absolute(root, path), () => removeEmptied(root, path, fs));
  for (const { old } of done) if (old !== undefined) last.add(old, () => removeFile(old, fs));
  last.add(absolute(root, backupFolder), () => backups.end());
  return last.run();
}
