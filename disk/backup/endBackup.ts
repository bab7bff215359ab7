import type { FileSystem } from '../files/fileSystem.ts';
import { absolute, backupFolder } from '../paths.ts';
import { removeFolder } from '../files/remove.ts';
import { discard } from './discard.ts';
import { findBackups, listOf, newestOf } from './find.ts';
import { removeIgnoreFile } from './ignoreFile.ts';

/** How many runs can be undone. */
const keptRuns = 3;

/**
 * Ends the backup of a run of which everything is in place. Removes the one that was used up, those that it continued,
 * drafts, all but the last three, and the folder when none is left.
 *
 * @param ended the backup of this run, or of the killed one that it continued
 * @param usedUp the backup of what is taken back by now
 */
export async function endBackup(
  root: string,
  { ended, usedUp }: { readonly ended: number | undefined; readonly usedUp: number | undefined },
  fs: FileSystem,
): Promise<void> {
  if (ended !== undefined && ended !== usedUp) {
    await fs.rename(absolute(root, listOf(ended, 'pending')), absolute(root, listOf(ended, 'run')));
  }
  const backups = await findBackups(root, fs);
  const newest = newestOf(backups)?.number ?? 0;
  const runs = backups.filter(({ stage, number }) => stage === 'run' && number !== usedUp);
  const kept = new Set(runs.slice(-keptRuns));
  for (const backup of backups) {
    const isContinued = backup.stage === 'pending' && backup.number < newest;
    const isOver = backup.stage === 'run' && !kept.has(backup);
    const isUseless = backup.stage === 'draft' || backup.stage === 'empty';
    if (backup.number === usedUp || isContinued || isOver || isUseless) await discard(root, backup, fs);
  }
  if ((await findBackups(root, fs)).length > 0) return;
  await removeIgnoreFile(root, fs);
  await removeFolder(absolute(root, backupFolder), fs);
}
