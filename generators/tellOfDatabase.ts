import { changesDisk } from '../core/merge/outcomes/outcome.ts';
import type { Outcome } from '../core/merge/outcomes/outcome.ts';

/** What reads the variable, and came with it. */
const reader = 'django_fargate/postgresql/only.py';

/** What to write where settings/local.py stays as the user has it, in the run that brings DATABASE_URL to development. */
export function tellOfDatabase(outcomes: readonly Outcome[]): readonly string[] {
  const comes = outcomes.some((outcome) => outcome.path === reader && changesDisk(outcome));
  const kept = outcomes.find(({ path, kind }) => path.endsWith('/settings/local.py') && kind === 'keep');
  return comes && kept !== undefined
    ? [
        `${kept.path} is yours and stays. For \`make db\` and DATABASE_URL, which CI sets, write there: ` +
          '`from .base import env`, and `DATABASES = {"default": env.database_url() or {...}}` around what it has now.',
      ]
    : [];
}
