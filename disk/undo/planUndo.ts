import { exitCodes, UserError } from '../../core/errors.ts';
import type { Observed } from '../../core/merge/observed.ts';
import { findBackups, folderOf, listOf, readRecord } from '../backup/find.ts';
import type { Backup } from '../backup/find.ts';
import { readCopy } from '../backup/readCopy.ts';
import { isAt, modeOf } from '../backup/record.ts';
import type { BackupRecord, BackupEntry } from '../backup/record.ts';
import type { Planned } from '../changes/planned.ts';
import { nodeFileSystem } from '../files/fileSystem.ts';
import type { FileSystem } from '../files/fileSystem.ts';
import { readJournal } from '../journal/journal.ts';
import { isExecutable } from '../files/mode.ts';
import { observeAll } from '../journal/observeAll.ts';
import { absolute } from '../paths.ts';
import { explain } from '../files/systemError.ts';

/** How the last run would be taken back. */
export interface PlannedUndo {
  /** The command that is taken back, for people. */
  readonly label: string;
  /** When its backup was made; undefined for the rest of an undo. */
  readonly at: Date | undefined;
  /** Whether that run was killed before its end. */
  readonly isUnfinished: boolean;
  /** For `applyChanges`: the backup that is used up. Undefined when only the rest of a killed undo is to be done. */
  readonly undoes: number | undefined;
  /** What is not yet as it was before the run. */
  readonly planned: readonly Planned[];
  /** Paths that are neither as the run left them nor as they were before: while there are any, nothing may be undone. */
  readonly changed: readonly string[];
}

/**
 * Plans to take the last run back: what it created goes, what it replaced and removed comes back with its mode. Writes
 * nothing. Backups are checked like everything on disk, since anyone may have written them.
 *
 * @param root absolute folder of the repository
 * @returns undefined when there is no run to take back
 * @throws UserError: exit 4 for a backup that is not one of ours or not complete, exit 2 when the disk fails
 */
export async function planUndo(root: string, fs: FileSystem = nodeFileSystem): Promise<PlannedUndo | undefined> {
  const backups = await findBackups(root, fs);
  const last = backups.findLast(({ stage }) => stage !== 'draft' && stage !== 'empty');
  const journal = await readJournal(root, fs);
  const undoing = typeof journal === 'object' ? journal.undoes : undefined;
  if (undoing !== undefined && undoing !== last?.number) {
    const label = 'the rest of an interrupted undo';
    return { label, at: undefined, isUnfinished: true, undoes: undefined, planned: [], changed: [] };
  }
  if (last === undefined) return undefined;
  const record = await requireRecord(root, last, fs);
  const found = await observeAll(
    root,
    record.files.map(({ path }) => path),
    fs,
  );
  const planned: Planned[] = [];
  const changed: string[] = [];
  for (const entry of record.files) {
    const now = found.get(entry.path) ?? { kind: 'absent' };
    if (isAt('was', entry, now)) continue;
    if (isAt('became', entry, now)) planned.push(await takeBack(root, last.number, entry, now, fs));
    else changed.push(entry.path);
  }
  const { label } = record;
  const isUnfinished = last.stage === 'pending';
  const list = absolute(root, listOf(last.number, isUnfinished ? 'pending' : 'run'));
  const { mtime: at } = await explain('read', list, () => fs.lstat(list));
  return { label, at, isUnfinished, undoes: last.number, planned, changed };
}

async function requireRecord(root: string, { number, stage }: Backup, fs: FileSystem): Promise<BackupRecord> {
  if (stage !== 'run' && stage !== 'pending') throw unusable(root, number, 'it is not a folder');
  const record = await readRecord(root, number, stage, fs);
  if (record === undefined || record === 'torn') {
    throw unusable(root, number, `${stage}.json is not a backup list of this version`);
  }
  return record;
}

async function takeBack(
  root: string,
  number: number,
  entry: BackupEntry,
  now: Observed,
  fs: FileSystem,
): Promise<Planned> {
  const { path, was, became } = entry;
  const standing = now.kind === 'file' ? now.bytes : undefined;
  if (was === 'absent') return { path, removes: standing ?? new Uint8Array() };
  const bytes = await readCopy(root, number, entry, fs);
  if (bytes === undefined) throw unusable(root, number, `its copy of ${path} is missing or was changed`);
  // A mode that the run left alone may have been changed by its owner since.
  const isModeKept = became !== 'absent' && became.mode === was.mode;
  return {
    path,
    bytes,
    executable: isExecutable(modeOf(was)),
    policy: 'merge',
    ...(standing === undefined ? {} : { replaces: standing }),
    ...(isModeKept ? {} : { mode: modeOf(was) }),
  };
}

function unusable(root: string, number: number, fault: string): UserError {
  const folder = absolute(root, folderOf(number));
  return new UserError(
    `The backup ${folder} cannot be used: ${fault}. Copy what you need from its folder "files" and move the backup ` +
      'away; then the same command undoes the run before it.',
    { exitCode: exitCodes.unsafe },
  );
}
