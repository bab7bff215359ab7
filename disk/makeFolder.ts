import { exitCodes, UserError } from '../core/errors.ts';
import type { FileSystem } from './fileSystem.ts';
import { removeFolder } from './remove.ts';
import { explain, unless } from './systemError.ts';
import type { Undo } from './undo.ts';

/** Where the file system knows no modes, or another owner's folder keeps its own. */
export const modeRefused: readonly string[] = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL'];

/**
 * Makes one folder, unless it is there.
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
    if (stats.isDirectory()) return isMade ?? false;
    throw new UserError(
      `Something that is not a folder stands at ${path}; nothing was written. Move it away, then run the same ` +
        'command again.',
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
