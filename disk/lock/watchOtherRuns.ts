import { exitCodes, UserError } from '../../core/errors.ts';
import { nodeFileSystem } from '../files/fileSystem.ts';
import type { FileSystem } from '../files/fileSystem.ts';
import { refuseBusy } from './takeLock.ts';
import { absolute, stateFolder } from '../paths.ts';
import { explain, unless } from '../files/systemError.ts';

/**
 * Does `look`, which writes nothing. Where it refuses what it has seen while another run was writing, or had written
 * in the meantime, that is said first: what stood half-way may be no reason.
 */
export type BesideOthers = <Value>(look: () => Promise<Value>) => Promise<Value>;

/**
 * Starts to watch a folder for other runs.
 *
 * @param root absolute folder; need not exist
 * @throws UserError (exit 4) when one is writing there now
 */
export async function watchOtherRuns(root: string, fs: FileSystem = nodeFileSystem): Promise<BesideOthers> {
  const before = await traceOf(root, fs);
  await refuseBusy(root, fs);
  return async (look) => {
    try {
      return await look();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      await refuseBusy(root, fs);
      if ((await traceOf(root, fs)) === before) throw error;
      throw new UserError(
        `Another run has changed ${root} while this command looked at it; nothing was written. ` +
          `Run the same command again. What this run found:\n${error.message}`,
        { exitCode: exitCodes.unsafe, cause: error },
      );
    }
  };
}

/**
 * Every run makes and removes its lock, which shows in the time of the folder around it; the first run makes that folder.
 * The root is left out: editors make and remove files of their own in it.
 */
async function traceOf(root: string, fs: FileSystem): Promise<string> {
  const folder = absolute(root, stateFolder);
  const stats = await explain('read', folder, () => unless(['ENOENT', 'ENOTDIR'], () => fs.lstat(folder)));
  return stats === undefined ? 'absent' : `${stats.ino} ${stats.mtimeMs}`;
}
