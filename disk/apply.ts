import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { exitCodes, UserError } from '../core/errors.ts';
import { planChanges } from './changes.ts';
import type { Changes } from './changes.ts';
import { nodeFileSystem } from './fileSystem.ts';
import type { FileSystem } from './fileSystem.ts';
import { takeLock } from './lock.ts';
import { makeFolder, makeReadableFolder } from './makeFolder.ts';
import { absolute, journalPath, lockPath, stateFolder } from './paths.ts';
import { hasLeftovers, recover } from './recover.ts';
import { refuseConflicts } from './refuseConflicts.ts';
import { removeFile, removeFolder } from './remove.ts';
import { explain, unless } from './systemError.ts';
import { Undo } from './undo.ts';
import { writeAll } from './writeAll.ts';
import type { Staged } from './publish.ts';

/** What is left to tell after everything was written. */
export interface Applied {
  /** Relative POSIX paths in the order of writing; empty when everything was there already. */
  readonly written: readonly string[];
  /** Absolute paths of scratch files that could not be removed; the next run removes them. */
  readonly leftovers: readonly string[];
}

/**
 * Writes what was planned: all of it or nothing. New content is staged beside its target, then given its name without
 * ever overwriting; the baseline comes last, so that it never speaks of what is not there. A run that is killed leaves
 * a journal, and the same run again completes it.
 *
 * @param root absolute folder; it and its parents are made when missing
 * @param changes what `planChanges` returned for this root
 * @throws UserError: exit 3 for a conflict among the changes, exit 4 when another run writes here or something changed
 *   since planning, exit 2 when the disk refuses; the folder is then as it was before
 */
export async function applyChanges(root: string, changes: Changes, fs: FileSystem = nodeFileSystem): Promise<Applied> {
  refuseConflicts(root, changes);
  const isComplete = changes.every(({ kind }) => kind === 'same');
  if (isComplete && !(await hasLeftovers(root, fs))) return { written: [], leftovers: [] };
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
    const writes = current.filter(({ kind }) => kind !== 'same');
    const staged = writes.length === 0 ? [] : await writeAll(root, run, writes, [...made, ...kept], fs, undo);
    const written = staged.map(({ path }) => path);
    return { written, leftovers: await tidy(root, staged, giveBack, fs) };
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
  const planned = new Map(changes.map((change) => [change.path, change.kind]));
  const again = await planChanges(
    root,
    changes.map(({ file }) => file),
    fs,
  );
  const moved = again.filter(({ path, kind }) => planned.get(path) !== kind);
  if (moved.length === 0) return again;
  throw new UserError(
    `The folder ${root} has changed while this command ran; nothing was written:\n` +
      `${moved.map(({ path }) => `  ${path}`).join('\n')}\nRun the same command again.`,
    { exitCode: exitCodes.unsafe },
  );
}

/** Everything is in place: what cannot be removed now is reported, and nothing is taken back. */
async function tidy(
  root: string,
  staged: readonly Staged[],
  giveBack: () => Promise<void>,
  fs: FileSystem,
): Promise<readonly string[]> {
  const journal = absolute(root, journalPath);
  const last = new Undo();
  last.add(absolute(root, lockPath), giveBack);
  last.add(journal, async (remaining) => (remaining.size === 0 ? removeFile(journal, fs) : undefined));
  for (const { old, replaces } of staged) if (replaces !== undefined) last.add(old, () => removeFile(old, fs));
  return last.run();
}

function withRemaining(error: unknown, remaining: readonly string[]): unknown {
  if (remaining.length === 0 || !(error instanceof UserError)) return error;
  return new UserError(
    `${error.message}\nThese could not be taken back:\n${remaining.map((path) => `  ${path}`).join('\n')}\n` +
      'The same command again cleans them up.',
    { exitCode: error.exitCode, cause: error },
  );
}
