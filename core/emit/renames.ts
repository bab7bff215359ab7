/** A file that a version of this generator writes to another path than earlier versions. */
export interface Rename {
  readonly from: string;
  readonly to: string;
  /** The first version that writes `to`. */
  readonly since: string;
}

/** What every repository gets as it is lay in the project's package before, a part of it rendered. */
const toRuntime: readonly Rename[] = [
  ...['dbinit.py', 'health.py', 'logs.py', 'middleware.py', 'certs/rds-global-bundle.pem'],
  ...['management/__init__.py', 'management/commands/__init__.py'],
  ...['management/commands/lint_migrations.py', 'management/commands/migrate.py'],
  ...['postgresql/__init__.py', 'postgresql/base.py', 'postgresql/errors.py', 'postgresql/offline/__init__.py'],
  ...['postgresql/offline/base.py', 'postgresql/offline/collect.py', 'postgresql/offline/introspection.py'],
  ...['background/apps.py', 'background/models.py', 'background/once.py'],
  ...['background/migrations/__init__.py', 'background/migrations/0001_initial.py'],
].map((file) => ({ from: `project/${file}`, to: `django_fargate/${file}`, since: '0.2.0' }));

const celeryToRuntime: readonly Rename[] = [
  ...['__init__.py', 'heartbeat.py', 'logs.py', 'metrics.py', 'protection.py', 'shutdown.py', 'signals.py'],
].map((file) => ({ from: `project/worker/${file}`, to: `django_fargate/celery/${file}`, since: '0.2.0' }));

/** All of them, oldest first: the user's edits follow the file. Paths as in files.ts. */
export const renames: readonly Rename[] = [
  ...toRuntime,
  { from: 'project/settings/env.py', to: 'django_fargate/env.py', since: '0.2.0' },
  ...celeryToRuntime,
  { from: 'deploy/pgbouncer/start.py', to: 'django_fargate/pgbouncer/start.py', since: '0.2.0' },
];

/** What does the work of a file that is no longer written and has become many: an edited one is kept, and told so. */
export const successors: ReadonlyMap<string, string> = new Map([
  ...['release', 'push', 'identity'].map((name) => [`deploy/${name}.py`, 'django_fargate/release/'] as const),
]);
