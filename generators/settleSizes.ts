import { driftOf, textAfter } from '../core/drift/driftOf.ts';
import type { Drift } from '../core/drift/findDrift.ts';
import { takePlan } from '../core/drift/takePlan.ts';
import { UserError } from '../core/errors.ts';
import { decodeText } from '../core/merge/decodeText.ts';
import type { Outcome } from '../core/merge/outcome.ts';
import type { Shell } from './command.ts';
import type { Run } from './planRun.ts';

/** The sizes of each file that are not the plan's, by path. */
export function driftByPath(run: Run, outcomes: readonly Outcome[]): ReadonlyMap<string, readonly Drift[]> {
  const { projectName } = run.collected.answers;
  const byPath = new Map<string, readonly Drift[]>();
  for (const one of driftOf({ ...run, projectName }, outcomes)) {
    byPath.set(one.path, [...(byPath.get(one.path) ?? []), one]);
  }
  return byPath;
}

/**
 * The same outcomes, with the plan's sizes in those files of which `takes` says so. What else stands there stays, as far
 * as the places can be told apart; else the file becomes the generator's, and the user's goes into the backup.
 */
export async function settleSizes(
  run: Run,
  outcomes: readonly Outcome[],
  takes: (path: string, drift: readonly Drift[]) => Promise<boolean>,
): Promise<readonly Outcome[]> {
  const byPath = driftByPath(run, outcomes);
  const settled: Outcome[] = [];
  for (const outcome of outcomes) {
    const drift = byPath.get(outcome.path) ?? [];
    const isTaken = drift.length > 0 && (await takes(outcome.path, drift));
    settled.push(isTaken ? takeSizes(run, outcome, drift) : outcome);
  }
  return settled;
}

function takeSizes(run: Run, outcome: Outcome, drift: readonly Drift[]): Outcome {
  const { path, key } = outcome;
  const bytes = run.ours.find((file) => file.path === key)?.bytes ?? new Uint8Array();
  const [yours = '', ours = ''] = [textAfter(run, outcome), decodeText(bytes)];
  const text = takePlan({ path, key, projectName: run.collected.answers.projectName, yours, ours }, drift);
  const there = run.observed.get(path);
  const mode = outcome.write?.mode ?? (there?.kind === 'file' ? there.mode : 0o644);
  const values = drift.map((one) => `${one.where} ${one.yours} -> ${one.plan}`).join(', ');
  return {
    ...outcome,
    kind: text === undefined || text === ours ? 'update' : 'merge',
    note: `the plan’s sizes: ${values}${text === undefined ? '; the rest of yours is in the backup' : ''}`,
    write: { bytes: text === undefined ? bytes : new TextEncoder().encode(text), mode },
  };
}

/** Each size that is not the plan's, file by file, and how to have the plan's. */
export function showDrift(byPath: ReadonlyMap<string, readonly Drift[]>): string {
  const lines = [...byPath].flatMap(([path, drift]) => [`  ${path}`, ...drift.map(describe)]);
  return [
    'Sizes in your files that are not the plan’s',
    ...lines,
    '  Yours stay. --on-conflict=theirs takes the plan’s, and leaves the rest of these files as it is.',
  ].join('\n');
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
        { value: 'plan', name: 'take the plan’s; the rest of the file stays', short: 'the plan’s' },
        { value: 'abort', name: 'stop, write nothing', short: 'stop' },
      ],
      default: 'mine',
    });
    if (answer === 'abort') throw new UserError('Stopped; nothing was written.');
    return answer === 'plan';
  };
}
