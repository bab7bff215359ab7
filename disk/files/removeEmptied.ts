import type { FileSystem } from './fileSystem.ts';
import { observe } from './observe.ts';
import { absolute, foldersOf } from '../paths.ts';
import { removeFolder } from './remove.ts';
import { unless } from './systemError.ts';

/** An empty folder that the system keeps (a mount point, the folder of another owner) does no harm. */
const kept = ['EACCES', 'EPERM', 'EBUSY'];

/** Removes the folders that held a removed file, innermost first, as far as nothing is left in them; never the root. */
export async function removeEmptied(root: string, path: string, fs: FileSystem): Promise<void> {
  for (const folder of foldersOf(path).toReversed()) {
    if ((await observe(root, folder, fs)).kind !== 'folder') continue;
    await unless(kept, () => removeFolder(absolute(root, folder), fs));
  }
}
