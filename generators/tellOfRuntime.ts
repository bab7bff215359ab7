import { changesDisk } from '../core/merge/outcomes/outcome.ts';
import type { Outcome } from '../core/merge/outcomes/outcome.ts';

const folder = 'django_fargate/';

/** Edits of the user's, whatever becomes of them. */
const edited = ['keep', 'merge', 'conflict'];

const models = '/models.py';

/** Models of an app that has moved, with models of the user's own: their migrations stand where Django no longer looks. */
function tellOfMigrations({ path, removes, kind }: Outcome): readonly string[] {
  if (removes === undefined || !path.endsWith(models) || !edited.includes(kind)) return [];
  const [from, to] = [removes, path].map((file) => `${file.slice(0, -models.length)}/migrations/`);
  return [`Django looks for migrations in ${to} now. Move those that you added to ${from} there.`];
}

/**
 * What to know about `django_fargate/`, once in a run that changes something there: whose it is, where the user has edited
 * it, and that modules have moved into it.
 */
export function tellOfRuntime(outcomes: readonly Outcome[]): readonly string[] {
  const runtime = outcomes.filter(({ path }) => path.startsWith(folder));
  if (!runtime.some(changesDisk)) return [];
  const yours = runtime.filter(({ kind }) => edited.includes(kind)).map(({ path }) => path);
  const isMoved = runtime.some(({ path, removes }) => removes !== undefined && path.endsWith('.py'));
  return [
    ...(yours.length === 0
      ? []
      : [
          `${folder} is replaced as a whole by an upgrade. You have edited ${yours.join(', ')}: ` +
            'your edits are merged in. They are safer in an app of your own.',
        ]),
    ...(isMoved ? [`Modules have moved to ${folder}, see "was" above. Change the imports in your own files.`] : []),
    ...runtime.flatMap(tellOfMigrations),
  ];
}
