import { conflictChoices } from '../core/answers/controls.ts';
import type { ConflictChoice } from '../core/answers/controls.ts';
import type { CommandLine } from '../core/answers/flags.ts';
import { showValue } from '../core/answers/kinds.ts';
import { exitCodes, UserError } from '../core/errors.ts';
import { explainConflict } from '../core/merge/outcomes/explainConflict.ts';
import type { MergeRun } from '../core/merge/outcomes/facts.ts';
import type { Observed } from '../core/merge/observed.ts';
import type { Outcome } from '../core/merge/outcomes/outcome.ts';
import { canSettle, conflictsFolder, decisionsFor, settle } from '../core/merge/outcomes/settle.ts';
import type { Decision, Sidecar } from '../core/merge/outcomes/settle.ts';
import type { Shell } from './command.ts';
import { say } from './wrapText.ts';

/** The outcomes without a conflict, and the sidecars. */
export interface Settlement {
  readonly outcomes: readonly Outcome[];
  /** Those among them that had one. */
  readonly settled: readonly Outcome[];
  readonly sidecars: readonly Sidecar[];
}

export interface ConflictRun extends MergeRun {
  readonly folder: string;
  readonly observed: ReadonlyMap<string, Observed>;
  readonly outcomes: readonly Outcome[];
}

/** What `--on-conflict` says; undefined when it was not given. */
export function readConflictChoice(line: CommandLine): ConflictChoice | undefined {
  const given = line.values.get('onConflict');
  const choice = conflictChoices.find((one) => one === given);
  if (given !== undefined && choice === undefined) {
    throw new UserError(`--on-conflict ${showValue(given)}: not a choice; allowed: ${conflictChoices.join(', ')}.`);
  }
  return choice;
}

/**
 * Resolves every conflict as `choose` says, which may ask.
 *
 * @throws UserError (exit 3) that lists every conflict left; nothing may be written then
 */
export async function settleConflicts(
  run: ConflictRun,
  choose: (outcome: Outcome, there: Observed) => Promise<Decision | undefined>,
): Promise<Settlement> {
  const outcomes: Outcome[] = [];
  const settled: Outcome[] = [];
  const sidecars: Sidecar[] = [];
  const left: Outcome[] = [];
  for (const outcome of run.outcomes) {
    if (outcome.conflict === undefined) {
      outcomes.push(outcome);
      continue;
    }
    const there = run.observed.get(outcome.path) ?? absent;
    const decision = await choose(outcome, there);
    if (decision === undefined || !canSettle(outcome, decision)) {
      left.push(outcome);
      continue;
    }
    const carriedOut = settle(outcome, decision, there, run);
    outcomes.push(carriedOut.outcome);
    settled.push(carriedOut.outcome);
    sidecars.push(...carriedOut.sidecars);
  }
  if (left.length > 0) throw conflictsLeft(run, left);
  return { outcomes, settled, sidecars };
}

const absent: Observed = { kind: 'absent' };

function conflictsLeft({ folder, observed }: ConflictRun, left: readonly Outcome[]): UserError {
  const what = left.length === 1 ? '1 path is' : `${left.length} paths are`;
  const lines = left.flatMap((outcome) => {
    const { reason, places } = explainConflict(outcome);
    return [`  ${outcome.path}${reason === '' ? '' : `: ${reason}`}`, ...places.map((place) => `      ${place}`)];
  });
  return new UserError(
    [
      `${what} in conflict in ${folder}; nothing was written:`,
      ...lines,
      ...waysOut(left.map(({ path }) => (observed.get(path) ?? absent).kind === 'absent')),
    ].join('\n'),
    { exitCode: exitCodes.conflicts },
  );
}

/** How to decide about conflicts. @param deleted of each, whether the user has deleted the file */
function waysOut(deleted: readonly boolean[]): readonly string[] {
  if (deleted.every(Boolean)) {
    return [
      'Decide for all of them: --on-conflict=mine leaves them deleted and does not ask again, theirs restores them, ' +
        `sidecar leaves them deleted and writes the new version to ${conflictsFolder}.`,
      'At a terminal you decide file by file. Then run the same command again.',
    ];
  }
  return [
    'Decide for all of them: --on-conflict=mine keeps yours and asks again next time, theirs takes the new version ' +
      '(yours goes into the backup), sidecar keeps yours and puts the new version beside it, markers writes both into ' +
      'text files.',
    ...(deleted.some(Boolean)
      ? ['With mine and sidecar, files that you deleted stay deleted, and you are not asked again.']
      : []),
    'At a terminal you decide file by file. Or move, rename or delete them. Then run the same command again.',
  ];
}

/** What a person may choose. */
const words: Readonly<Record<Decision, string>> = {
  mine: 'keep mine, ask again next time',
  'mine for good': 'keep mine for good',
  theirs: 'take the generator’s; mine goes into the backup',
  sidecar: `keep mine, and write the generator’s to ${conflictsFolder}`,
  markers: 'write both into the file, between conflict markers',
};

/** The same of a file that the person has deleted. */
const wordsOfDeleted: Readonly<Record<Decision, string>> = {
  ...words,
  'mine for good': 'leave it deleted, and do not ask again',
  theirs: 'restore the generator’s',
  sidecar: `leave it deleted, and write the generator’s to ${conflictsFolder}`,
};

/** Asks about one conflict after the other, until the user stops. */
export function askAboutConflicts(shell: Shell): (outcome: Outcome, there: Observed) => Promise<Decision | undefined> {
  let isStopped = false;
  return async (outcome, there) => {
    const decision = isStopped ? undefined : await askAboutConflict(shell, outcome, there);
    isStopped = decision === undefined;
    return decision;
  };
}

/** Asks about one conflict; undefined stops the run. */
async function askAboutConflict(shell: Shell, outcome: Outcome, there: Observed): Promise<Decision | undefined> {
  const isDeleted = there.kind === 'absent';
  const decisions = decisionsFor(outcome, there);
  const { reason, places } = explainConflict(outcome);
  say(
    shell,
    [`\n${outcome.path}${reason === '' ? '' : `: ${reason}`}`, ...places.map((place) => `  ${place}`)].join('\n'),
  );
  const answer = await shell.ask({
    name: 'conflict',
    type: 'select',
    message: isDeleted
      ? `${outcome.path}: you deleted it, but it is needed`
      : `${outcome.path}: you and the generator changed the same place`,
    loop: false,
    choices: [
      ...decisions.map((value) => ({ value, name: (isDeleted ? wordsOfDeleted : words)[value], short: value })),
      { value: 'abort', name: 'stop, write nothing', short: 'stop' },
    ],
    default: decisions[0],
  });
  return decisions.find((decision) => decision === answer);
}
