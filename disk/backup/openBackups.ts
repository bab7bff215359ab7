import { exitCodes, UserError } from '../../core/errors.ts';
import type { Change } from '../changes/planChanges.ts';
import type { FileSystem } from '../files/fileSystem.ts';
import { absolute, backupFolder } from '../paths.ts';
import { explain } from '../files/systemError.ts';
import type { Undo } from '../files/undo.ts';
import { compose } from './compose.ts';
import { continuePending } from './continuePending.ts';
import { findBackups, newestOf } from './find.ts';
import { makeBackup } from './makeBackup.ts';
import { endBackup } from './endBackup.ts';

export interface BackupOptions {
  /** Copies are kept of what is replaced, changed in mode or removed; the label is the command, for people. */
  readonly backup?: { readonly label: string };
  /** The number of the backup that this run takes back: it is used up then. */
  readonly undoes?: number | undefined;
}

/** What one run does with backups. */
export interface Backups {
  /** Copies what is about to change, if this run keeps a backup. */
  keep(changes: readonly Change[], undo: Undo): Promise<void>;
  /** Ends the backup when everything is in place, and removes those that are not needed any more. */
  end(): Promise<void>;
}

/**
 * Looks at the backups before a run changes anything. Call it under the lock, after the scratch files are gone.
 *
 * @throws UserError (exit 4) when the backup to be used up is not the newest any more
 */
export async function openBackups(root: string, { backup, undoes }: BackupOptions, fs: FileSystem): Promise<Backups> {
  const folder = absolute(root, backupFolder);
  if (undoes !== undefined && newestOf(await findBackups(root, fs))?.number !== undoes) {
    throw new UserError(
      `Another run has changed ${root} in the meantime; nothing was written. Run the same command again.`,
      { exitCode: exitCodes.unsafe },
    );
  }
  const continued = await explain('clean up', folder, () => continuePending(root, fs));
  let [ended, usedUp] = [continued?.number, undoes];
  return {
    async keep(changes, undo) {
      if (backup === undefined) return;
      const composed = compose(changes, continued);
      // Together with the killed run that it continues, this run may change nothing.
      if (composed.files.length === 0) usedUp = ended;
      else ended = await makeBackup(root, backup.label, composed, fs, undo);
    },
    end: () => endBackup(root, { ended, usedUp }, fs),
  };
}
