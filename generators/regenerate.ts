import type { CommandLine } from '../core/answers/flags.ts';
import type { Drift } from '../core/drift/findDrift.ts';
import { exitCodes } from '../core/errors.ts';
import { changesDisk } from '../core/merge/outcomes/outcome.ts';
import type { Outcome } from '../core/merge/outcomes/outcome.ts';
import type { Plan } from '../core/plan/types.ts';
import { applyChanges } from '../disk/apply/applyChanges.ts';
import { planChanges } from '../disk/changes/planChanges.ts';
import type { Changes } from '../disk/changes/planChanges.ts';
import { isRemoval } from '../disk/changes/planned.ts';
import type { Planned } from '../disk/changes/planned.ts';
import type { BesideOthers } from '../disk/lock/watchOtherRuns.ts';
import { byCodeUnit, yoRcPath } from '../disk/paths.ts';
import { refuseChanged } from '../disk/changes/refuseChanged.ts';
import { toPlanned } from '../disk/changes/toPlanned.ts';
import type { Shell } from './command.ts';
import { describeError } from './guard.ts';
import { heedGit } from './heedGit.ts';
import type { Run } from './planRun.ts';
import { isState, isUnchanged } from './plannedKinds.ts';
import { plannedOf } from './plannedOf.ts';
import { conclude } from './report.ts';
import { askAboutConflicts, readConflictChoice, settleConflicts } from './settleConflicts.ts';
import { askAboutSizes, driftByPath, settleSizes, showDrift, showUnset } from './settleSizes.ts';
import { tellOfDatabase } from './tellOfDatabase.ts';
import { tellOfPgbouncer } from './tellOfPgbouncer.ts';
import { tellOfRuntime } from './tellOfRuntime.ts';
import { showOutcomes, showSettled } from './showOutcomes.ts';
import { say } from './wrapText.ts';

/** How a command presents what it does. */
export interface Manner {
  /** Of the run, for the list of backups: `yo django-fargate:resize`. */
  readonly label: string;
  /** Sizes before the run; undefined for a new repository. */
  readonly before: Plan | undefined;
  readonly question: string;
  /** Commands to type next. */
  readonly next: readonly string[];
  /** Watches the folder since before anything was read of it. */
  readonly besideOthers: BesideOthers;
}

/** Shows what a run would do, settles its conflicts, asks once and applies it: all of it or nothing. */
export async function regenerate(shell: Shell, line: CommandLine, run: Run, manner: Manner): Promise<number> {
  const { repository, plan, records } = run;
  const { folder } = repository;
  const { switches } = line;
  const [isDryRun, isJson] = [switches.has('dryRun'), switches.has('json')];
  const asks = shell.interactive && !switches.has('yes') && !isJson && !isDryRun;
  const choice = readConflictChoice(line);
  const taken = await settleSizes(run, run.outcomes, async () => choice === 'theirs');
  const { outcomes } = taken;
  if (!isJson) {
    const { showPlan } = await import('./planTable.ts');
    const drift = driftByPath(run, outcomes);
    shell.print(`${showPlan(plan, shell.columns, manner.before, drift.size > 0)}\n`);
    if (drift.size > 0) say(shell, `${showDrift(drift, taken.unset)}\n`);
    say(shell, showOutcomes(folder, sorted([...outcomes, ...records]), switches.has('verbose')));
    for (const remark of [...tellOfRuntime(outcomes), ...tellOfPgbouncer(outcomes), ...tellOfDatabase(outcomes)])
      say(shell, remark);
  }
  const ask = askAboutConflicts(shell);
  const settled = await settleConflicts({ ...run, outcomes, folder }, async (outcome, there) => {
    if (choice !== undefined) return choice === 'abort' ? undefined : choice;
    return asks ? ask(outcome, there) : undefined;
  }).catch(async (error: unknown) => {
    // Resolved conflicts are shown even if others remain.
    const sizes = [...driftByPath(run, outcomes).values()].flat();
    if (isJson) printJson(shell, run, { outcomes, drift: sizes, isWritten: false, next: [], error });
    else if (isDryRun) await printDiff(shell, run, toPlanned(outcomes, run.observed));
    return manner.besideOthers(() => Promise.reject(error));
  });
  const asksSizes = asks && choice === undefined;
  const sized = asksSizes
    ? await settleSizes(run, settled.outcomes, askUnlessSettled(askAboutSizes(shell), settled.settled))
    : { outcomes: settled.outcomes, unset: taken.unset };
  const settlement = { ...settled, outcomes: sized.outcomes };
  const drift = [...driftByPath(run, settlement.outcomes).values()].flat();
  const planned = await plannedOf(run, settlement);
  if (isDryRun && !isJson) await printDiff(shell, run, planned);
  await heedGit(shell, line, folder, planned);
  const changes = await manner.besideOthers(() => planUnchanged(folder, planned));
  const writes = changes.some(({ kind }) => kind !== 'same');
  if (asks && writes) {
    // The plan may have scrolled off the screen.
    const { describePlan } = await import('./planTable.ts');
    say(shell, `\nIn short: ${describePlan(plan)}`);
  }
  const applies = !isDryRun && (!writes || !asks || (await confirm(shell, manner.question)));
  // The first run has nothing to undo, unless it replaces something.
  const isUndoable =
    repository.baseline !== undefined || changes.some(({ kind }) => !['same', 'create'].includes(kind));
  const options = isUndoable ? { backup: { label: manner.label } } : {};
  // Even with nothing to write: a killed run may have left its lock and its journal.
  const { leftovers } = applies ? await applyChanges(folder, changes, options) : { leftovers: [] };
  if (isJson) {
    printJson(shell, run, { outcomes: settlement.outcomes, drift, isWritten: applies && writes, next: manner.next });
  } else {
    if (applies && settlement.settled.length > 0) say(shell, showSettled(settlement.settled));
    if (sized.unset.length > 0) say(shell, showUnset(sized.unset));
    shell.print(conclude({ isDryRun, writes, applies, next: manner.next, leftovers }));
  }
  const drifts = drift.length > 0 || settlement.outcomes.some(changesDisk) || planned.some(changesAnswers);
  return switches.has('detailedExitcode') && drifts ? exitCodes.drift : 0;
}

/** A file that the user has just decided about is not asked about again. */
function askUnlessSettled(
  ask: (path: string, drift: readonly Drift[]) => Promise<boolean>,
  settled: readonly Outcome[],
): (path: string, drift: readonly Drift[]) => Promise<boolean> {
  const paths = new Set(settled.map(({ path }) => path));
  return async (path, drift) => !paths.has(path) && ask(path, drift);
}

/** All conflicts are resolved: whatever is in the way now appeared since. */
async function planUnchanged(folder: string, planned: readonly Planned[]): Promise<Changes> {
  const changes = await planChanges(folder, planned);
  refuseChanged(folder, changes);
  return changes;
}

/** The answers count as a change of the repository, the baseline does not. */
function changesAnswers(planned: Planned): boolean {
  return planned.path === yoRcPath && !isRemoval(planned) && !isUnchanged(planned);
}

/** A new repository is not shown: the diff would be all of it. */
async function printDiff(shell: Shell, { repository }: Run, planned: readonly Planned[]): Promise<void> {
  const ofRepository = planned.filter((one) => !isState(one) && (isRemoval(one) || !isUnchanged(one)));
  if (repository.baseline === undefined || ofRepository.length === 0) return;
  const { showDiff } = await import('./showDiff.ts');
  shell.print(`\n${showDiff(ofRepository)}`);
}

interface Printed {
  readonly outcomes: readonly Outcome[];
  /** Sizes that are not the plan's and stay. */
  readonly drift: readonly Drift[];
  readonly isWritten: boolean;
  readonly next: readonly string[];
  /** Why nothing was written. */
  readonly error?: unknown;
}

function sorted(outcomes: readonly Outcome[]): readonly Outcome[] {
  return outcomes.toSorted((one, other) => byCodeUnit(one.path, other.path));
}

function printJson(
  shell: Shell,
  { repository, collected, plan, records }: Run,
  { outcomes, drift, isWritten, next, error }: Printed,
): void {
  const changes = sorted([...outcomes, ...records]).map(({ path, kind, note, conflict }) => ({
    path,
    kind,
    ...(note === '' ? {} : { note }),
    ...(conflict === undefined ? {} : { conflicts: conflict.reasons }),
  }));
  const { folder } = repository;
  const failed = error === undefined ? {} : describeError(error);
  const content = { folder, written: isWritten, answers: collected.answers, plan, changes, drift, next, ...failed };
  shell.print(JSON.stringify(content, undefined, 2));
}

async function confirm(shell: Shell, message: string): Promise<boolean> {
  return (await shell.ask({ name: 'confirmed', type: 'confirm', message, default: true })) === true;
}
