import { CommandGenerator } from '../base.ts';
import { regenerationCommand } from '../regenerationCommand.ts';

/** `yo django-fargate:celery`: adds a Celery worker, computes everything again and keeps every edit. */
export default class CeleryGenerator extends CommandGenerator {
  protected readonly command = regenerationCommand({
    name: 'celery',
    summary: 'Adds a Celery worker as a second service, sizes everything again, and keeps every line that you wrote.',
    examples: ['--broker sqs --longest-task 300', '--broker redis --beat --yes', '--undo'],
  });
}
