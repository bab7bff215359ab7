import { driftOf, textAfter } from '../core/drift/driftOf.ts';
import { findDrift } from '../core/drift/findDrift.ts';
import type { Drift, Sized } from '../core/drift/findDrift.ts';
import { takePlan } from '../core/drift/takePlan.ts';
import { UserError } from '../core/errors.ts';
import { decodeText } from '../core/formats/lines/decodeText.ts';
import type { Outcome } from '../core/merge/outcomes/outcome.ts';
import type { Shell } from './command.ts';
import type { Run } from './planRun.ts';

/** An outcome is of one run, and what it leads to does not change. */
const found = new WeakMap<Outcome, readonly Drift[]>();

/** The sizes of each file that are not the plan's, by path. */
export function driftByPath(run: Run, outcomes: readonly Outcome[]): ReadonlyMap<string, readonly Drift[]> {
  const { projectName } = run.collected.answers;
  const ofOne = (outcome: Outcome): readonly Drift[] => {
    const drift = found.get(outcome) ?? driftOf({ ...run, projectName }, [outcome]);
    found.set(outcome, drift);
    return drift;
  };
  const byPath = outcomes.map((outcome) => [outcome.path, ofOne(outcome)] as const);
  return new Map(byPath.filter(([, sizes]) => sizes.length > 0));
}

/** Outcomes in which the plan's sizes are taken, and what is left to do by hand. */
export interface SettledSizes {
  readonly outcomes: readonly Outcome[];
  /** Those in which some sizes could not be set on their own. */
  readonly unset: readonly Outcome[];
}

/**
 * Takes the plan's sizes in those files of which `takes` says so. Everything else that stands there stays, and so do
 * sizes whose places cannot be told apart from it.
 */
export async function settleSizes(
  run: Run,
  outcomes: readonly Outcome[],
  takes: (path: string, drift: readonly Drift[]) => Promise<boolean>,
): Promise<SettledSizes> {
  const byPath = driftByPath(run, outcomes);
  const settled: Outcome[] = [];
  const unset: Outcome[] = [];
  for (const outcome of outcomes) {
    const drift = byPath.get(outcome.path) ?? [];
    const isTaken = drift.length > 0 && (await takes(outcome.path, drift));
    const taken = isTaken ? takeSizes(run, outcome, drift) : outcome;
    settled.push(taken);
    if (isTaken && driftByPath(run, [taken]).size > 0) unset.push(taken);
  }
  return { outcomes: settled, unset };
}

function takeSizes(run: Run, outcome: Outcome, drift: readonly Drift[]): Outcome {
  const { path, key } = outcome;
  const { projectName } = run.collected.answers;
  const bytes = run.next.find((file) => file.path === key)?.bytes;
  const [yours = '', next = ''] = [textAfter(run, outcome), bytes && decodeText(bytes)];
  const sized: Sized = { path, key, projectName, yours, next };
  const text = takePlan(sized, drift);
  const left = findDrift({ ...sized, yours: text });
  const isLeft = ({ where, item }: Drift): boolean => left.some((one) => one.where === where && one.item === item);
  const taken = drift.filter((one) => !isLeft(one)).map((one) => `${one.where} ${one.yours} -> ${one.plan}`);
  const note = [
    // What else the run changes in the file.
    ...(text === yours && outcome.write !== undefined && outcome.note !== '' ? [outcome.note] : []),
    ...(taken.length === 0 ? [] : [`the plan’s sizes: ${taken.join(', ')}`]),
    ...(left.length === 0 ? [] : [`${left.map(({ where }) => where).join(', ')}: ${byHand(key)}`]),
  ].join('; ');
  if (text === yours) return { ...outcome, note };
  const there = run.observed.get(path);
  const mode = outcome.write?.mode ?? (there?.kind === 'file' ? there.mode : 0o644);
  const kind = text === next ? 'update' : 'merge';
  return { ...outcome, kind, note, write: { bytes: new TextEncoder().encode(text), mode } };
}

function byHand(key: string): string {
  return `could not be set without changing the rest; edit the file, or delete it and give --restore ${key}`;
}

/**
 * Each size that differs from the plan, file by file, and how to take the plan's.
 *
 * @param unset what could not be set to the plan's
 */
export function showDrift(byPath: ReadonlyMap<string, readonly Drift[]>, unset: readonly Outcome[]): string {
  const lines = [...byPath].flatMap(([path, drift]) => [`  ${path}`, ...drift.map(describe)]);
  return [
    'Sizes in your files that are not the plan’s',
    ...lines,
    ...(unset.length > 0
      ? [showUnset(unset)]
      : ['  Yours are kept. --on-conflict=theirs takes the plan’s and leaves the rest of these files unchanged.']),
  ].join('\n');
}

/** What is left to do by hand to take the plan's sizes. */
export function showUnset(unset: readonly Outcome[]): string {
  return unset.map(({ path, key }) => `  ${path} keeps your sizes, which ${byHand(key)}.`).join('\n');
}

function describe({ where, yours, plan }: Drift): string {
  return `      ${where}: yours ${yours}, the plan ${plan}`;
}

/** Asks about the sizes of one file after the other. */
export function askAboutSizes(shell: Shell): (path: string, drift: readonly Drift[]) => Promise<boolean> {
  return async (path, drift) => {
    shell.print([`\n${path}`, ...drift.map(describe)].join('\n'));
    const answer = await shell.ask({
      name: 'sizes',
      type: 'select',
      message: `${path}: sizes that are not the plan’s`,
      loop: false,
      choices: [
        { value: 'mine', name: 'keep mine', short: 'mine' },
        { value: 'plan', name: 'take the plan’s; the rest of the file is unchanged', short: 'the plan’s' },
        { value: 'abort', name: 'stop, write nothing', short: 'stop' },
      ],
      default: 'mine',
    });
    if (answer === 'abort') throw new UserError('Stopped; nothing was written.');
    return answer === 'plan';
  };
}
