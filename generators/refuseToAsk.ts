import type { CommandLine } from '../core/answers/flags.ts';
import { isLeftOut } from '../core/answers/declarations.ts';
import type { Door } from '../core/answers/resolve.ts';
import type { AnswerKey, Declaration } from '../core/answers/types.ts';
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
  const doors = await strongDoors(shell, line);
  // A question of --ask-all may follow from the answer to another one.
  const mayFollow = line.switches.has('askAll');
  const isAsked = ({ partOf }: Declaration) => mayFollow || partOf === undefined || isChosen(partOf, doors);
  const flags = missing(questions, doors)
    .filter(isAsked)
    .map(({ flag }) => `--${flag}`);
  const names = flags.length === 0 ? '' : ` Not given: ${flags.join(', ')}.`;
  throw new UserError(`${reason}${names} Give --yes to use the defaults for everything not given.`);
}

/** Whether a door turns on what a question is about: a question about mail is only missing where mail is chosen. */
function isChosen(key: AnswerKey, doors: readonly Door[]): boolean {
  const raw = doors.find((door) => door.has(key))?.get(key);
  return raw !== undefined && !isLeftOut(key, { [key]: raw.value });
}
