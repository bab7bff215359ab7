import type { commandNames } from '../core/answers/commandNames.ts';
import { declarations } from '../core/answers/declarations.ts';
import type { AnswerKey, Answers } from '../core/answers/types.ts';
import type { Command } from './command.ts';

/** The commands that update a repository; they differ in what they ask. */
export type RegenerationName = Exclude<(typeof commandNames)[number], 'plan'>;

export interface NamedCommand {
  readonly name: RegenerationName;
  readonly summary: string;
  readonly examples: readonly string[];
  /** What the command is about; everything else is asked under `--ask-all`. */
  readonly asks: readonly AnswerKey[];
  /** What it is for, unless an answer says otherwise. */
  readonly purpose?: Partial<Answers>;
}

/** A command that updates a repository. The name of the project stays: too much that is not ours depends on it. */
export function regenerationCommand(regeneration: NamedCommand): Command {
  const { name, summary, examples } = regeneration;
  return {
    command: `django-fargate:${name}`,
    summary,
    answers: declarations.filter(({ key }) => key !== 'projectName'),
    controls: [
      'yes',
      'answers',
      'askAll',
      'dryRun',
      'detailedExitcode',
      'json',
      'onConflict',
      'restore',
      'undo',
      'requireClean',
      'rebuildBaseline',
      'verbose',
      'help',
      'version',
    ],
    examples,
    // Help and a wrong flag need none of it.
    run: async (shell, line, release) =>
      (await import('./resizeRepository.ts')).resizeRepository(shell, line, regeneration, release),
  };
}
