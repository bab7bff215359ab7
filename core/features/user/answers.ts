import { choice } from '../../answers/declare.ts';
import type { Answers, Declaration } from '../../answers/types.ts';
import { userApp, userModels } from '../../facts/userModels.ts';
import type { FeatureAnswers } from '../feature.ts';

const declarations: readonly Declaration[] = [
  choice('a user model', userModels, {
    key: 'user',
    flag: 'user',
    title: 'User model',
    help: `a class of your own, to which you can add fields (custom), or Django's (django); fixed from the first migration on`,
    asked: false,
    default: 'custom',
    defaultText: '`custom`; `django` in repositories that were written before this question',
    computed: false,
    sizes: false,
  }),
];

function contradictions({ projectName, user }: Answers): readonly string[] {
  return user === 'custom' && projectName === userApp
    ? [
        `--project-name ${projectName} and --user custom: the app of the user model has this name; take another project name, or --user django.`,
      ]
    : [];
}

/**
 * Django refuses to migrate a database whose applied migrations point to a user model that was not there: `admin.0001_initial
 * is applied before its dependency accounts.0001_initial` (InconsistentMigrationHistory). The other way round, the
 * accounts would stay behind in a table that nothing reads.
 *
 * Source: Django 5.2, "Changing to a custom user model mid-project".
 */
function refused(before: Answers, after: Answers): readonly string[] {
  return before.user === after.user
    ? []
    : [
        `--user ${before.user} -> ${after.user}: AUTH_USER_MODEL cannot change once the tables are there. Foreign keys and applied ` +
          `migrations point to the user model of the first \`migrate\`, and Django stops with InconsistentMigrationHistory. Keep ` +
          `${before.user}, or write a new repository with --user ${after.user} and move your apps into it. If this one was never ` +
          'migrated, on no machine, undo the run that wrote it (--undo), or delete it, and write it again.',
      ];
}

export const userAnswers: FeatureAnswers = { declarations, contradictions, refused };
