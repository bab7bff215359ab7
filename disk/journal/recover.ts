import { cleanUp } from './cleanUp.ts';
import type { FileSystem } from '../files/fileSystem.ts';
import { readJournal } from './journal.ts';
import { observe } from '../files/observe.ts';
import { absolute, journalPath, lockPath, stateFolder } from '../paths.ts';
import { removeFile, removeFolder } from '../files/remove.ts';
import { removeEmptied } from '../files/removeEmptied.ts';
import { explain } from '../files/systemError.ts';

/** Whether an earlier run was killed here: it left its lock or its journal. */
export async function hasLeftovers(root: string, fs: FileSystem): Promise<boolean> {
  const kinds = await Promise.all([lockPath, journalPath].map(async (path) => (await observe(root, path, fs)).kind));
  return kinds.some((kind) => kind !== 'absent');
}

/**
 * Removes what a killed run left: scratch files, an empty file that only held a name, folders that are empty. Files
 * that it had finished stay, and what it had removed stays away: the same run again finds it as it should be. Call it under the
 * lock.
 *
 * @returns the folders of that run that are not empty, outermost first: this run takes them back when it fails
 * @throws UserError (exit 4) when the earlier content of a file might be needed still
 */
export async function recover(root: string, fs: FileSystem): Promise<readonly string[]> {
  return explain('clean up', absolute(root, stateFolder), async () => {
    await removeAsideLocks(root, fs);
    const journal = await readJournal(root, fs);
    if (journal === undefined) return [];
    const kept: string[] = [];
    if (journal !== 'torn') {
      for (const [index, file] of journal.files.entries()) await cleanUp(root, journal.run, index, file, fs);
      for (const { path, sha256 } of journal.files) {
        const isRemoved = sha256 === undefined && (await observe(root, path, fs)).kind === 'absent';
        if (isRemoved) await removeEmptied(root, path, fs);
      }
      for (const folder of journal.folders.toReversed()) {
        const isThere = async (): Promise<boolean> =>
          folder === '' || (await observe(root, folder, fs)).kind === 'folder';
        if (folder !== '' && (await isThere())) await removeFolder(absolute(root, folder), fs);
        if (await isThere()) kept.unshift(folder);
      }
    }
    await removeFile(absolute(root, journalPath), fs);
    return kept;
  });
}

/** A run that was killed while it took over a stale lock leaves that lock under a name of its own. */
async function removeAsideLocks(root: string, fs: FileSystem): Promise<void> {
  for (const name of await fs.readdir(absolute(root, stateFolder))) {
    if (/^lock-[0-9a-f]{16}$/.test(name)) await removeFile(absolute(root, `${stateFolder}/${name}`), fs);
  }
}
