import { exitCodes, InternalError, UserError } from '../../core/errors.ts';
import type { FileSystem } from '../files/fileSystem.ts';
import { inParallel } from '../files/inParallel.ts';
import { makeFolder } from '../files/makeFolder.ts';
import { absolute, backupFolder, byCodeUnit, foldersOf } from '../paths.ts';
import { removeFile } from '../files/remove.ts';
import { explain } from '../files/systemError.ts';
import type { Undo } from '../files/undo.ts';
import { syncFolder, writeNew } from '../files/writeNew.ts';
import type { Composed } from './compose.ts';
import { copyOf, findBackups, folderOf, listOf } from './find.ts';
import { hasIgnoreFile, ignorePath, ignoreText } from './ignoreFile.ts';
import { modeOf, renderRecord } from './record.ts';

/**
 * Copies what a run is about to change, and lists what it is about to do. When it returns, all of it is on the disk.
 * A failing run takes the backup back, unless something else could not be taken back.
 *
 * @param label the command, for people
 * @returns the number of the backup, which is pending
 */
export async function makeBackup(
  root: string,
  label: string,
  { files, copies }: Composed,
  fs: FileSystem,
  undo: Undo,
): Promise<number> {
  const number = await nextNumber(root, fs);
  const takeBack = (path: string, act: () => Promise<void>): void =>
    undo.add(path, async (remaining) => (remaining.size === 0 ? act() : undefined));
  const write = async (path: string, bytes: Uint8Array, mode: number, like?: string): Promise<void> => {
    const target = absolute(root, path);
    takeBack(target, () => removeFile(target, fs));
    await explain('write', target, () => writeNew(target, bytes, mode, fs, like));
  };

  const own = folderOf(number);
  await makeFolder(absolute(root, backupFolder), fs, undo);
  const isIgnored = await explain('read', absolute(root, ignorePath), () => hasIgnoreFile(root, fs));
  if (!isIgnored) await write(ignorePath, Buffer.from(ignoreText), 0o644);
  await makeFolder(absolute(root, own), fs, undo);
  const [draft, pending] = [listOf(number, 'draft'), listOf(number, 'pending')];
  await write(draft, renderRecord({ schema: 1, label, files }), 0o644);

  const kept = files.filter(({ was }) => was !== 'absent');
  const needed = new Set(kept.flatMap(({ path }) => foldersOf(copyOf(number, path))));
  const folders = [...needed].filter((folder) => folder.startsWith(`${own}/`)).toSorted(byCodeUnit);
  for (const folder of folders) await makeFolder(absolute(root, folder), fs, undo);
  await inParallel(kept, async ({ path, was }) => {
    const bytes = copies.get(path);
    if (bytes === undefined || was === 'absent') throw new InternalError(`No copy of ${path} was composed.`);
    // Nobody may read a copy who could not read the file.
    await write(copyOf(number, path), bytes, (modeOf(was) & 0o666) | 0o600, absolute(root, path));
  });
  await inParallel([backupFolder, own, ...folders], (folder) => sync(root, folder, fs));

  const [from, to] = [absolute(root, draft), absolute(root, pending)];
  await explain('write', to, () => fs.rename(from, to));
  takeBack(to, () => fs.rename(to, from));
  await sync(root, own, fs);
  return number;
}

async function nextNumber(root: string, fs: FileSystem): Promise<number> {
  const number = ((await findBackups(root, fs)).at(-1)?.number ?? 0) + 1;
  if (number < 1e15) return number;
  throw new UserError(
    `The number of ${absolute(root, folderOf(number - 1))} is too high for another one after it. Move that folder ` +
      'away, then run the same command again.',
    { exitCode: exitCodes.unsafe },
  );
}

async function sync(root: string, folder: string, fs: FileSystem): Promise<void> {
  const path = absolute(root, folder);
  await explain('write', path, () => syncFolder(path, fs));
}
