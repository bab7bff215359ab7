import type { Observed } from '../core/merge/observed.ts';
import type { Outcome } from '../core/merge/outcome.ts';
import { InternalError } from '../core/errors.ts';
import type { Planned, PlannedFile } from './decide.ts';

/** What stands at a path is replaced, whatever it is; nothing is expected where nothing stands. */
export function overwrite(path: string, bytes: Uint8Array, there: Observed | undefined): PlannedFile {
  const file: PlannedFile = { path, bytes, executable: false, policy: 'merge' };
  return there?.kind === 'file' ? { ...file, replaces: there.bytes } : file;
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
