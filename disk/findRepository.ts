import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { baselinePath } from './paths.ts';

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

/** Whether a repository was written into this very folder. */
export async function isRepository(folder: string): Promise<boolean> {
  try {
    return (await stat(join(folder, baselinePath))).isFile();
  } catch {
    return false;
  }
}
