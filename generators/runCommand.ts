import { readCommandLine } from '../core/answers/flags.ts';
import { describeUsage } from '../core/answers/describe.ts';
import { ownPackage } from '../disk/package/ownPackage.ts';
import type { Command, Shell } from './command.ts';
import { describeError } from './guard.ts';

/** The words of a command line, as `yo` parses them. */
export interface Words {
  readonly positionals: readonly unknown[];
  /** By flag, without the dashes. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** What differs between the ways to start a command. */
export type Surroundings = Pick<Shell, 'cwd' | 'interactive' | 'print' | 'ask'>;

/**
 * Runs a command in this process's environment. Under `--json` an error is printed as JSON, too, so that a program that parses
 * standard output never finds it empty.
 *
 * @returns the exit code
 * @throws UserError for a mistake in the command line, and whatever the command throws
 */
export async function runCommand(
  command: Command,
  { positionals, options }: Words,
  surroundings: Surroundings,
): Promise<number> {
  let isPrinted = false;
  const print = (text: string): void => {
    isPrinted = true;
    surroundings.print(text);
  };
  try {
    return await readAndRun(command, { positionals, options }, { ...surroundings, print });
  } catch (error) {
    // A run that has computed its plan prints that with the error.
    if (asksForJson(options) && !isPrinted) print(renderError(error));
    throw error;
  }
}

/** Whether `--json` was given, in a command line that may be faulty otherwise. */
export function asksForJson(options: Words['options']): boolean {
  const { json } = options;
  return json !== undefined && json !== false && json !== 'false';
}

/** An error as `--json` prints it. */
export function renderError(error: unknown): string {
  return JSON.stringify(describeError(error), undefined, 2);
}

async function readAndRun(command: Command, { positionals, options }: Words, around: Surroundings): Promise<number> {
  // Yeoman, too, looks for it before anything else.
  if (options['help'] === true || Array.isArray(options['help'])) {
    around.print(describeUsage(command));
    return 0;
  }
  const { answers, controls } = command;
  const line = readCommandLine(positionals, options, { answers, controls });
  if (line.switches.has('help')) {
    around.print(describeUsage(command));
    return 0;
  }
  if (line.switches.has('version')) {
    around.print(ownPackage().version);
    return 0;
  }
  // A terminal of unknown width reports 0.
  const columns = Math.min(process.stdout.columns || 120, 140);
  return command.run({ ...around, environment: process.env, columns }, line);
}

/** Whether there is somebody to ask. */
export function isTerminal(): boolean {
  return process.stdin.isTTY === true && process.stdout.isTTY === true;
}
