import { InternalError } from '../../core/errors.ts';
import type { Observed } from '../../core/merge/observed.ts';
import { isRemoval } from './planned.ts';
import { judge } from './judge.ts';
import type { Planned } from './planned.ts';
import type { Verdict } from './judge.ts';
import { nodeFileSystem } from '../files/fileSystem.ts';
import type { FileSystem } from '../files/fileSystem.ts';
import { findClash } from './findClash.ts';
import { isExecutable, sameMode, usualMode } from '../files/mode.ts';
import { observeAll } from '../journal/observeAll.ts';
import { backupFolder, byCodeUnit, journalPath, lockPath } from '../paths.ts';

/** What would happen to one file. */
export interface Change extends Verdict {
  readonly path: string;
  readonly planned: Planned;
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
  planned: readonly Planned[],
  fs: FileSystem = nodeFileSystem,
): Promise<Changes> {
  const clash = findClash([lockPath, journalPath, backupFolder, ...planned.map(({ path }) => path)]);
  if (clash !== undefined) throw new InternalError(`Two files have the same path: ${clash.join(' and ')}.`);
  const ordered = planned.toSorted((one, other) => byCodeUnit(one.path, other.path));
  const paths = ordered.map(({ path }) => path);
  const found = await observeAll(root, paths, fs);
  return ordered.map((each) => toChange(each, found.get(each.path) ?? { kind: 'absent' }));
}

function toChange(planned: Planned, observed: Observed): Change {
  const verdict = judge(observed, planned);
  const { path } = planned;
  if (observed.kind !== 'file') return { path, planned, ...verdict, executableDiffers: false };
  const { mode } = observed;
  const executableDiffers =
    verdict.kind === 'same' &&
    !isRemoval(planned) &&
    !sameMode(usualMode(isExecutable(mode)), usualMode(planned.executable));
  return { path, planned, ...verdict, executableDiffers, mode };
}
