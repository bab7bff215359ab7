import type { Observed } from '../../core/merge/observed.ts';
import { nodeFileSystem } from '../files/fileSystem.ts';
import type { FileSystem } from '../files/fileSystem.ts';
import { readUnfinished } from './journal.ts';
import { observe } from '../files/observe.ts';

/**
 * Looks at several paths below `root`, each folder listed once. An empty file that a killed run left to hold a name
 * counts as absent. Writes nothing.
 *
 * @param root absolute folder; need not exist
 * @param paths relative POSIX paths
 * @throws UserError: exit 2 when the disk fails, exit 4 for a journal that is not one of ours
 */
export async function observeAll(
  root: string,
  paths: readonly string[],
  fs: FileSystem = nodeFileSystem,
): Promise<ReadonlyMap<string, Observed>> {
  const unfinished = await readUnfinished(root, fs);
  const listings = new Map<string, readonly string[]>();
  const found = new Map<string, Observed>();
  for (const path of paths) {
    const observed = await observe(root, path, fs, listings);
    const isUnfinished = unfinished.has(path) && observed.kind === 'file' && observed.bytes.length === 0;
    found.set(path, isUnfinished ? { kind: 'absent' } : observed);
  }
  return found;
}
