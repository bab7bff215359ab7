import type { Observed } from '../../core/merge/observed.ts';
import type { Outcome } from '../../core/merge/outcomes/outcome.ts';
import { exitCodes, InternalError, UserError } from '../../core/errors.ts';
import type { Planned, PlannedFile } from './planned.ts';

/**
 * A file that stands at a path is replaced, whatever it holds; nothing is expected where nothing stands.
 *
 * @throws UserError (exit 3) for a link, a folder and what else is no file: it is not written through
 */
export function overwrite(path: string, bytes: Uint8Array, there: Observed | undefined): PlannedFile {
  if (there?.kind === 'special' || there?.kind === 'folder') {
    const what = there.kind === 'folder' ? 'is a folder' : there.reason;
    throw new UserError(
      `${path} ${what}; nothing was written. Put a file in its place, or move it away, then run the same command again.`,
      { exitCode: exitCodes.conflicts },
    );
  }
  const file: PlannedFile = { path, bytes, executable: false, policy: 'merge' };
  return there === undefined || there.kind === 'absent' ? file : { ...file, replaces: there.bytes };
}

/**
 * What is to be written and removed for the outcomes of a run.
 *
 * @param observed what stood at every path when the outcomes were decided: it must still stand there
 */
export function toPlanned(outcomes: readonly Outcome[], observed: ReadonlyMap<string, Observed>): readonly Planned[] {
  return outcomes.flatMap(({ path, kind, write, removes }): readonly Planned[] => {
    if (kind === 'delete') return [{ path, removes: bytesAt(observed, path) }];
    if (write === undefined) return [];
    const { bytes, mode } = write;
    const file = { ...overwrite(path, bytes, observed.get(path)), executable: (mode & 0o100) !== 0 };
    // A renamed file keeps its mode, too.
    const planned = file.replaces === undefined && removes === undefined ? file : { ...file, mode };
    return removes === undefined ? [planned] : [planned, { path: removes, removes: bytesAt(observed, removes) }];
  });
}

function bytesAt(observed: ReadonlyMap<string, Observed>, path: string): Uint8Array {
  const there = observed.get(path);
  if (there?.kind !== 'file') throw new InternalError(`${path} is to be removed but is no file.`);
  return there.bytes;
}
