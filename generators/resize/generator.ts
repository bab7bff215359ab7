import { CommandGenerator } from '../base.ts';
import { regenerationCommand } from '../regenerationCommand.ts';

/** `yo django-fargate:resize`: recomputes everything after a change of size and keeps every edit. */
export default class ResizeGenerator extends CommandGenerator {
  protected readonly command = regenerationCommand({
    name: 'resize',
    summary: 'Recomputes a repository after a change of size, and keeps every line that you wrote.',
    examples: ['--vcpu 2 --rds-class db.m7g.large', '--dry-run --detailed-exitcode', '--undo'],
  });
}
