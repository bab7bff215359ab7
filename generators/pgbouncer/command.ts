import type { Command } from '../command.ts';
import { regenerationCommand } from '../regenerationCommand.ts';

/** `yo django-fargate:pgbouncer`: puts PgBouncer before the database, computes everything again and keeps every edit. */
export const command: Command = regenerationCommand({
  name: 'pgbouncer',
  summary: 'Adds PgBouncer between the web tasks and the database, recomputes all sizes, and keeps your edits.',
  examples: ['--max-tasks 40', '--yes', '--undo'],
  asks: ['minTasks', 'maxTasks'],
  purpose: { pooler: 'pgbouncer' },
});
