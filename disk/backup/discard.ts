import type { FileSystem } from '../files/fileSystem.ts';
import { observe } from '../files/observe.ts';
import { absolute, foldersOf } from '../paths.ts';
import { removeFile, removeFolder } from '../files/remove.ts';
import { copyOf, folderOf, listOf, readRecord } from './find.ts';
import type { Backup } from './find.ts';

/**
 * Removes a backup: exactly what its list names, and folders only when they are empty. Killed half-way, it is a draft
 * that the next run removes. A list that is not one of ours stays, with all that lies beside it.
 */
export async function discard(root: string, { number, stage }: Backup, fs: FileSystem): Promise<void> {
  if (stage === 'foreign') return;
  const folder = absolute(root, folderOf(number));
  if (stage !== 'empty') {
    const record = await readRecord(root, number, stage, fs);
    // A list was cut short before the first copy was made.
    if (record === undefined || (record === 'torn' && stage !== 'draft')) return;
    const list = absolute(root, listOf(number, 'draft'));
    if (stage !== 'draft') await fs.rename(absolute(root, listOf(number, stage)), list);
    const files = record === 'torn' ? [] : record.files;
    await removeCopies(
      root,
      number,
      files.flatMap(({ path, was }) => (was === 'absent' ? [] : [path])),
      fs,
    );
    await removeFile(list, fs);
  }
  await removeFolder(folder, fs);
}

async function removeCopies(root: string, number: number, paths: readonly string[], fs: FileSystem): Promise<void> {
  const copies = paths.map((path) => copyOf(number, path));
  for (const copy of copies) {
    if ((await observe(root, copy, fs)).kind === 'file') await removeFile(absolute(root, copy), fs);
  }
  const own = folderOf(number);
  const folders = new Set(copies.flatMap(foldersOf).filter((folder) => folder.startsWith(`${own}/`)));
  // The longer path is the inner folder.
  for (const folder of [...folders].toSorted((one, other) => other.length - one.length)) {
    if ((await observe(root, folder, fs)).kind === 'folder') await removeFolder(absolute(root, folder), fs);
  }
}
