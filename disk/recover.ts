import { exitCodes, UserError } from '../core/errors.ts';
import type { FileSystem } from './fileSystem.ts';
import { readJournal, scratchOf } from './journal.ts';
import type { Scratch } from './journal.ts';
import { observe, readRegular } from './observe.ts';
import { absolute, journalPath, lockPath, stateFolder } from './paths.ts';
import { removeFile, removeFolder } from './remove.ts';
import { sha256 } from './sha256.ts';
import { explain } from './systemError.ts';

/** Whether an earlier run was killed here: it left its lock or its journal. */
export async function hasLeftovers(root: string, fs: FileSystem): Promise<boolean> {
  const kinds = await Promise.all([lockPath, journalPath].map(async (path) => (await observe(root, path, fs)).kind));
  return kinds.some((kind) => kind !== 'absent');
}

/**
 * Removes what a killed run left: scratch files, an empty file that only held a name, folders that are empty. Files
 * that it had finished stay: the same run again finds them as they should be. Call it under the lock.
 *
 * @returns the folders of that run that are not empty, outermost first: this run takes them back when it fails
 * @throws UserError (exit 4) when the earlier content of a replaced file might be needed still
 */
export async function recover(root: string, fs: FileSystem): Promise<readonly string[]> {
  return explain('clean up', absolute(root, stateFolder), async () => {
    await removeAsideLocks(root, fs);
    const journal = await readJournal(root, fs);
    if (journal === undefined) return [];
    const kept: string[] = [];
    if (journal !== 'torn') {
      for (const [index, { path, sha256: hash }] of journal.files.entries()) {
        await cleanUp(root, path, hash, scratchOf(journal.run, index, path), fs);
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

async function cleanUp(root: string, path: string, hash: string, scratch: Scratch, fs: FileSystem): Promise<void> {
  const target = absolute(root, path);
  const isThere = async (name: string): Promise<boolean> => (await observe(root, name, fs)).kind === 'file';
  if (await isThere(scratch.reserved)) {
    const bytes = await readRegular(target, fs);
    if (bytes?.length === 0) await removeFile(target, fs);
    await removeFile(absolute(root, scratch.reserved), fs);
  }
  const isPublished = !(await isThere(scratch.fresh));
  if (await isThere(scratch.old)) {
    const old = absolute(root, scratch.old);
    const now = await readRegular(target, fs);
    // As long as the new content is not published, nothing was replaced and `old` is a second copy.
    if (isPublished && (now === undefined || sha256(now) !== hash)) {
      throw new UserError(
        `A run was stopped while it replaced ${target}, and the file was changed since. Its earlier content is ` +
          `${old}: compare the two, delete the second, then run the same command again.`,
        { exitCode: exitCodes.unsafe },
      );
    }
    await removeFile(old, fs);
  }
  if (!isPublished) await removeFile(absolute(root, scratch.fresh), fs);
}

/** A run that was killed while it took over a stale lock leaves that lock under a name of its own. */
async function removeAsideLocks(root: string, fs: FileSystem): Promise<void> {
  for (const name of await fs.readdir(absolute(root, stateFolder))) {
    if (/^lock-[0-9a-f]{16}$/.test(name)) await removeFile(absolute(root, `${stateFolder}/${name}`), fs);
  }
}
