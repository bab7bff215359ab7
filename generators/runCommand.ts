import { readCommandLine } from '../core/answers/flags.ts';
import { describeUsage } from '../core/answers/describe.ts';
import { ownPackage } from '../disk/ownPackage.ts';
import type { Command, Shell } from './command.ts';

/** The words of a command line, as `yo` parses them. */
export interface Words {
  readonly positionals: readonly unknown[];
  /** By flag, without the dashes. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** What differs between the ways to start a command. */
export type Surroundings = Pick<Shell, 'cwd' | 'interactive' | 'print' | 'ask'>;

/**
 * Runs a command in this process's environment.
 *
 * @returns the exit code
 * @throws UserError for a mistake in the command line, and whatever the command throws
 */
export async function runCommand(
  command: Command,
  { positionals, options }: Words,
  surroundings: Surroundings,
): Promise<number> {
  // Yeoman, too, looks for it before anything else.
  if (options['help'] === true || Array.isArray(options['help'])) {
    surroundings.print(describeUsage(command));
    return 0;
  }
  const { answers, controls } = command;
  const line = readCommandLine(positionals, options, { answers, controls });
  if (line.switches.has('help')) {
    surroundings.print(describeUsage(command));
    return 0;
  }
  if (line.switches.has('version')) {
    surroundings.print(ownPackage().version);
    return 0;
  }
  const columns = Math.min(process.stdout.columns ?? 120, 140);
  return command.run({ ...surroundings, environment: process.env, columns }, line);
}

/** Whether there is somebody to ask. */
export function isTerminal(): boolean {
  return process.stdin.isTTY === true && process.stdout.isTTY === true;
}
