import { toStored } from '../core/answers/files.ts';
import type { Entry } from '../core/merge/baseline/baseline.ts';
import { renderBaseline } from '../core/merge/baseline/renderBaseline.ts';
import { conflictsFolder } from '../core/merge/outcomes/settle.ts';
import type { Sidecar } from '../core/merge/outcomes/settle.ts';
import type { Planned } from '../disk/changes/planned.ts';
import { observeAll } from '../disk/journal/observeAll.ts';
import { baselinePath, yoRcPath } from '../disk/paths.ts';
import { overwrite, toPlanned } from '../disk/changes/toPlanned.ts';
import type { Run } from './planRun.ts';
import type { Settlement } from './settleConflicts.ts';

/** Everything that a run without open conflicts writes and removes: the repository, sidecars, answers and baseline. */
export async function plannedOf(run: Run, { outcomes, sidecars }: Settlement): Promise<readonly Planned[]> {
  const { observed, collected } = run;
  const entries = outcomes.flatMap(({ key, entry }): readonly (readonly [string, Entry])[] =>
    entry === undefined ? [] : [[key, entry]],
  );
  const baseline = renderBaseline(toStored(collected), new Map(entries));
  return [
    ...toPlanned(outcomes, observed),
    ...(await aside(run.repository.folder, sidecars)),
    overwrite(yoRcPath, encode(run.yoRc), observed.get(yoRcPath)),
    overwrite(baselinePath, encode(baseline), observed.get(baselinePath)),
  ];
}

/** Sidecars replace those of earlier runs, and version control ignores them. */
async function aside(folder: string, sidecars: readonly Sidecar[]): Promise<readonly Planned[]> {
  if (sidecars.length === 0) return [];
  const all = [{ path: `${conflictsFolder}/.gitignore`, bytes: encode('*\n') }, ...sidecars];
  const there = await observeAll(
    folder,
    all.map(({ path }) => path),
  );
  return all.map(({ path, bytes }) => overwrite(path, bytes, there.get(path)));
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
