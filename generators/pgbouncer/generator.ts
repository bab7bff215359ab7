import { CommandGenerator } from '../base.ts';
import { regenerationCommand } from '../regenerationCommand.ts';

/** `yo django-fargate:pgbouncer`: puts PgBouncer before the database, computes everything again and keeps every edit. */
export default class PgbouncerGenerator extends CommandGenerator {
  protected readonly command = regenerationCommand({
    name: 'pgbouncer',
    summary:
      'Adds PgBouncer between the web tasks and the database, sizes everything again, and keeps every line that you wrote.',
    examples: ['--max-tasks 40', '--yes', '--undo'],
  });
}
