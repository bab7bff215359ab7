import { changesDisk } from '../core/merge/outcomes/outcome.ts';
import type { Outcome } from '../core/merge/outcomes/outcome.ts';

const stack = 'deploy/cloudformation/pgbouncer.yaml';

/** What the release program hashes: a release is refused while PgBouncer runs with other bytes. */
const files = [
  'deploy/ecs/pgbouncer.json',
  'django_fargate/certs/rds-global-bundle.pem',
  'django_fargate/pgbouncer/start.py',
];

/** What to know of a run that changes what PgBouncer is made of, where its stack was there before and stays. */
export function tellOfPgbouncer(outcomes: readonly Outcome[]): readonly string[] {
  const stays = outcomes.some(({ path, kind }) => path === stack && kind !== 'create' && kind !== 'delete');
  const isChanged = outcomes.some(
    (outcome) => changesDisk(outcome) && (outcome.path.startsWith('deploy/pgbouncer/') || files.includes(outcome.path)),
  );
  return stays && isChanged
    ? [
        'PgBouncer changes. If it runs on AWS, the next `make bootstrap` replaces its tasks, which closes the connections of ' +
          'the web tasks; `make release` is refused until then. See deploy/README.md, "PgBouncer".',
      ]
    : [];
}
