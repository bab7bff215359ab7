import { sizingDeclarations } from '../../core/answers/declarations.ts';
import type { Command } from '../command.ts';

/** `yo django-fargate:plan`: the plan without a repository; writes nothing. */
export const command: Command = {
  command: 'django-fargate:plan',
  summary: 'Computes every size with its reason and writes nothing. In a repository it starts from the stored answers.',
  answers: sizingDeclarations,
  controls: ['answers', 'askAll', 'yes', 'json', 'help', 'version'],
  examples: ['--vcpu 2 --rds-class db.m7g.large', '--vcpu 1 --max-tasks 40 --json'],
  // Help and a wrong flag need none of it.
  run: async (shell, line) => (await import('../printPlan.ts')).printPlan(shell, line),
};
