import { exitCodes, UserError } from '../../core/errors.ts';
import type { FileSystem } from '../files/fileSystem.ts';
import { scratchOf } from './journal.ts';
import type { JournaledFile } from './journal.ts';
import { observe, readRegular } from '../files/observe.ts';
import { absolute } from '../paths.ts';
import { putBack } from '../files/putBack.ts';
import { removeFile } from '../files/remove.ts';
import { sha256 } from '../files/sha256.ts';

/**
 * Removes the scratch files that a killed run left for one file, and an empty file that only held its name.
 *
 * @param run the killed run
 * @param index of the file in that run's journal
 * @throws UserError (exit 4) when the earlier content might be needed still
 */
export async function cleanUp(
  root: string,
  run: string,
  index: number,
  file: JournaledFile,
  fs: FileSystem,
): Promise<void> {
  const scratch = scratchOf(run, index, file.path);
  const target = absolute(root, file.path);
  if (await isFile(root, scratch.reserved, fs)) {
    const bytes = await readRegular(target, fs);
    if (bytes?.length === 0) await removeFile(target, fs);
    await removeFile(absolute(root, scratch.reserved), fs);
  }
  const isStaged = await isFile(root, scratch.fresh, fs);
  if (await isFile(root, scratch.old, fs)) {
    const old = absolute(root, scratch.old);
    // As long as the new content is not published, nothing was replaced and `old` is a second copy.
    if (!isStaged) await settle(file, target, old, fs);
    await removeFile(old, fs);
  }
  if (isStaged) await removeFile(absolute(root, scratch.fresh), fs);
}

async function isFile(root: string, path: string, fs: FileSystem): Promise<boolean> {
  return (await observe(root, path, fs)).kind === 'file';
}

/** Returns when `old` is not needed any more: it is what was to go, and the new state is there. */
async function settle({ was, sha256: hash }: JournaledFile, target: string, old: string, fs: FileSystem) {
  const [now, before] = [await readRegular(target, fs), await readRegular(old, fs)];
  const isAsJournaled = before !== undefined && (was === undefined || sha256(before) === was);
  if (hash === undefined) {
    // What was written into the file at the last instant comes back, if its name is free.
    if (isAsJournaled || (await putBack(old, target, fs))) return;
    if (now !== undefined && before !== undefined && sha256(now) === sha256(before)) return;
  } else if (isAsJournaled && now !== undefined && sha256(now) === hash) return;
  throw new UserError(
    `A run was interrupted while it ${hash === undefined ? 'removed' : 'replaced'} ${target}, and the file was changed ` +
      `since. Its earlier content is in ${old}: compare the two, delete the second, then run the same command again.`,
    { exitCode: exitCodes.unsafe },
  );
}
