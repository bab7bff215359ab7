import { promises } from 'node:fs';
import { join } from 'node:path';
import { InternalError } from '../core/errors.ts';
import { packageFolder } from './packageFolder.ts';
import { byCodeUnit } from './paths.ts';

/**
 * Reads every file of the package's templates.
 *
 * @param folder absolute folder of the templates; the package's own unless a test says otherwise
 * @returns content by POSIX path relative to the templates' folder, ordered by path
 */
export async function readTemplates(
  folder: string = join(packageFolder(), 'templates'),
): Promise<ReadonlyMap<string, Uint8Array>> {
  const paths = (await list(folder, '')).toSorted(byCodeUnit);
  const contents = await Promise.all(paths.map((path) => promises.readFile(join(folder, path))));
  return new Map(paths.map((path, index) => [path, contents[index] as Uint8Array]));
}

async function list(folder: string, prefix: string): Promise<string[]> {
  const entries = await promises.readdir(join(folder, prefix), { withFileTypes: true });
  const found = await Promise.all(
    entries.map(async (entry) => {
      const path = `${prefix}${entry.name}`;
      if (entry.isDirectory()) return list(folder, `${path}/`);
      if (entry.isFile()) return [path];
      throw new InternalError(`templates/${path} is neither a file nor a folder.`);
    }),
  );
  return found.flat();
}
