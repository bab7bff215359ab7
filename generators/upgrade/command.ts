import type { Command } from '../command.ts';
import { regenerationCommand } from '../regenerationCommand.ts';

/** `yo django-fargate:upgrade`: brings a repository to this version of the generator and keeps every edit. */
export const command: Command = regenerationCommand({
  name: 'upgrade',
  summary: 'Updates a repository to the installed version of the generator, and keeps your edits.',
  examples: ['--dry-run', '--yes'],
  asks: [],
});
