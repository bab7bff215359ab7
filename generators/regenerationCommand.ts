import { declarations } from '../core/answers/declarations.ts';
import type { Command } from './command.ts';
import type { NamedCommand } from './namedCommand.ts';

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
