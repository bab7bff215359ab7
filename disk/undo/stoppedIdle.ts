import { findBackups, newestOf, readRecord } from '../backup/find.ts';
import { nodeFileSystem } from '../files/fileSystem.ts';
import type { FileSystem } from '../files/fileSystem.ts';
import { readJournal } from '../journal/journal.ts';
import { hasLeftovers } from '../journal/recover.ts';

/**
 * Whether a run was killed before it changed anything: it has left its lock or its journal, and no backup of its own. To
 * take back "the last run" would then take back the one before it. Writes nothing.
 *
 * @param root absolute folder of the repository
 * @throws UserError: exit 4 for a journal or backups that are not ours, exit 2 when the disk fails
 */
export async function stoppedIdle(root: string, fs: FileSystem = nodeFileSystem): Promise<boolean> {
  if (!(await hasLeftovers(root, fs))) return false;
  const journal = await readJournal(root, fs);
  const newest = newestOf(await findBackups(root, fs));
  if (newest?.stage === 'pending' || (typeof journal === 'object' && journal.undoes !== undefined)) return false;
  if (newest === undefined || typeof journal !== 'object') return true;
  const record = await readRecord(root, newest.number, 'run', fs);
  if (typeof record !== 'object') return false;
  // A run that had ended, and was killed while it tidied up, is the newest itself.
  const became = new Map(record.files.map((file) => [file.path, file.became === 'absent' ? '' : file.became.sha256]));
  return !journal.files.every(({ path, sha256 = '' }) => became.get(path) === sha256);
}
