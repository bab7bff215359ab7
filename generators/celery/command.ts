import type { Command } from '../command.ts';
import { regenerationCommand } from '../regenerationCommand.ts';

/** `yo django-fargate:celery`: adds a Celery worker, computes everything again and keeps every edit. */
export const command: Command = regenerationCommand({
  name: 'celery',
  summary: 'Adds a Celery worker as a second service, recomputes all sizes, and keeps your edits.',
  examples: ['--broker sqs --celery-longest-task 300', '--broker redis --beat --yes', '--undo'],
  asks: ['broker', 'celeryLongestTaskSeconds', 'celeryQueueDelaySeconds', 'celeryVcpu', 'celeryMaxTasks', 'beat'],
  purpose: { broker: 'sqs' },
});
