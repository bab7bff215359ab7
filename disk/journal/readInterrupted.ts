import { nodeFileSystem } from '../files/fileSystem.ts';
import type { FileSystem } from '../files/fileSystem.ts';
import { readJournal } from './journal.ts';

/**
 * What a run that was killed was to create and to remove, by its journal. It may have done so.
 *
 * @param root absolute folder of the repository; need not exist
 * @throws UserError: exit 4 for a journal that is not one of ours, exit 2 when the disk fails
 */
export async function readInterrupted(
  root: string,
  fs: FileSystem = nodeFileSystem,
): Promise<ReadonlyMap<string, 'create' | 'remove'>> {
  const journal = await readJournal(root, fs);
  const files = typeof journal === 'object' ? journal.files : [];
  return new Map(
    files.flatMap(({ path, was, sha256 }): readonly (readonly [string, 'create' | 'remove'])[] => {
      if (sha256 === undefined) return [[path, 'remove']];
      return was === undefined ? [[path, 'create']] : [];
    }),
  );
}
