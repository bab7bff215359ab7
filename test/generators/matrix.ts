import { join } from 'node:path';
import { declarations } from '../../core/answers/declarations.ts';
import type { Answers } from '../../core/answers/types.ts';
import { defaultAnswers } from '../support/defaults.ts';
import { root } from '../support/paths.ts';
import { filesIn } from '../support/tree.ts';

export interface MatrixCase {
  readonly name: string;
  /** What is given; the rest is the default. */
  readonly given: Partial<Answers>;
}

function row(name: string, given: Partial<Answers>): MatrixCase {
  return { name, given };
}

export const matrix: readonly MatrixCase[] = [
  row('the defaults', {}),

  row('GitHub, Django 6.1', { ci: 'github', django: '6.1' }),
  row('GitHub, ARM64', { ci: 'github', architecture: 'ARM64' }),
  row('GitLab', { ci: 'gitlab' }),
  row('GitLab, ARM64, Django 6.1', { ci: 'gitlab', architecture: 'ARM64', django: '6.1' }),
  row('Bitbucket', { ci: 'bitbucket' }),
  row('Bitbucket, ARM64, a domain', { ci: 'bitbucket', architecture: 'ARM64', domain: 'example.com' }),
  row('CodeBuild', { ci: 'codebuild' }),
  row('CodeBuild, ARM64, Django 6.1', { ci: 'codebuild', architecture: 'ARM64', django: '6.1' }),
  row('no CI', { ci: 'none' }),
  row('no CI, ARM64, a domain, Django 6.1', {
    ci: 'none',
    architecture: 'ARM64',
    domain: 'example.com',
    django: '6.1',
  }),

  row('the oldest Python', { python: '3.12' }),
  row('the newest Python of CodeBuild', { python: '3.14', ci: 'codebuild' }),
  row('the newest Python, Django 6.1, GitLab', { python: '3.15', django: '6.1', ci: 'gitlab' }),

  row('a domain', { domain: 'shop.example.com' }),
  row('a domain, Django 6.1, ARM64', { domain: 'example.co.uk', django: '6.1', architecture: 'ARM64' }),
  row('the longest domain', { domain: `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(61)}` }),
  row('an international domain', { domain: 'xn--bcher-kva.example' }),

  ...(['14', '15', '16', '18'] as const).map((version) => row(`PostgreSQL ${version}`, { rdsEngineVersion: version })),
  row('PostgreSQL 17 with a minor version', { rdsEngineVersion: '17.11' }),

  row('0.25 vCPU on the smallest database', { vcpu: 0.25, rdsClass: 'db.t4g.micro' }),
  row('1 vCPU', { vcpu: 1 }),
  row('1 vCPU, the smallest database: threads are lowered', { vcpu: 1, rdsClass: 'db.t4g.micro' }),
  row('2 vCPU with 16 GiB', { vcpu: 2, memoryMiB: 16_384, rdsClass: 'db.m7g.large' }),
  row('4 vCPU, Multi-AZ', { vcpu: 4, rdsClass: 'db.m7g.xlarge', multiAz: true }),
  row('8 vCPU', { vcpu: 8, rdsClass: 'db.r7g.xlarge' }),
  row('16 vCPU, 120 GiB', { vcpu: 16, memoryMiB: 122_880, rdsClass: 'db.r7g.2xlarge', maxTasks: 12 }),
  row('one worker only', { vcpu: 0.5, memoryMiB: 1024, workerMemoryMiB: 800 }),

  row('one task', { minTasks: 1, maxTasks: 1 }),
  row('3 to 3 tasks', { minTasks: 3, maxTasks: 3 }),
  row('20 tasks at least', { minTasks: 20, vcpu: 0.25, rdsClass: 'db.m7g.large' }),
  row('a class of the future with known connections', { rdsClass: 'db.m9g.large', rdsMaxConnections: 700 }),
  row('known connections of an existing database', { rdsMaxConnections: 98 }),

  row('the slowest request 1 s', { slowestRequestSeconds: 1 }),
  row('the slowest request 105 s', { slowestRequestSeconds: 105 }),
  row('much waiting', { cpuMs: 5, waitMs: 2000, rdsClass: 'db.m7g.2xlarge' }),
  row('no waiting', { cpuMs: 300, waitMs: 0 }),

  row('Frankfurt', { region: 'eu-central-1' }),
  row('a region without known prices', { region: 'ap-southeast-2', domain: 'example.com' }),

  row('the user model of Django', { user: 'django' }),

  row('static files on S3', { static: 's3' }),
  row('assets built by Node.js', { assets: 'node' }),
  row('errors in Sentry', { errors: 'sentry' }),
  row('static files on S3, Django 6.1, a domain, Bitbucket', {
    static: 's3',
    django: '6.1',
    domain: 'example.com',
    ci: 'bitbucket',
  }),

  row('mail by SES, Django 6.1', { mail: 'ses', mailFrom: 'noreply@example.com', django: '6.1' }),
  row('mail by SMTP, a worker on SQS', {
    mail: 'smtp',
    mailFrom: 'noreply@example.com',
    mailHost: 'smtp.example.com',
    mailUser: 'shop',
    broker: 'sqs',
  }),

  row('no infrastructure', { infrastructure: 'none' }),
  row('no infrastructure, GitLab, a domain', { infrastructure: 'none', ci: 'gitlab', domain: 'example.com' }),
  row('endpoints instead of NAT, logs for a day', { egress: 'endpoints', logRetentionDays: 1 }),
  row('endpoints, no CI, ARM64, Multi-AZ, a domain, static files on S3', {
    egress: 'endpoints',
    ci: 'none',
    architecture: 'ARM64',
    multiAz: true,
    domain: 'example.com',
    static: 's3',
    logRetentionDays: 3653,
  }),

  row('a worker on SQS', { broker: 'sqs' }),
  row('a worker on SQS, from zero, long tasks, GitLab, a domain', {
    broker: 'sqs',
    celeryMinTasks: 0,
    celeryLongestTaskSeconds: 3600,
    ci: 'gitlab',
    domain: 'example.com',
    rdsClass: 'db.m7g.large',
  }),
  row('a worker on Valkey and beat, Django 6.1, ARM64, endpoints', {
    broker: 'redis',
    beat: true,
    django: '6.1',
    architecture: 'ARM64',
    egress: 'endpoints',
    rdsClass: 'db.m7g.large',
  }),
  row('a worker and beat, static files on S3, no CI', { broker: 'sqs', beat: true, static: 's3', ci: 'none' }),
  row('a worker and beat, no infrastructure, Bitbucket', {
    broker: 'redis',
    beat: true,
    infrastructure: 'none',
    ci: 'bitbucket',
  }),

  row('PgBouncer', { pooler: 'pgbouncer' }),
  row('PgBouncer on the smallest database, 105 s, Django 6.1, a domain', {
    pooler: 'pgbouncer',
    rdsClass: 'db.t4g.micro',
    vcpu: 2,
    slowestRequestSeconds: 105,
    django: '6.1',
    domain: 'example.com',
  }),
  row('PgBouncer, a worker on SQS and beat, static files on S3, endpoints, ARM64', {
    pooler: 'pgbouncer',
    broker: 'sqs',
    beat: true,
    static: 's3',
    egress: 'endpoints',
    architecture: 'ARM64',
    rdsClass: 'db.t4g.micro',
  }),
  row('PgBouncer and a worker on Valkey, no infrastructure, GitLab, another name', {
    pooler: 'pgbouncer',
    broker: 'redis',
    infrastructure: 'none',
    ci: 'gitlab',
    projectName: 'corner_store',
  }),

  row('the longest name', { projectName: 'abcdefghijklmnopqrstuvwx' }),
  row('the longest name, in words', { projectName: 'shop_of_the_many_things', domain: 'example.com', django: '6.1' }),
  row('the shortest name', { projectName: 'ab', ci: 'codebuild' }),
  row('a name with digits', { projectName: 'web2_0_shop', ci: 'gitlab' }),
  ...['inf', 'nan'].map((projectName) =>
    row(`a name that YAML could take for something else: ${projectName}`, { projectName, ci: 'gitlab' }),
  ),
];

/** All answers of a case. */
export function answersOf({ given }: MatrixCase): Answers {
  // Where there are no stacks, nothing makes a bucket.
  const media = given.infrastructure === 'none' ? 'none' : defaultAnswers.media;
  return { ...defaultAnswers, media, ...given };
}

const ofWorker: ReadonlySet<string> = new Set([
  'broker',
  'celeryLongestTaskSeconds',
  'celeryQueueDelaySeconds',
  'celeryVcpu',
  'celeryMaxTasks',
  'celeryMinTasks',
  'celeryTaskMs',
  'beat',
]);

/** What is stored of answers without computed ones: the worker's and the pooler only where there is one. */
export function storedOf(answers: Answers): Readonly<Record<string, unknown>> {
  const stored = Object.entries(answers)
    .filter(([key]) => answers.broker !== 'none' || !ofWorker.has(key))
    .filter(([key, value]) => !['pooler', 'assets', 'mail'].includes(key) || value !== 'none');
  return Object.fromEntries(stored);
}

/** The flags that give answers, without the dashes. */
export function flagsOf(given: Partial<Answers>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    declarations.flatMap(({ key, flag }) => (given[key] === undefined ? [] : [[flag, String(given[key])]])),
  );
}

const always = [
  '.django-fargate/baseline.json',
  '.dockerignore',
  '.editorconfig',
  '.env.example',
  '.gitattributes',
  '.gitignore',
  '.yo-rc.json',
  'AGENTS.md',
  'Dockerfile',
  'Makefile',
  'README.md',
  'compose.yaml',
  'deploy/README.md',
  'deploy/apt-build.txt',
  'deploy/apt.txt',
  'deploy/environment.json',
  'deploy/parameters.json',
  'deploy/ecs/migrate.json',
  'deploy/ecs/ops.json',
  'deploy/ecs/web.json',
  'deploy/release.json',
  'deploy/requirements.in',
  'deploy/requirements.txt',
  'deploy/sizing.json',
  'gunicorn.conf.py',
  'manage.py',
  'pyproject.toml',
  'requirements-dev.in',
  'requirements-dev.txt',
  'requirements.in',
  'requirements.txt',
  'tests/conftest.py',
  'tests/test_health.py',
  'tests/test_settings.py',
  'tests/test_sizing.py',
];

const inProject = [
  '__init__.py',
  'asgi.py',
  'settings/__init__.py',
  'settings/base.py',
  'settings/build.py',
  'settings/lint.py',
  'settings/local.py',
  'settings/production.py',
  'urls.py',
  'wsgi.py',
];

/** What lies in the package as it is emitted. */
const runtime = filesIn(join(root, 'runtime', 'django_fargate'))
  .filter((file) => !file.endsWith('.pyc'))
  .map((file) => `django_fargate/${file}`);

/** What the user model adds; nothing with Django's. */
export const accounts = [
  'accounts/__init__.py',
  'accounts/admin.py',
  'accounts/apps.py',
  'accounts/migrations/0001_initial.py',
  'accounts/migrations/__init__.py',
  'accounts/models.py',
  'accounts/tests.py',
];

const forCi: Readonly<Record<Answers['ci'], readonly string[]>> = {
  github: ['.github/dependabot.yml', '.github/workflows/ci.yml', '.github/workflows/deploy.yml'],
  gitlab: ['.gitlab-ci.yml', 'renovate.json'],
  bitbucket: ['bitbucket-pipelines.yml', 'renovate.json'],
  codebuild: ['buildspec.yml', 'deploy/buildspec.yml', 'renovate.json'],
  none: ['renovate.json'],
};

const celery = ['.celery/.gitignore', 'deploy/ecs/worker.json', 'tests/test_celery.py'];

const celeryInProject = ['background/__init__.py', 'background/tasks.py', 'celery.py', 'settings/celery.py'];

/** What Celery adds; nothing without a broker. */
function celeryPathsOf({ broker, beat, infrastructure, projectName }: Answers): readonly string[] {
  if (broker === 'none') {
    return [];
  }
  return [
    ...celery,
    ...celeryInProject.map((path) => `${projectName}/${path}`),
    ...(beat ? ['deploy/ecs/beat.json'] : []),
    ...(infrastructure === 'cloudformation' ? ['deploy/cloudformation/broker.yaml'] : []),
  ];
}

const pgbouncer = [
  'deploy/ecs/pgbouncer.json',
  'deploy/pgbouncer/Dockerfile',
  'deploy/pgbouncer/pgbouncer.ini',
  'tests/test_pgbouncer.py',
];

/** What PgBouncer adds; nothing without a pooler. */
function poolerPathsOf({ pooler, infrastructure }: Answers): readonly string[] {
  if (pooler === 'none') {
    return [];
  }
  return [...pgbouncer, ...(infrastructure === 'cloudformation' ? ['deploy/cloudformation/pgbouncer.yaml'] : [])];
}

const stacks = [
  'deploy/cloudformation/data.yaml',
  'deploy/cloudformation/network.yaml',
  'deploy/cloudformation/platform.yaml',
  'deploy/cloudformation/service.yaml',
  'deploy/ecs/dbinit.json',
  'tests/test_infrastructure.py',
];

/** What mail adds; nothing without it. */
function mailPathsOf({ mail, infrastructure }: Answers): readonly string[] {
  const hasStack = mail === 'ses' && infrastructure === 'cloudformation';
  return mail === 'none' ? [] : ['tests/test_mail.py', ...(hasStack ? ['deploy/cloudformation/mail.yaml'] : [])];
}

/** What uploads add; nothing without a bucket. */
function mediaPathsOf({ media, infrastructure }: Answers): readonly string[] {
  const hasStack = infrastructure === 'cloudformation';
  return media === 'none' ? [] : ['tests/test_media.py', ...(hasStack ? ['deploy/cloudformation/media.yaml'] : [])];
}

const assets = ['package.json', 'package-lock.json', 'assets/src/site.js', 'assets/src/site.css'];

/** Every path of the repository, sorted. */
export function pathsOf(answers: Answers): readonly string[] {
  return [
    ...always,
    ...inProject.map((path) => `${answers.projectName}/${path}`),
    ...(answers.user === 'custom' ? accounts : []),
    ...runtime,
    ...forCi[answers.ci],
    ...(answers.static === 's3' ? ['deploy/cloudformation/static.yaml', 'tests/test_static.py'] : []),
    ...(answers.assets === 'node' ? assets : []),
    ...mailPathsOf(answers),
    ...mediaPathsOf(answers),
    ...(answers.errors === 'sentry' ? ['tests/test_errors.py'] : []),
    ...(answers.infrastructure === 'cloudformation' ? stacks : []),
    ...celeryPathsOf(answers),
    ...poolerPathsOf(answers),
  ].toSorted();
}
