import { foldersOf, foldName } from '../paths.ts';

/**
 * Two files must not meet on a file system that ignores case, nor stand in each other's way.
 *
 * @param paths relative POSIX paths
 * @returns the first two that do; a folder is marked by a slash at its end
 */
export function findClash(paths: readonly string[]): readonly [string, string] | undefined {
  const taken = new Map<string, string>();
  const claims = paths.flatMap((path) => [...foldersOf(path).map((folder) => `${folder}/`), path]);
  for (const name of dropRepeated(claims)) {
    const key = foldName(name.replace(/\/$/, ''));
    const other = taken.get(key);
    if (other !== undefined) return [other, name];
    taken.set(key, name);
  }
  return undefined;
}

/** A folder may hold many files, but no path is two files. */
function dropRepeated(names: readonly string[]): string[] {
  const folders = new Set<string>();
  return names.filter((name) => {
    const isKnown = folders.has(name);
    if (name.endsWith('/')) folders.add(name);
    return !isKnown;
  });
}
