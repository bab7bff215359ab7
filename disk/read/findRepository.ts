import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { baselinePath } from '../paths.ts';
import { explain, unless } from '../files/systemError.ts';

/** The nearest folder, from `start` upwards, that holds a baseline: the repository in which a command was called. */
export async function findRepository(start: string): Promise<string | undefined> {
  for (let folder = start; ; folder = dirname(folder)) {
    if (await isRepository(folder)) {
      return folder;
    }
    if (dirname(folder) === folder) {
      return undefined;
    }
  }
}

/**
 * Whether a repository was written into this very folder.
 *
 * @throws UserError (exit 2) where nobody can look
 */
export async function isRepository(folder: string): Promise<boolean> {
  const path = join(folder, baselinePath);
  const stats = await explain('read', path, () => unless(['ENOENT', 'ENOTDIR', 'ELOOP'], () => stat(path)));
  return stats?.isFile() === true;
}
