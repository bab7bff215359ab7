import type { EmittedFile } from '../emit/types.ts';
import { decodeText } from '../formats/lines/decodeText.ts';
import type { Observed } from '../merge/observed.ts';
import type { Outcome } from '../merge/outcomes/outcome.ts';
import { findDrift } from './findDrift.ts';
import type { Drift } from './findDrift.ts';

/** What tells the sizes of a repository after a run. */
export interface SizedRun {
  readonly next: readonly EmittedFile[];
  readonly observed: ReadonlyMap<string, Observed>;
  readonly isUnmanaged: (path: string) => boolean;
  readonly projectName: string;
}

/**
 * The sizes that are not the plan's once these outcomes are carried out, ordered as the outcomes are. Files that
 * the user deleted or excluded have none; files in conflict are reported as conflicts.
 */
export function driftOf(run: SizedRun, outcomes: readonly Outcome[]): readonly Drift[] {
  const rendered = new Map(run.next.map((file) => [file.path, file]));
  return outcomes.flatMap((outcome) => {
    const { path, key, conflict } = outcome;
    const file = rendered.get(key);
    const text = conflict === undefined && file !== undefined ? textAfter(run, outcome) : undefined;
    if (file === undefined || text === undefined || run.isUnmanaged(path)) return [];
    const next = decodeText(file.bytes) ?? '';
    return findDrift({ path, key, projectName: run.projectName, yours: text, next });
  });
}

/** What stands at a path when its outcome is carried out; undefined where there is no text. */
export function textAfter({ observed }: Pick<SizedRun, 'observed'>, { path, write }: Outcome): string | undefined {
  if (write !== undefined) return decodeText(write.bytes);
  const there = observed.get(path);
  return there?.kind === 'file' ? decodeText(there.bytes) : undefined;
}
