import { readStored } from '../core/answers/files.ts';
import { renderYoRc } from '../core/answers/renderYoRc.ts';
import { resolveAnswers } from '../core/answers/resolve.ts';
import type { Resolved } from '../core/answers/resolve.ts';
import { UserError } from '../core/errors.ts';
import { emittedPath } from '../core/emit/emittedPath.ts';
import { turnedOn } from '../core/emit/needs.ts';
import { noBaseline } from '../core/merge/baseline/baseline.ts';
import type { Baseline } from '../core/merge/baseline/baseline.ts';
import type { Outcome } from '../core/merge/outcomes/outcome.ts';
import { pathsToObserve, planOutcomes } from '../core/merge/outcomes/planOutcomes.ts';
import type { Regeneration } from '../core/merge/outcomes/planOutcomes.ts';
import { modulesBeside, refuseHidden } from '../core/merge/outcomes/refuseHidden.ts';
import { refuseHalves } from '../core/merge/outcomes/refuseHalves.ts';
import { refuseUnresolved } from '../core/merge/outcomes/refuseUnresolved.ts';
import { toEntry } from '../core/merge/baseline/toEntry.ts';
import { solve } from '../core/plan/solve.ts';
import type { Plan } from '../core/plan/types.ts';
import { readInterrupted } from '../disk/journal/readInterrupted.ts';
import { observeAll } from '../disk/journal/observeAll.ts';
import { baselinePath, yoRcPath } from '../disk/paths.ts';
import { sha256 } from '../disk/files/sha256.ts';
import { hintAtMoves } from './hintAtMoves.ts';
import type { Repository } from './openRepository.ts';
import type { Release } from './release.ts';

/** What a run would do, before conflicts are resolved. */
export interface Run extends Regeneration {
  readonly repository: Repository;
  readonly collected: Resolved;
  readonly plan: Plan;
  readonly outcomes: readonly Outcome[];
  /** The outcomes of the two files that store the state of a run: they are shown, and never in conflict. */
  readonly records: readonly Outcome[];
  /** The text of `.yo-rc.json` with the answers of this run. */
  readonly yoRc: string;
}

export interface RunOptions {
  /** Keys of files that the user wants back. */
  readonly restored: readonly string[];
  /** Take what this version renders for the stored answers as the last version. */
  readonly rebuildsBaseline: boolean;
}

/**
 * Renders the whole repository for the answers and compares it with what was rendered last and with the disk. Writes
 * nothing.
 *
 * @throws UserError when the run must stop: markers are left (exit 4), a module would be hidden (exit 3)
 */
export async function planRun(
  repository: Repository,
  collected: Resolved,
  plan: Plan,
  release: Release,
  { restored, rebuildsBaseline }: RunOptions,
): Promise<Run> {
  const { folder, settings } = repository;
  const { projectName } = collected.answers;
  const next = release.render(collected.answers, plan);
  const baseline = rebuildsBaseline ? rebuild(repository, release) : (repository.baseline ?? noBaseline);
  refuseUnknown(restored, baseline, new Set(next.map(({ path }) => path)));
  const paths = pathsToObserve({ next, baseline, moved: settings.moved });
  const observed = await observeAll(folder, [...paths, ...modulesBeside(paths), yoRcPath, baselinePath]);
  refuseUnresolved(baseline, observed, settings.moved);
  const regeneration: Regeneration = {
    ...settings,
    next,
    baseline,
    observed,
    renames: release.renames.map(({ from, to, since }) => ({
      from: emittedPath(from, projectName),
      to: emittedPath(to, projectName),
      since,
    })),
    version: release.version,
    sha256,
    hasModes: process.platform !== 'win32',
    restored: new Set(restored),
    interrupted: await readInterrupted(folder),
  };
  const features =
    rebuildsBaseline || repository.baseline === undefined ? [] : turnedOn(baseline.config, collected.answers);
  const planned = await hintAtMoves(folder, planOutcomes(regeneration), baseline);
  const outcomes = refuseHalves(planned, features, { next, projectName, sha256 });
  refuseHidden(outcomes, observed);
  const there = observed.get(yoRcPath);
  const before = there?.kind === 'file' ? decode(there.bytes) : undefined;
  const yoRc = renderYoRc(before, collected);
  const records = [
    record(baselinePath, observed.get(baselinePath)?.kind === 'absent' ? 'create' : 'same'),
    record(yoRcPath, before === undefined ? 'create' : before === yoRc ? 'same' : 'update'),
  ];
  return { ...regeneration, repository, collected, plan, outcomes, records, yoRc };
}

function record(path: string, kind: 'create' | 'update' | 'same'): Outcome {
  return { path, key: path, kind, note: '', entry: undefined };
}

/** The byte order mark is kept: `.yo-rc.json` is edited in place. */
function decode(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

function rebuild({ yoRc, folder }: Repository, { version, render }: Release): Baseline {
  const stored = readStored(yoRc, yoRcPath);
  if (!stored.has('projectName')) {
    throw new UserError(
      `--rebuild-baseline: ${folder}/${yoRcPath} has no answers of this generator. Restore the file first.`,
    );
  }
  const { answers } = resolveAnswers([stored], {});
  const files = render(answers, solve(answers));
  return { ...noBaseline, entries: new Map(files.map((file) => [file.path, toEntry(file, version, sha256)])) };
}

/**
 * Refusals that do not depend on the answers, so that nobody answers questions for nothing.
 *
 * @throws UserError when markers are left (exit 4), or a file is to be restored that never was ours
 */
export async function refuseBeforeAsking(
  { folder, settings, baseline }: Repository,
  { restored, rebuildsBaseline }: RunOptions,
): Promise<void> {
  if (baseline === undefined || rebuildsBaseline) return;
  refuseUnknown(restored, baseline);
  const marked = [...baseline.entries].filter(([, { state }]) => state === 'unresolved');
  const paths = marked.map(([key]) => settings.moved.get(key) ?? key);
  refuseUnresolved(baseline, await observeAll(folder, paths), settings.moved);
}

function refuseUnknown(
  restored: readonly string[],
  { entries }: Baseline,
  rendered: ReadonlySet<string> = new Set(entries.keys()),
): void {
  const unknown = restored.filter((path) => !entries.has(path));
  if (unknown.length > 0) {
    const deleted = [...entries].filter(([key, { state }]) => state === 'deleted-by-user' && rendered.has(key));
    throw new UserError(
      `--restore ${unknown.join(',')}: not a file of this generator. ` +
        (deleted.length === 0
          ? 'No file is known to be deleted.'
          : `Deleted: ${deleted.map(([path]) => path).join(', ')}.`),
    );
  }
  const unwritten = restored.filter((path) => !rendered.has(path));
  if (unwritten.length === 0) return;
  throw new UserError(
    `--restore ${unwritten.join(',')}: not written with these answers. Change the answers, or leave it out.`,
  );
}
