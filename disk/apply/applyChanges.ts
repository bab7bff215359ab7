import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { exitCodes, UserError } from '../../core/errors.ts';
import { openBackups } from '../backup/openBackups.ts';
import type { BackupOptions } from '../backup/openBackups.ts';
import { carryOut } from './carryOut.ts';
import { planChanges } from '../changes/planChanges.ts';
import type { Changes } from '../changes/planChanges.ts';
import { isRemoval } from '../changes/planned.ts';
import { nodeFileSystem } from '../files/fileSystem.ts';
import type { FileSystem } from '../files/fileSystem.ts';
import { takeLock } from '../lock/takeLock.ts';
import { makeFolder, makeReadableFolder } from '../files/makeFolder.ts';
import { absolute, baselinePath, lockPath, stateFolder } from '../paths.ts';
import { hasLeftovers, recover } from '../journal/recover.ts';
import { refuseChanged } from '../changes/refuseChanged.ts';
import { removeFolder } from '../files/remove.ts';
import { explain, unless } from '../files/systemError.ts';
import { tidy } from './tidy.ts';
import { Undo } from '../files/undo.ts';

/** What is left to tell after everything was written. */
export interface Applied {
  /** Relative POSIX paths in the order of writing; empty when everything was there already. */
  readonly written: readonly string[];
  /** The files that were removed, as relative POSIX paths. */
  readonly removed: readonly string[];
  /** Absolute paths of scratch files that could not be removed; the next run removes them. */
  readonly leftovers: readonly string[];
}

export interface ApplyOptions extends BackupOptions {
  readonly fs?: FileSystem;
}

/**
 * Does what was planned: all of it or nothing. New content is staged beside its target, then given its name without
 * ever overwriting; then files are removed; the baseline comes last, so that it never speaks of what is not there. A
 * run that is killed leaves a journal, and the same run again completes it.
 *
 * @param root absolute folder; it and its parents are made when missing
 * @param changes what `planChanges` returned for this root
 * @param options whether a backup is kept, or used up by an undo
 * @throws UserError: exit 4 when another run writes here or something changed since planning, exit 2 when the disk
 *   refuses; the folder is then as it was before
 */
export async function applyChanges(root: string, changes: Changes, options: ApplyOptions = {}): Promise<Applied> {
  const { fs = nodeFileSystem, undoes } = options;
  refuseChanged(root, changes);
  const isComplete = undoes === undefined && changes.every(({ kind }) => kind === 'same');
  if (isComplete && !(await hasLeftovers(root, fs))) return { written: [], removed: [], leftovers: [] };
  const run = randomBytes(8).toString('hex');
  // The lock lies in the outermost folders, so these are taken back after it.
  const [folders, undo] = [new Undo(), new Undo()];
  try {
    const made = await makeRoot(root, fs, folders);
    const giveBack = await takeLock(root, run, fs);
    undo.add(absolute(root, lockPath), giveBack);
    const kept = await recover(root, fs);
    for (const folder of kept) folders.add(folder, () => removeFolder(absolute(root, folder), fs));
    const current = await planAgain(root, changes, fs);
    const backups = await openBackups(root, options, fs);
    const due = current.filter(({ kind }) => kind !== 'same');
    const keep = (ordered: Changes): Promise<void> => backups.keep(ordered, undo);
    const isIdle = due.length === 0 && undoes === undefined;
    const done = isIdle ? [] : await carryOut({ root, run, fs, undo, undoes }, due, [...made, ...kept], keep);
    const paths = (isGone: boolean): string[] =>
      done.filter(({ change }) => isRemoval(change.planned) === isGone).map(({ change }) => change.path);
    return { written: paths(false), removed: paths(true), leftovers: await tidy(root, done, backups, giveBack, fs) };
  } catch (error) {
    throw withRemaining(error, [...(await undo.run()), ...(await folders.run())]);
  }
}

/** Makes the root, the folders above it and our own folder. Only the last is part of the repository. */
async function makeRoot(root: string, fs: FileSystem, undo: Undo): Promise<string[]> {
  const missing: string[] = [];
  for (let folder = root; ; folder = dirname(folder)) {
    const stats = await explain('read', folder, () => unless(['ENOENT'], () => fs.lstat(folder)));
    if (stats !== undefined || dirname(folder) === folder) break;
    missing.unshift(folder);
  }
  for (const folder of missing) await makeFolder(folder, fs, undo);
  const isStateMade = await makeReadableFolder(absolute(root, stateFolder), fs, undo);
  return [...(missing.length > 0 ? [''] : []), ...(isStateMade ? [stateFolder] : [])];
}

/** Looks again under the lock: what was decided and shown must be what is done. */
async function planAgain(root: string, changes: Changes, fs: FileSystem): Promise<Changes> {
  const before = new Map(changes.map(({ path, kind }) => [path, kind]));
  const again = await planChanges(
    root,
    changes.map(({ planned }) => planned),
    fs,
  );
  const moved = again.filter(({ path, kind }) => before.get(path) !== kind);
  if (moved.length === 0) return again;
  // Every run writes the baseline, and nobody else does.
  const isRun = moved.some(({ path }) => path === baselinePath);
  throw new UserError(
    `${isRun ? `Another run has changed ${root}` : `${root} has changed`} while this command ran; nothing was written:\n` +
      `${moved.map(({ path }) => `  ${path}`).join('\n')}\nRun the same command again.`,
    { exitCode: exitCodes.unsafe },
  );
}

function withRemaining(error: unknown, remaining: readonly string[]): unknown {
  if (remaining.length === 0 || !(error instanceof UserError)) return error;
  return new UserError(
    `${error.message}\nThese could not be undone:\n${remaining.map((path) => `  ${path}`).join('\n')}\n` +
      'The same command again cleans them up.',
    { exitCode: error.exitCode, cause: error },
  );
}
