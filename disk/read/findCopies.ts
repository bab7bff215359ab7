import { constants, promises } from 'node:fs';
import { join, posix } from 'node:path';
import { sha256 } from '../files/sha256.ts';

/** Enough for a project's own files; nobody waits for a hint longer than for the run. */
const mostFiles = 5000;
/** Not a project's own files. */
const skipped = /^(?:\..*|node_modules|__pycache__|venv|env|dist|build)$/u;

/**
 * Looks for files that have just these contents: where a user may have moved them. Follows no link.
 *
 * @param contents what to look for, by a name of the caller's
 * @param known paths that are not looked at
 * @returns relative POSIX paths by that name; a content that is found nowhere, or in several places, has none
 */
export async function findCopies(
  root: string,
  contents: ReadonlyMap<string, Uint8Array>,
  known: ReadonlySet<string>,
): Promise<ReadonlyMap<string, string>> {
  const sizes = new Set([...contents.values()].map(({ length }) => length));
  const found = new Map<string, string[]>();
  for await (const path of filesUnder(root)) {
    if (known.has(path)) continue;
    const full = join(root, path);
    const { size } = await promises.lstat(full);
    if (!sizes.has(size)) continue;
    const hash = sha256(await promises.readFile(full, { flag: constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) }));
    found.set(hash, [...(found.get(hash) ?? []), path]);
  }
  return new Map(
    [...contents].flatMap(([name, bytes]): readonly (readonly [string, string])[] => {
      const [path, ...others] = found.get(sha256(bytes)) ?? [];
      return path === undefined || others.length > 0 ? [] : [[name, path]];
    }),
  );
}

async function* filesUnder(root: string): AsyncGenerator<string> {
  const folders = [''];
  let count = 0;
  for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
    const entries = await promises.readdir(join(root, folder), { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const path = posix.join(folder, entry.name);
      if (entry.isDirectory() && !skipped.test(entry.name)) folders.push(path);
      if (!entry.isFile()) continue;
      count += 1;
      if (count > mostFiles) return;
      yield path;
    }
  }
}
