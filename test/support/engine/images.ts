import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findDjangoVersion } from '../../../core/facts/django.ts';
import { isOlderPython, pythonDefault } from '../../../core/facts/python.ts';
import { emitRepository } from '../emit.ts';
import type { skip } from '../need.ts';
import { docker } from './engine.ts';
import type { Engine } from './engine.ts';
import { makeNetwork, removeContainers } from './container.ts';
import { atEnd, needEngine } from './needEngine.ts';

/** An image that the emitted Dockerfile was built to, unchanged. */
export interface Image {
  /** For messages, such as `Django 5.2 on Python 3.13`. */
  readonly name: string;
  readonly tag: string;
  readonly python: string;
  readonly gitSha: string;
  /** The emitted repository, with planted secrets beside what was emitted. */
  readonly repository: string;
}

/** The package of the emitted project. Its images are named after it: no user has any of that name. */
export const project = 'fargate_image_test';
export const repositoryName = project.replaceAll('_', '-');

/** Marks what is built here, so that it can be removed when it has lost its tag. */
const label = repositoryName;

const repositories = [
  { django: '5.2', flags: [] },
  { django: '6.1', flags: ['--domain', 'example.com', '--vcpu', '1', '--ci', 'gitlab'] },
] as const;

/** Files that people keep beside their code. Each holds a secret that must not get into an image. */
const secretFiles = [
  '.env',
  '.env.production',
  '.git/config',
  '.venv/pyvenv.cfg',
  'db.sqlite3',
  'db.sqlite3-journal',
  'media/upload.txt',
  `${project}/.env.local`,
  `${project}/settings/__pycache__/local.cpython-313.pyc`,
] as const;

/** Variables of the shell in which `docker build` runs. */
const secretVariables = ['SECRET_KEY', 'DATABASE_URL', 'DB_PASSWORD', 'AWS_SECRET_ACCESS_KEY'] as const;

const canary = (name: string) => `canary-6f1d9a-${name.replaceAll(/\W/gu, '-')}`;

/** Every planted secret. */
export const secrets: readonly string[] = [...secretFiles, ...secretVariables].map(canary);

/** Whether a Django can be chosen together with a Python. */
function runsOn(django: string, python: string): boolean {
  const maximum = findDjangoVersion(django)?.pythonMaximum;
  return maximum !== undefined && !isOlderPython(maximum, python);
}

/**
 * The default Python with every Django, an older one with the first, a newer one with the last. That the others install
 * and pass is shown without an image: newest.test.ts, and test/emitted on the lowest Python.
 */
function isTried(django: string, python: string): boolean {
  const [first] = repositories;
  return python === pythonDefault || (django === first.django) === isOlderPython(python, pythonDefault);
}

let built: Promise<readonly Image[]> | undefined;

/** Images of every supported Django and of every Python that the engine has, built once per process. */
export async function needImages(
  context: Parameters<typeof skip>[0],
): Promise<{ readonly engine: Engine; readonly images: readonly [Image, ...Image[]] }> {
  const engine = await needEngine(context);
  built ??= buildAll(engine);
  const [first, ...others] = await built;
  if (first === undefined) {
    throw new Error('no image was built');
  }
  return { engine, images: [first, ...others] };
}

async function buildAll(engine: Engine): Promise<readonly Image[]> {
  const parent = mkdtempSync(path.join(tmpdir(), 'images-'));
  atEnd(async () => rmSync(parent, { recursive: true }));
  // The engine may be the user's, and a run that was killed may have left something behind.
  await removeContainers(engine);
  atEnd(async () => {
    await removeContainers(engine);
    await removeImages(engine);
  });
  await makeNetwork(engine);
  const cases = await Promise.all(
    repositories.map(async ({ django, flags }) => {
      const repository = path.join(parent, `django-${django}`);
      await emitRepository(repository, ['--project-name', project, '--django', django, ...flags]);
      plantSecrets(repository);
      return { django, repository };
    }),
  );
  // The default Python first: it is the one that the Dockerfile names.
  const pythons = engine.pythons.toSorted(
    (one, other) => Number(other === pythonDefault) - Number(one === pythonDefault),
  );
  const images = pythons.flatMap((python) =>
    cases
      .filter(({ django }) => runsOn(django, python) && isTried(django, python))
      .map(({ django, repository }) => ({
        name: `Django ${django} on Python ${python}`,
        tag: `${repositoryName}:django-${django}-python-${python}`,
        python,
        gitSha: `sha-of-${django}-${python}`,
        repository,
      })),
  );
  // One after another: all at once they would take the cores from the parts that run beside, and no less time.
  for (const image of images) {
    await build(engine, image);
  }
  return images;
}

function plantSecrets(repository: string): void {
  for (const file of secretFiles) {
    mkdirSync(path.dirname(path.join(repository, file)), { recursive: true });
    writeFileSync(path.join(repository, file), `SECRET=${canary(file)}\n`, { flag: 'wx' });
  }
}

/** `docker build` of the image's repository, or of another folder; returns BuildKit's log. */
export async function build(engine: Engine, image: Omit<Image, 'name'>, context = image.repository): Promise<string> {
  const values = { PYTHON_VERSION: image.python, GIT_SHA: image.gitSha };
  const buildArguments = Object.entries(values).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]);
  const marks = ['--label', label, '--tag', image.tag];
  const args = ['build', ...engine.buildFlags, '--progress=plain', ...buildArguments, ...marks, context];
  const env = Object.fromEntries(secretVariables.map((name) => [name, canary(name)]));
  const { code, output } = await docker(engine, args, { env });
  if (code !== 0) {
    throw new Error(`docker ${args.join(' ')}: exit ${code}\n${output}`);
  }
  return output;
}

/** Builds an image upon another one, from lines of a Dockerfile and no context, and returns its tag. */
export async function derive(engine: Engine, image: Image, name: string, lines: readonly string[]): Promise<string> {
  const tag = `${image.tag}-${name}`;
  const input = [`FROM ${image.tag}`, ...lines, ''].join('\n');
  const { code, output } = await docker(engine, ['build', ...engine.buildFlags, '--tag', tag, '-'], { input });
  if (code !== 0) {
    throw new Error(`docker build of ${name}: exit ${code}\n${output}`);
  }
  return tag;
}

/** Removes every image of the tests; the build cache stays. */
async function removeImages(engine: Engine): Promise<void> {
  const { stdout } = await docker(engine, ['image', 'ls', '--format', '{{.Repository}}:{{.Tag}}', repositoryName]);
  const tags = stdout.split('\n').filter((tag) => tag !== '');
  if (tags.length > 0) {
    await docker(engine, ['image', 'rm', ...tags]);
  }
  await docker(engine, ['image', 'prune', '--force', '--filter', `label=${label}`]);
}
