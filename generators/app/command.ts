import { declarations } from '../../core/answers/declarations.ts';
import type { Command } from '../command.ts';

/** `yo django-fargate`: asks, shows the plan and writes the repository. */
export const command: Command = {
  command: 'django-fargate',
  summary: 'Writes a Django repository for AWS ECS Fargate with computed sizes.',
  answers: declarations,
  controls: ['yes', 'answers', 'askAll', 'dryRun', 'json', 'onConflict', 'requireClean', 'verbose', 'help', 'version'],
  examples: ['../shop', '../shop --yes --vcpu 1 --rds-class db.m7g.large --domain shop.example.com'],
  // Help and a wrong flag need none of it.
  run: async (shell, line) => (await import('../writeRepository.ts')).writeRepository(shell, line),
};
