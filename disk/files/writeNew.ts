import type { FileSystem, OpenFile } from './fileSystem.ts';
import { giveTo, ownerFor } from './owner.ts';
import { removeFile } from './remove.ts';
import { modeRefused, unless } from './systemError.ts';

/**
 * Writes a new file and puts it on the disk before returning, so that a full disk shows here. Leaves nothing when it
 * fails.
 *
 * @param mode permission bits (octal 7777), exact whatever the umask, where the file system knows modes
 * @param like absolute path of the file whose owner it gets; otherwise, made by root, that of the folder
 * @throws the operating system's error: EEXIST when anything, even a dangling link, is there
 */
export async function writeNew(
  path: string,
  bytes: Uint8Array,
  mode: number,
  fs: FileSystem,
  like?: string,
): Promise<void> {
  const file = await fs.open(path, 'wx', mode & 0o777);
  try {
    await file.writeFile(bytes);
    const stats = await file.stat();
    const isGiven = await giveTo(await ownerFor(path, fs, like), stats, (uid, gid) => file.chown(uid, gid));
    if (isGiven || (stats.mode & 0o7777) !== mode) await unless(modeRefused, () => file.chmod(mode));
    await sync(file);
    await file.close();
  } catch (error) {
    await file.close().catch(() => undefined);
    await removeFile(path, fs).catch(() => undefined);
    throw error;
  }
}

/** Puts the names in a folder on the disk, where the system can. */
export async function syncFolder(path: string, fs: FileSystem): Promise<void> {
  const folder = await unless(['EISDIR', 'EPERM', 'EACCES'], () => fs.open(path, 'r'));
  if (folder === undefined) return;
  try {
    await sync(folder);
  } finally {
    await folder.close();
  }
}

async function sync(file: OpenFile): Promise<void> {
  await unless(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EPERM', 'EBADF'], () => file.sync());
}
