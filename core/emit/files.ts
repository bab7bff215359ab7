import type { Answers } from '../answers/types.ts';
import { protectedAboveSeconds } from '../facts/celery.ts';
import { ciFeatures } from '../features/ci/ciFeatures.ts';
import { requirements } from './requirements/files.ts';
import type { FileRow } from './types.ts';

/** A file whose template has its path, with `.ejs` when it is rendered. */
function merge(template: string, more: Partial<FileRow> = {}): FileRow {
  return { template, path: template.replace(/\.ejs$/, ''), policy: 'merge', ...more };
}

const hasCelery: Pick<FileRow, 'when'> = { when: ({ broker }) => broker !== 'none' };
const hasBeat: Pick<FileRow, 'when'> = { when: ({ broker, beat }) => broker !== 'none' && beat };

/** The Celery worker: what the project gets, and its task definitions. */
const celery: readonly FileRow[] = [
  merge('.celery/.gitignore.ejs', hasCelery),
  merge('project/celery.py.ejs', hasCelery),
  merge('project/settings/celery.py.ejs', hasCelery),
  merge('project/background/__init__.py', hasCelery),
  merge('project/background/apps.py.ejs', hasCelery),
  merge('project/background/models.py', hasCelery),
  merge('project/background/once.py', hasCelery),
  merge('project/background/tasks.py', { policy: 'once', ...hasCelery }),
  merge('project/background/migrations/__init__.py', hasCelery),
  merge('project/background/migrations/0001_initial.py', hasCelery),
  merge('project/worker/__init__.py', hasCelery),
  merge('project/worker/heartbeat.py', hasCelery),
  merge('project/worker/logs.py', hasCelery),
  merge('project/worker/metrics.py.ejs', { when: ({ broker }) => broker === 'redis' }),
  merge('project/worker/protection.py', {
    when: ({ broker, celeryLongestTaskSeconds }) =>
      broker !== 'none' && celeryLongestTaskSeconds > protectedAboveSeconds,
  }),
  merge('project/worker/shutdown.py', hasCelery),
  merge('project/worker/signals.py.ejs', hasCelery),
  merge('tests/test_celery.py.ejs', hasCelery),
  merge('deploy/ecs/worker.json.ejs', hasCelery),
  merge('deploy/ecs/beat.json.ejs', hasBeat),
];

const hasPooler: Pick<FileRow, 'when'> = { when: ({ pooler }) => pooler === 'pgbouncer' };

/** PgBouncer between the web tasks and the database: its image and its task definition. */
const pgbouncer: readonly FileRow[] = [
  merge('deploy/pgbouncer/Dockerfile.ejs', hasPooler),
  merge('deploy/pgbouncer/pgbouncer.ini.ejs', hasPooler),
  merge('deploy/pgbouncer/start.py', hasPooler),
  merge('deploy/ecs/pgbouncer.json.ejs', hasPooler),
  merge('tests/test_pgbouncer.py', hasPooler),
];

const isFromBucket: Pick<FileRow, 'when'> = { when: (answers) => answers.static === 's3' };

const isCloudFormation = ({ infrastructure }: Answers): boolean => infrastructure === 'cloudformation';

/** The stack of one of Celery's brokers: they have nothing in common but the name. */
function brokerStack(kind: Answers['broker']): FileRow {
  return {
    template: `deploy/cloudformation/broker-${kind}.yaml.ejs`,
    path: 'deploy/cloudformation/broker.yaml',
    policy: 'merge',
    when: (answers) => isCloudFormation(answers) && answers.broker === kind,
  };
}

/** The stacks of the infrastructure, in the order in which they are set up, and what the user says of his own. */
const infrastructure: readonly FileRow[] = [
  merge('deploy/cloudformation/network.yaml.ejs', { when: isCloudFormation }),
  merge('deploy/cloudformation/platform.yaml.ejs', { when: isCloudFormation }),
  merge('deploy/cloudformation/data.yaml.ejs', { when: isCloudFormation }),
  merge('deploy/cloudformation/static.yaml.ejs', isFromBucket),
  brokerStack('sqs'),
  brokerStack('redis'),
  merge('deploy/cloudformation/pgbouncer.yaml.ejs', {
    when: (answers) => isCloudFormation(answers) && answers.pooler === 'pgbouncer',
  }),
  merge('deploy/cloudformation/service.yaml.ejs', { when: isCloudFormation }),
  merge('tests/test_infrastructure.py.ejs', { when: isCloudFormation }),
];

/** The pipelines of each CI provider. */
const pipelines: readonly FileRow[] = Object.entries(ciFeatures).flatMap(([provider, feature]) =>
  feature.files.map((file) => ({ ...file, when: ({ ci }: Answers) => ci === provider })),
);

/** The whole repository of the web service. */
export const files: readonly FileRow[] = [
  merge('README.md.ejs'),
  merge('AGENTS.md.ejs'),
  merge('Makefile.ejs'),
  merge('manage.py.ejs', { executable: true }),
  merge('pyproject.toml.ejs'),
  merge('gunicorn.conf.py.ejs'),
  ...requirements,
  merge('Dockerfile.ejs'),
  merge('.dockerignore.ejs'),
  merge('compose.yaml.ejs'),
  merge('.env.example.ejs'),
  merge('.gitignore.ejs'),
  merge('.gitattributes.ejs'),
  merge('.editorconfig.ejs'),

  merge('project/__init__.py.ejs'),
  merge('project/asgi.py.ejs'),
  merge('project/dbinit.py.ejs'),
  merge('project/wsgi.py.ejs'),
  merge('project/urls.py.ejs', { policy: 'once' }),
  merge('project/health.py'),
  merge('project/logs.py'),
  merge('project/middleware.py.ejs'),
  merge('project/management/__init__.py'),
  merge('project/management/commands/__init__.py'),
  merge('project/management/commands/lint_migrations.py'),
  merge('project/management/commands/migrate.py.ejs'),
  merge('project/postgresql/__init__.py'),
  merge('project/postgresql/base.py.ejs'),
  merge('project/postgresql/errors.py'),
  merge('project/postgresql/offline/__init__.py'),
  merge('project/postgresql/offline/base.py.ejs'),
  merge('project/postgresql/offline/collect.py'),
  merge('project/postgresql/offline/introspection.py'),
  merge('project/settings/__init__.py'),
  merge('project/settings/base.py.ejs'),
  merge('project/settings/build.py'),
  merge('project/settings/env.py.ejs'),
  merge('project/settings/lint.py.ejs'),
  merge('project/settings/local.py', { policy: 'once' }),
  merge('project/settings/production.py.ejs'),
  merge('project/certs/rds-global-bundle.pem', { policy: 'binary' }),

  merge('tests/conftest.py.ejs'),
  merge('tests/test_dbinit.py.ejs'),
  merge('tests/test_health.py.ejs'),
  merge('tests/test_identity.py.ejs'),
  merge('tests/test_lint_migrations.py.ejs'),
  merge('tests/test_logs.py.ejs'),
  merge('tests/test_middleware.py.ejs'),
  merge('tests/test_migrate.py.ejs'),
  merge('tests/test_postgresql.py.ejs'),
  merge('tests/test_push.py.ejs'),
  merge('tests/test_release.py.ejs'),
  merge('tests/test_settings.py.ejs'),
  merge('tests/test_sizing.py.ejs'),
  merge('tests/test_static.py.ejs', isFromBucket),

  merge('deploy/README.md.ejs'),
  merge('deploy/identity.py.ejs'),
  merge('deploy/parameters.json.ejs', { policy: 'form' }),
  merge('deploy/push.py.ejs'),
  merge('deploy/release.py.ejs', { executable: true }),
  merge('deploy/ecs/dbinit.json.ejs', { when: isCloudFormation }),
  merge('deploy/ecs/web.json.ejs'),
  merge('deploy/ecs/migrate.json.ejs'),
  merge('deploy/ecs/ops.json.ejs'),
  ...infrastructure,

  ...celery,
  ...pgbouncer,

  ...pipelines,
];
