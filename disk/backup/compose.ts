import type { Change } from '../changes/planChanges.ts';
import { isRemoval } from '../changes/planned.ts';
import { modeAfter } from '../changes/modeAfter.ts';
import { byCodeUnit } from '../paths.ts';
import type { Continued } from './continuePending.ts';
import { sameState, toState } from './record.ts';
import type { BackupEntry, State } from './record.ts';

/** What a run is about to do, and what was there before. */
export interface Composed {
  readonly files: readonly BackupEntry[];
  readonly copies: ReadonlyMap<string, Uint8Array>;
}

/** Puts together what a run changes and what the killed run did that it continues: as if one run had done both. */
export function compose(changes: readonly Change[], continued: Continued | undefined): Composed {
  const entries = new Map(continued?.files.map((entry) => [entry.path, entry]));
  const copies = new Map(continued?.copies);
  for (const change of changes) {
    const { path } = change;
    const earlier = entries.get(path);
    const before = bytesBefore(change);
    if (earlier === undefined && before !== undefined) copies.set(path, before);
    const entry: BackupEntry = { path, was: earlier?.was ?? stateBefore(change), became: stateAfter(change) };
    if (!sameState(entry.was, entry.became)) entries.set(path, entry);
    else {
      entries.delete(path);
      copies.delete(path);
    }
  }
  return { files: [...entries.values()].toSorted((one, other) => byCodeUnit(one.path, other.path)), copies };
}

function bytesBefore({ planned, mode }: Change): Uint8Array | undefined {
  if (mode === undefined) return undefined;
  return isRemoval(planned) ? planned.removes : planned.replaces;
}

function stateBefore(change: Change): State {
  const bytes = bytesBefore(change);
  return bytes === undefined || change.mode === undefined ? 'absent' : toState(bytes, change.mode);
}

function stateAfter({ planned, mode }: Change): State {
  return isRemoval(planned) ? 'absent' : toState(planned.bytes, modeAfter(planned, mode));
}
