import { declarations } from '../core/answers/declarations.ts';
import type { Command } from './command.ts';

/** The commands that update a repository; they differ in what they ask. */
export type RegenerationName = 'resize' | 'upgrade' | 'celery' | 'pgbouncer';

interface NamedCommand {
  readonly name: RegenerationName;
  readonly summary: string;
  readonly examples: readonly string[];
}

/** A command that updates a repository. The name of the project stays: too much that is not ours depends on it. */
export function regenerationCommand({ name, summary, examples }: NamedCommand): Command {
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
    run: async (shell, line) => (await import('./resizeRepository.ts')).resizeRepository(shell, line, name),
  };
}
