import { storedSection } from '../core/answers/files.ts';
import type { CommandLine } from '../core/answers/flags.ts';
import { judgeTransition } from '../core/answers/transitions.ts';
import type { Answers } from '../core/answers/types.ts';
import { UserError } from '../core/errors.ts';
import type { Shell } from './command.ts';
import type { Repository } from './openRepository.ts';
import { parsePrevious } from './solvePrevious.ts';
import { say } from './wrapText.ts';

/**
 * What the change of the answers means for the running service, in one sentence each.
 *
 * @throws UserError for an impossible change; nothing is written
 */
export function heedTransition({ baseline, yoRc }: Repository, after: Answers): readonly string[] {
  const { refused, told } = judgeTransition(parsePrevious(baseline?.config ?? storedSection(yoRc)), after);
  if (refused.length > 0) {
    throw new UserError(refused.join('\n'));
  }
  return told;
}

/** Printed before the plan, so that the user knows it when asked whether to write. */
export function tell(shell: Shell, { switches }: CommandLine, told: readonly string[]): void {
  if (!switches.has('json')) told.forEach((line) => say(shell, `! ${line}`));
}
