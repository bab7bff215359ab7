import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ciFeatures } from '../../core/features/ci/ciFeatures.ts';
import { root } from './paths.ts';
import { run, runOk } from './run.ts';
import type { Outcome } from './run.ts';

const bin = path.join(root, 'dist', 'bin', 'generator-django-fargate.js');

/** Runs the built generator as `npx generator-django-fargate` does. */
export function generator(args: readonly string[], cwd: string): Promise<Outcome> {
  return run(process.execPath, [bin, ...args], { cwd });
}

/** Writes a repository with the answers given as flags, and returns its folder. */
export async function emitRepository(folder: string, flags: readonly string[]): Promise<string> {
  await runOk(process.execPath, [bin, folder, '--yes', ...flags]);
  return folder;
}

/** Everything that describes a pipeline, of any provider: not what keeps the dependencies up to date. */
export const pipelineFiles: readonly string[] = Object.values(ciFeatures)
  .flatMap(({ files }) => files.map(({ path: file }) => file))
  .filter((file) => !/renovate|dependabot/u.test(file));

/** One emitted repository that several test files look at. */
export interface EmittedCase {
  readonly name: string;
  readonly flags: readonly string[];
  /** The lowest Python that its Django runs on. */
  readonly pythonMinimum: string;
  /** Which Python of the machine it is run with; each Django meets both ends where the machine has several. */
  readonly python: 'lowest' | 'highest';
  /** The files that describe its CI, as seen from the repository. */
  readonly ci: readonly string[];
}

const redis = ['--broker', 'redis', '--celery-longest-task', '600'];

const smtp = [
  ...['--mail', 'smtp', '--mail-from', 'Shop & Co <noreply@example.com>', '--server-email', 'root@example.com'],
  ...['--mail-host', 'smtp.example.com', '--mail-user', 'shop'],
];

const pgbouncer = ['--pooler', 'pgbouncer'];

export const emittedCases: readonly EmittedCase[] = [
  {
    name: 'default answers',
    flags: [],
    pythonMinimum: '3.11',
    python: 'lowest',
    ci: ['.github/workflows/ci.yml', '.github/workflows/deploy.yml'],
  },
  {
    name: 'a domain, GitLab, a worker on SQS and beat, PgBouncer, mail by SES',
    flags: [
      '--domain',
      'example.com',
      '--ci',
      'gitlab',
      '--region',
      'eu-central-1',
      '--broker',
      'sqs',
      '--beat',
      ...pgbouncer,
      ...['--mail', 'ses'],
    ],
    pythonMinimum: '3.11',
    python: 'highest',
    ci: ['.gitlab-ci.yml'],
  },
  {
    name: 'Django 6.1, Bitbucket, static files on S3, a worker on Valkey with long tasks',
    flags: [
      '--django',
      '6.1',
      '--ci',
      'bitbucket',
      '--vcpu',
      '4',
      '--rds-class',
      'db.m7g.large',
      '--static',
      's3',
      '--errors',
      'sentry',
      ...redis,
    ],
    pythonMinimum: '3.12',
    python: 'lowest',
    ci: ['bitbucket-pipelines.yml'],
  },
  {
    name: 'CodeBuild, ARM64, the smallest task, static files on S3',
    flags: ['--ci', 'codebuild', '--architecture', 'ARM64', '--vcpu', '0.25', '--static', 's3'],
    pythonMinimum: '3.11',
    python: 'lowest',
    ci: ['buildspec.yml', 'deploy/buildspec.yml'],
  },
  {
    name: 'Django 6.1, no CI, slow requests, PgBouncer, mail by SMTP',
    flags: ['--django', '6.1', '--ci', 'none', '--slowest-request', '105', ...pgbouncer, ...smtp],
    pythonMinimum: '3.12',
    python: 'highest',
    ci: [],
  },
];

let parent: string | undefined;
const emitted = new Map<string, Promise<string>>();

/** The repository of a case, written once per process; tests leave it as it is. */
export function repositoryOf(example: EmittedCase): Promise<string> {
  if (parent === undefined) {
    const folder = mkdtempSync(path.join(tmpdir(), 'emitted-'));
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
    parent = folder;
  }
  const known = emitted.get(example.name);
  if (known !== undefined) {
    return known;
  }
  const folder = path.join(mkdtempSync(path.join(parent, 'case-')), 'shop');
  const promise = emitRepository(folder, example.flags);
  emitted.set(example.name, promise);
  return promise;
}

/** The Python package of an emitted repository: the folder that holds settings/. */
export function projectOf(repository: string): string {
  const project = readdirSync(repository).find((name) => existsSync(path.join(repository, name, 'settings')));
  if (project === undefined) {
    throw new Error(`${repository} holds no Django project`);
  }
  return project;
}

export function readEmitted(repository: string, file: string): string {
  return readFileSync(path.join(repository, file), 'utf8');
}
