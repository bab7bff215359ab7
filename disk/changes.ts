import { InternalError } from '../core/errors.ts';
import { decide } from './decide.ts';
import type { Decision, PlannedFile } from './decide.ts';
import { nodeFileSystem } from './fileSystem.ts';
import type { FileSystem } from './fileSystem.ts';
import { readUnfinished } from './journal.ts';
import { observe } from './observe.ts';
import type { Observed } from './observe.ts';
import { byCodeUnit, foldersOf, foldName, journalPath, lockPath } from './paths.ts';

/** What would happen to one file. */
export interface Change extends Decision {
  readonly path: string;
  readonly file: PlannedFile;
  /**
   * The content is the same but the executable bit on disk is not what we would set. Only reported: an existing
   * file keeps the mode that its owner gave it. Always false on Windows, which has no such bit.
   */
  readonly executableDiffers: boolean;
  /** Permission bits on disk (octal 7777), for a file that is there. */
  readonly mode?: number;
}

/** What would happen to every file, ordered by path. */
export type Changes = readonly Change[];

/**
 * Compares the files with the disk. Writes nothing.
 *
 * @param root absolute folder; need not exist
 * @throws UserError (exit 2) when the disk fails; InternalError when two files claim one path
 */
export async function planChanges(
  root: string,
  files: readonly PlannedFile[],
  fs: FileSystem = nodeFileSystem,
): Promise<Changes> {
  refuseClashes(files);
  const unfinished = await readUnfinished(root, fs);
  const listings = new Map<string, readonly string[]>();
  const changes: Change[] = [];
  for (const file of files.toSorted((one, other) => byCodeUnit(one.path, other.path))) {
    const observed = await observe(root, file.path, fs, listings);
    const isUnfinished = unfinished.has(file.path) && observed.kind === 'file' && observed.bytes.length === 0;
    changes.push(toChange(file, isUnfinished ? { kind: 'absent' } : observed));
  }
  return changes;
}

function toChange(file: PlannedFile, observed: Observed): Change {
  const decision = decide(observed, file);
  const { path } = file;
  if (observed.kind !== 'file') return { path, file, ...decision, executableDiffers: false };
  const isExecutable = (observed.mode & 0o100) !== 0;
  const executableDiffers =
    decision.kind === 'same' && process.platform !== 'win32' && isExecutable !== file.executable;
  return { path, file, ...decision, executableDiffers, mode: observed.mode };
}

/** Two files must not meet on a file system that ignores case, nor stand in each other's way; our own two included. */
function refuseClashes(files: readonly PlannedFile[]): void {
  const paths = [lockPath, journalPath, ...files.map(({ path }) => path)];
  const taken = new Map<string, string>();
  const claim = (path: string, isFolder: boolean): void => {
    const key = foldName(path);
    const other = taken.get(key);
    const name = isFolder ? `${path}/` : path;
    if (other !== undefined && !(isFolder && other === name)) {
      throw new InternalError(`Two files claim one path: ${other} and ${name}.`);
    }
    taken.set(key, name);
  };
  for (const path of paths) {
    for (const folder of foldersOf(path)) claim(folder, true);
    claim(path, false);
  }
}
