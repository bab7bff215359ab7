import { CommandGenerator } from '../base.ts';
import { regenerationCommand } from '../regenerationCommand.ts';

/** `yo django-fargate:upgrade`: brings a repository to this version of the generator and keeps every edit. */
export default class UpgradeGenerator extends CommandGenerator {
  protected readonly command = regenerationCommand({
    name: 'upgrade',
    summary: 'Brings a repository to the installed version of the generator, and keeps every line that you wrote.',
    examples: ['--dry-run', '--yes'],
  });
}
