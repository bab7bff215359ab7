import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

/** What a command took, in ms: on the clock, and of the processor alone, without waiting for the disk or its turn. */
export interface Took {
  readonly clock: number;
  readonly processor: number;
}

/** The words that run a command and leave the processor's time, that of its subprocesses included, in a file. */
export function metered(command: string, args: readonly string[], file: string): readonly [string, string[]] {
  const script = 'file=$1; shift; "$@"; code=$?; times > "$file"; exit $code';
  return ['sh', ['-c', script, 'sh', file, command, ...args]];
}

/** Runs what `start` starts, metered by `file`, from the start of the process to its end. */
export async function take<Result>(
  file: string,
  start: () => Promise<Result>,
): Promise<{ took: Took; result: Result }> {
  const begun = performance.now();
  const result = await start();
  const clock = performance.now() - begun;
  // Of the shell itself, then of what it ran: user and system time of each.
  const [, children = ''] = readFileSync(file, 'utf8').split('\n');
  rmSync(file);
  const seconds = [...children.matchAll(/(\d+)m([\d.]+)s/gu)].map(
    ([, minutes, rest]) => 60 * Number(minutes) + Number(rest),
  );
  return { took: { clock, processor: 1000 * seconds.reduce((sum, part) => sum + part, 0) }, result };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  return ((low ?? Number.NaN) + (high ?? Number.NaN)) / 2;
}

/** The whole number of `--rounds`. */
export function roundsOf(given: string): number {
  const rounds = Number(given);
  if (!Number.isSafeInteger(rounds) || rounds < 1) throw new Error('--rounds takes a whole number from 1.');
  return rounds;
}

/** The names, beginning with another one each round, so that what comes and goes on the machine meets them all alike. */
export function orderOf<Name>(names: readonly Name[], round: number): readonly Name[] {
  const first = round % names.length;
  return [...names.slice(first), ...names.slice(0, first)];
}

/** A name under which a metered command of a folder leaves its times. */
export const meterIn = (folder: string): string => path.join(folder, 'times');
