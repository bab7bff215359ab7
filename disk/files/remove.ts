import type { FileSystem } from './fileSystem.ts';
import { unless } from './systemError.ts';

/** Removes a file of ours that may be gone already. */
export async function removeFile(path: string, fs: FileSystem): Promise<void> {
  await unless(['ENOENT', 'ENOTDIR'], () => fs.unlink(path));
}

/** Removes a folder of ours, unless somebody has put something into it. */
export async function removeFolder(path: string, fs: FileSystem): Promise<void> {
  await unless(['ENOENT', 'ENOTDIR', 'ENOTEMPTY', 'EEXIST'], () => fs.rmdir(path));
}
