import type { Answers, CiProvider } from '../answers/types.ts';
import type { Policy } from './types.ts';

/** One file of the emitted repository: where its text comes from and who owns it afterwards. */
export interface FileRow {
  /** Path under `templates/`; a name that ends in `.ejs` is rendered, any other is copied. */
  readonly template: string;
  /** Path in the repository; `project/` at its start stands for the project's package. */
  readonly path: string;
  readonly policy: Policy;
  readonly executable?: true;
  readonly when?: (answers: Answers) => boolean;
}

/** A file whose template has its path, with `.ejs` when it is rendered. */
function merge(template: string, more: Partial<FileRow> = {}): FileRow {
  return { template, path: template.replace(/\.ejs$/, ''), policy: 'merge', ...more };
}

function forCi(...providers: readonly CiProvider[]): Pick<FileRow, 'when'> {
  return { when: ({ ci }) => providers.includes(ci) };
}

/**
 * Requirements differ by Django version and by who serves the static files; the lock is only rewritten while nobody has
 * edited it.
 */
function requirements(django: Answers['django'], server: Answers['static']): readonly FileRow[] {
  const variant = server === 'whitenoise' ? `django-${django}` : `django-${django}-${server}`;
  const when = (answers: Answers): boolean => answers.django === django && answers.static === server;
  return [
    { template: `requirements-${variant}.in`, path: 'requirements.in', policy: 'merge', when },
    { template: `requirements-${variant}.txt`, path: 'requirements.txt', policy: 'lock', when },
    { template: `requirements-dev-${variant}.txt`, path: 'requirements-dev.txt', policy: 'lock', when },
  ];
}

const isFromBucket: Pick<FileRow, 'when'> = { when: (answers) => answers.static === 's3' };

const isCloudFormation = ({ infrastructure }: Answers): boolean => infrastructure === 'cloudformation';

/** The stacks of the infrastructure, in the order in which they are set up, and what the user says of his own. */
const infrastructure: readonly FileRow[] = [
  merge('deploy/parameters.json.ejs', { policy: 'once', when: isCloudFormation }),
  merge('deploy/cloudformation/network.yaml.ejs', { when: isCloudFormation }),
  merge('deploy/cloudformation/platform.yaml.ejs', { when: isCloudFormation }),
  merge('deploy/cloudformation/data.yaml.ejs', { when: isCloudFormation }),
  merge('deploy/cloudformation/static.yaml.ejs', isFromBucket),
  merge('deploy/cloudformation/service.yaml.ejs', { when: isCloudFormation }),
  merge('tests/test_infrastructure.py', { when: isCloudFormation }),
];

/** The whole repository of the web service. */
export const files: readonly FileRow[] = [
  merge('README.md.ejs'),
  merge('Makefile.ejs'),
  merge('manage.py.ejs', { executable: true }),
  merge('pyproject.toml.ejs'),
  merge('gunicorn.conf.py.ejs'),
  merge('requirements-dev.in'),
  ...requirements('5.2', 'whitenoise'),
  ...requirements('5.2', 's3'),
  ...requirements('6.1', 'whitenoise'),
  ...requirements('6.1', 's3'),
  merge('Dockerfile.ejs'),
  merge('.dockerignore'),
  merge('compose.yaml.ejs'),
  merge('.env.example.ejs'),
  merge('.gitignore.ejs'),
  merge('.gitattributes.ejs'),
  merge('.editorconfig.ejs'),

  merge('project/__init__.py'),
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
  merge('project/postgresql/base.py'),
  merge('project/postgresql/errors.py'),
  merge('project/postgresql/offline/__init__.py'),
  merge('project/postgresql/offline/base.py.ejs'),
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
  merge('deploy/push.py.ejs'),
  { template: 'requirements-deploy.in', path: 'deploy/requirements.in', policy: 'merge' },
  { template: 'requirements-deploy.txt', path: 'deploy/requirements.txt', policy: 'lock' },
  merge('deploy/release.py.ejs', { executable: true }),
  merge('deploy/ecs/dbinit.json.ejs', { when: isCloudFormation }),
  merge('deploy/ecs/web.json.ejs'),
  merge('deploy/ecs/migrate.json.ejs'),
  merge('deploy/ecs/ops.json.ejs'),
  ...infrastructure,

  merge('.github/workflows/ci.yml.ejs', forCi('github')),
  merge('.github/workflows/deploy.yml.ejs', forCi('github')),
  merge('.github/dependabot.yml', forCi('github')),
  merge('.gitlab-ci.yml.ejs', forCi('gitlab')),
  merge('bitbucket-pipelines.yml.ejs', forCi('bitbucket')),
  merge('buildspec.yml.ejs', forCi('codebuild')),
  merge('deploy/buildspec.yml.ejs', forCi('codebuild')),
  merge('renovate.json', forCi('gitlab', 'bitbucket', 'codebuild', 'none')),
];
