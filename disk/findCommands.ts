import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** The commands in a folder of generators: each is a folder with an index file. */
export async function findCommands(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = await Promise.all(
    entries
      .filter((entry) => entry.isDirectory())
      .map(async ({ name }) => {
        const index = (await readdir(join(folder, name))).find((file) => /^index\.[jt]s$/.test(file));
        return index === undefined ? [] : [[name, join(folder, name, index)] as const];
      }),
  );
  return new Map(found.flat());
}
