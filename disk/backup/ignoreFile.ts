import type { FileSystem } from '../files/fileSystem.ts';
import { readRegular } from '../files/observe.ts';
import { absolute, backupFolder } from '../paths.ts';
import { removeFile } from '../files/remove.ts';
import { unless } from '../files/systemError.ts';

/** Tells git to leave backups alone, this file included. */
export const ignorePath = `${backupFolder}/.gitignore`;
export const ignoreText = '*\n';

/** Removes the file where it holds our text or, after a killed run, a part of it. */
export async function removeIgnoreFile(root: string, fs: FileSystem): Promise<void> {
  const path = absolute(root, ignorePath);
  const bytes = await readRegular(path, fs);
  if (bytes !== undefined && ignoreText.startsWith(Buffer.from(bytes).toString('latin1'))) await removeFile(path, fs);
}

/** Whether the file is there, ours or the user's. One that a killed run has not filled is removed. */
export async function hasIgnoreFile(root: string, fs: FileSystem): Promise<boolean> {
  const path = absolute(root, ignorePath);
  const bytes = await readRegular(path, fs);
  if (bytes !== undefined && bytes.length < ignoreText.length) await removeIgnoreFile(root, fs);
  return (await unless(['ENOENT'], () => fs.lstat(path))) !== undefined;
}
