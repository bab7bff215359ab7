import { storedSection } from '../core/answers/files.ts';
import { judgeTransition } from '../core/answers/transitions.ts';
import type { Answers } from '../core/answers/types.ts';
import { UserError } from '../core/errors.ts';
import type { Repository } from './openRepository.ts';
import { parsePrevious } from './solvePrevious.ts';

/**
 * What the change of the answers means for what runs already, as lines to show after the commands to type.
 *
 * @throws UserError for a change that nothing can apply: no file is written then
 */
export function heedTransition({ baseline, yoRc }: Repository, after: Answers): readonly string[] {
  const { refused, told } = judgeTransition(parsePrevious(baseline?.config ?? storedSection(yoRc)), after);
  if (refused.length > 0) {
    throw new UserError(refused.join('\n'));
  }
  return told.map((line) => `# ${line}`);
}
