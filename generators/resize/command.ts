import type { Command } from '../command.ts';
import { regenerationCommand } from '../regenerationCommand.ts';

/** `yo django-fargate:resize`: recomputes everything after a change of size and keeps every edit. */
export const command: Command = regenerationCommand({
  name: 'resize',
  summary: 'Recomputes a repository after a change of size, and keeps your edits.',
  examples: ['--vcpu 2 --rds-class db.m7g.large', '--dry-run --detailed-exitcode', '--undo'],
  asks: ['vcpu', 'memoryMiB', 'rdsClass', 'minTasks', 'maxTasks', 'slowestRequestSeconds'],
});
