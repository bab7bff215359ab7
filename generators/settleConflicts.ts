import { conflictChoices } from '../core/answers/controls.ts';
import type { ConflictChoice } from '../core/answers/controls.ts';
import type { CommandLine } from '../core/answers/flags.ts';
import { showValue } from '../core/answers/kinds.ts';
import { exitCodes, UserError } from '../core/errors.ts';
import { explainConflict } from '../core/merge/describe.ts';
import type { Surroundings } from '../core/merge/facts.ts';
import type { Observed } from '../core/merge/observed.ts';
import type { Outcome } from '../core/merge/outcome.ts';
import { canSettle, settle } from '../core/merge/settle.ts';
import type { Decision, Sidecar } from '../core/merge/settle.ts';
import type { Shell } from './command.ts';
import { say } from './wrapText.ts';

/** The outcomes without a conflict, and what is put aside. */
export interface Settlement {
  readonly outcomes: readonly Outcome[];
  /** Those among them that had one. */
  readonly settled: readonly Outcome[];
  readonly sidecars: readonly Sidecar[];
}

export interface ConflictRun extends Surroundings {
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
 * Settles every conflict: as `choose` says, which may ask.
 *
 * @throws UserError (exit 3) that lists every conflict left; nothing may be written then
 */
export async function settleConflicts(
  run: ConflictRun,
  choose: (outcome: Outcome) => Promise<Decision | undefined>,
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
    const decision = await choose(outcome);
    if (decision === undefined || !canSettle(outcome, decision)) {
      left.push(outcome);
      continue;
    }
    const there = run.observed.get(outcome.path) ?? { kind: 'absent' };
    const carriedOut = settle(outcome, decision, there, run);
    outcomes.push(carriedOut.outcome);
    settled.push(carriedOut.outcome);
    sidecars.push(...carriedOut.sidecars);
  }
  if (left.length > 0) throw conflictsLeft(run.folder, left);
  return { outcomes, settled, sidecars };
}

function conflictsLeft(folder: string, left: readonly Outcome[]): UserError {
  const what = left.length === 1 ? '1 path is' : `${left.length} paths are`;
  const lines = left.flatMap((outcome) => {
    const { reason, places } = explainConflict(outcome);
    return [`  ${outcome.path}${reason === '' ? '' : `: ${reason}`}`, ...places.map((place) => `      ${place}`)];
  });
  return new UserError(
    [
      `${what} in conflict in ${folder}; nothing was written:`,
      ...lines,
      'Decide for all of them: --on-conflict=mine keeps yours and asks again next time, theirs takes the new version ' +
        '(yours goes into the backup), sidecar keeps yours and puts the new version beside it, markers writes both into ' +
        'text files.',
      'In a terminal you decide file by file. Or move, rename or delete them. Then run the same command again.',
    ].join('\n'),
    { exitCode: exitCodes.conflicts },
  );
}

/** What a person may choose. */
const words: Readonly<Record<Decision, string>> = {
  mine: 'keep mine, ask again next time',
  'mine for good': 'keep mine for good',
  theirs: 'take the generator’s; mine goes into the backup',
  sidecar: 'keep mine, and put the generator’s into .django-fargate/conflicts',
  markers: 'write both into the file, between conflict markers',
};

/** Asks about one conflict after the other, until somebody wants to stop. */
export function askAboutConflicts(shell: Shell): (outcome: Outcome) => Promise<Decision | undefined> {
  let isStopped = false;
  return async (outcome) => {
    const decision = isStopped ? undefined : await askAboutConflict(shell, outcome);
    isStopped = decision === undefined;
    return decision;
  };
}

/** Asks about one conflict; undefined stops the run. */
async function askAboutConflict(shell: Shell, outcome: Outcome): Promise<Decision | undefined> {
  const decisions = (Object.keys(words) as Decision[]).filter((decision) => canSettle(outcome, decision));
  const { reason, places } = explainConflict(outcome);
  say(
    shell,
    [`\n${outcome.path}${reason === '' ? '' : `: ${reason}`}`, ...places.map((place) => `  ${place}`)].join('\n'),
  );
  const answer = await shell.ask({
    name: 'conflict',
    type: 'select',
    message: `${outcome.path}: you and the generator changed the same place`,
    loop: false,
    choices: [
      ...decisions.map((value) => ({ value, name: words[value], short: value })),
      { value: 'abort', name: 'stop, write nothing', short: 'stop' },
    ],
    default: 'mine',
  });
  return decisions.find((decision) => decision === answer);
}
