import type { Change } from '../changes/planChanges.ts';
import { isRemoval } from '../changes/planned.ts';
import { inParallel } from '../files/inParallel.ts';
import { scratchOf } from '../journal/journal.ts';
import { modeAfter } from '../changes/modeAfter.ts';
import { absolute } from '../paths.ts';
import { publish } from '../files/publish.ts';
import { removeFile } from '../files/remove.ts';
import type { Transaction } from './transaction.ts';
import { explain } from '../files/systemError.ts';
import { withdraw } from '../files/withdraw.ts';
import { writeNew } from '../files/writeNew.ts';

/** A change that is prepared: nothing but `act` touches what the user sees. */
export interface Prepared {
  readonly change: Change;
  /** Gives the name to the new content or takes it away. */
  act(): Promise<void>;
  /** Where the earlier content lies afterwards, as an absolute path; undefined when there was none. */
  readonly old: string | undefined;
}

/**
 * Prepares every change; new content is written beside its target and reaches the disk.
 *
 * @param changes in the order of the journal
 */
export async function stageAll(
  { root, run, fs, undo }: Transaction,
  changes: readonly Change[],
): Promise<readonly Prepared[]> {
  return inParallel(changes, async (change, index) => {
    const { path, planned, mode } = change;
    const target = absolute(root, path);
    const scratch = scratchOf(run, index, path);
    const old = absolute(root, scratch.old);
    if (isRemoval(planned)) {
      const { removes } = planned;
      return { change, act: () => withdraw({ target, removes, old }, fs, undo), old };
    }
    const fresh = absolute(root, scratch.fresh);
    const { bytes, replaces } = planned;
    const before = mode === undefined || replaces === undefined ? undefined : { bytes: replaces, mode };
    const staged = { target, bytes, before, mode: modeAfter(planned, mode), fresh, old };
    undo.add(fresh, () => removeFile(fresh, fs));
    await explain('write', target, () =>
      writeNew(fresh, bytes, staged.mode, fs, before === undefined ? undefined : target),
    );
    const reserved = absolute(root, scratch.reserved);
    const act = (): Promise<void> => publish({ ...staged, reserved }, fs, undo);
    return { change, act, old: before === undefined ? undefined : old };
  });
}
