import { exitCodes, UserError } from '../../core/errors.ts';
import type { FileSystem } from './fileSystem.ts';
import { removeFolder } from './remove.ts';
import { giveTo, ownerFor } from './owner.ts';
import { explain, modeRefused, unless } from './systemError.ts';
import type { Undo } from './undo.ts';

/**
 * Makes one folder, unless it is there. Made by root, it belongs to the owner of the folder around it.
 *
 * @returns whether it was made now
 * @throws UserError (exit 4) when something that is not a folder has appeared there; (exit 2) when the disk fails
 */
export async function makeFolder(path: string, fs: FileSystem, undo: Undo): Promise<boolean> {
  return explain('make the folder', path, async () => {
    const isMade = await unless(['EEXIST'], async () => {
      await fs.mkdir(path);
      return true;
    });
    if (isMade) undo.add(path, () => removeFolder(path, fs));
    const stats = await fs.lstat(path);
    if (stats.isDirectory()) {
      if (isMade !== true) return false;
      await giveTo(await ownerFor(path, fs), stats, (uid, gid) => fs.lchown(path, uid, gid));
      return true;
    }
    throw new UserError(
      `${path} is not a folder; nothing was written. Move it away, then run the same command again.`,
      { exitCode: exitCodes.unsafe },
    );
  });
}

/**
 * Makes a folder of the repository with mode 0755 whatever the umask: the numeric user of an image must be able to read
 * what is copied from it. A set-group-ID bit that the parent handed down stays.
 */
export async function makeReadableFolder(path: string, fs: FileSystem, undo: Undo): Promise<boolean> {
  const isMade = await makeFolder(path, fs, undo);
  if (!isMade) return false;
  await explain('set the mode of', path, async () => {
    const { mode } = await fs.lstat(path);
    if ((mode & 0o777) !== 0o755) await unless(modeRefused, () => fs.chmod(path, (mode & 0o7000) | 0o755));
  });
  return true;
}
