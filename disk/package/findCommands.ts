import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** The commands in a folder of generators: each is a folder with a file `command`. */
export async function findCommands(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = await Promise.all(
    entries
      .filter((entry) => entry.isDirectory())
      .map(async ({ name }) => {
        const file = (await readdir(join(folder, name))).find((entry) => /^command\.[jt]s$/.test(entry));
        return file === undefined ? [] : [[name, join(folder, name, file)] as const];
      }),
  );
  return new Map(found.flat());
}
