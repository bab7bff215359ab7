import type { Baseline } from '../core/merge/baseline/baseline.ts';
import type { Outcome } from '../core/merge/outcomes/outcome.ts';
import { findCopies } from '../disk/read/findCopies.ts';

/**
 * Says where a file that is gone may have been moved to. Only a hint: nothing is guessed, and it is given once, when
 * the file is first missed.
 */
export async function hintAtMoves(
  folder: string,
  outcomes: readonly Outcome[],
  { entries }: Baseline,
): Promise<readonly Outcome[]> {
  const missed = outcomes.flatMap(({ kind, key }): readonly (readonly [string, Uint8Array])[] => {
    const entry = entries.get(key);
    const isNew = kind === 'stays-deleted' && entry?.state === undefined;
    return isNew && entry?.text !== undefined && entry.text !== '' ? [[key, new TextEncoder().encode(entry.text)]] : [];
  });
  if (missed.length === 0) return outcomes;
  const copies = await findCopies(folder, new Map(missed), new Set(entries.keys()));
  return outcomes.map((outcome) => {
    const copy = copies.get(outcome.key);
    if (copy === undefined || outcome.kind !== 'stays-deleted') return outcome;
    const setting = JSON.stringify({ paths: { [outcome.key]: copy } });
    return {
      ...outcome,
      note: `looks moved to ${copy}; to update it there, add ${setting} to our part of .yo-rc.json`,
    };
  });
}
