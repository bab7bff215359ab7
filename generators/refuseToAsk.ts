import type { CommandLine } from '../core/answers/flags.ts';
import type { Declaration } from '../core/answers/types.ts';
import { UserError } from '../core/errors.ts';
import { missing, strongDoors } from './collect.ts';
import type { Shell } from './command.ts';

/**
 * Stops a run that has to ask but cannot.
 *
 * @throws UserError that names the flags which no door has answered
 */
export async function refuseToAsk(shell: Shell, line: CommandLine, questions: readonly Declaration[]): Promise<void> {
  const isJson = line.switches.has('json');
  if (!isJson && shell.interactive) return;
  const reason = isJson ? '--json never asks.' : 'There is no terminal for questions.';
  const flags = missing(questions, await strongDoors(shell, line)).map(({ flag }) => `--${flag}`);
  const names = flags.length === 0 ? '' : ` Not given: ${flags.join(', ')}.`;
  throw new UserError(`${reason}${names} Give --yes to use the defaults for everything not given.`);
}
