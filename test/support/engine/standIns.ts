import { createHash } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeMajor } from '../../../core/facts/node.ts';
import { pythonDefault } from '../../../core/facts/python.ts';
import { run, runOk } from '../run.ts';
import type { Python } from '../pythons.ts';
import { mirror } from '../debian.ts';
import { foundTools } from '../tools.ts';
import { engineFolder, release } from './folders.ts';

const recipes = fileURLToPath(new URL('images/', import.meta.url));
const recipeLabel = 'stand-in.recipe';

/** What python:<version>-slim has beyond minbase, and the libraries that a CPython of pyenv's or uv's is linked with. */
const included = [
  ...['ca-certificates', 'netbase', 'tzdata'],
  ...['libbz2-1.0', 'libexpat1', 'libffi8', 'liblzma5', 'libncursesw6', 'libreadline8t64', 'libsqlite3-0'],
  ...['libssl3t64', 'libuuid1', 'zlib1g'],
];

/** The root file system of the stand-ins as a tar file, made from Debian's packages. */
export async function makeRootFileSystem(): Promise<string> {
  const options = [
    ...['--format=tar', '--variant=minbase', '--dpkgopt=force-unsafe-io', '--aptopt=Acquire::Languages "none"'],
    ...['doc', 'man', 'locale'].map((folder) => `--dpkgopt=path-exclude=/usr/share/${folder}/*`),
    `--include=${included.join(',')}`,
  ];
  const file = path.join(engineFolder, `rootfs-${hashOf(...options)}.tar`);
  if (!existsSync(file)) {
    const part = path.join(engineFolder, 'rootfs.part.tar');
    rmSync(part, { force: true });
    await runOk('mmdebstrap', ['--quiet', ...options, release, part, `deb ${await mirror()} ${release} main`]);
    renameSync(part, file);
  }
  return file;
}

/** The machine's CPythons that can be moved into an image: those that stand in a folder of their own. */
export function movable(pythons: readonly Python[]): readonly Python[] {
  return pythons.filter(({ path: program, version }) => {
    const prefix = path.dirname(path.dirname(program));
    const bundled = path.join(prefix, 'lib', `python${version}`, 'ensurepip', '_bundled');
    return prefix !== '/usr' && existsSync(bundled) && readdirSync(bundled).length > 0;
  });
}

/** The Debian releases whose Python stands in where the machine has no CPython of that version. */
const debianReleases: Readonly<Record<string, string>> = { '3.13': release, '3.14': 'forky', '3.15': 'forky' };

/** The versions of these that Debian has. */
export function inDebian(versions: readonly string[]): readonly string[] {
  return versions.filter((version) => version in debianReleases);
}

/**
 * Builds the stand-ins in the engine of `env`: python:<version>-slim of each given CPython and of each of Debian's
 * Pythons, and postgres:17. One that an earlier run built from the same recipe stays.
 */
export async function buildStandIns(
  env: NodeJS.ProcessEnv,
  rootFileSystem: string,
  pythons: readonly Python[],
  fromDebian: readonly string[],
): Promise<void> {
  const builder = new Builder(env);
  try {
    await builder.build('stand-in:slim', 'slim', [rootFileSystem], async (folder) => {
      copyFileSync(rootFileSystem, path.join(folder, 'rootfs.tar'));
      writeCertificates(folder);
    });
    const builds = pythons.map((python) =>
      builder.build(
        `python:${python.version}-slim`,
        'python',
        [python.path, python.version, 'headers'],
        async (folder) => {
          await packPython(python, path.join(folder, 'python.tar'));
          return ['--build-arg', `PYTHON=${python.version}`];
        },
      ),
    );
    builds.push(
      ...fromDebian.map((version) => {
        const named = [version, debianReleases[version] ?? ''] as const;
        return builder.build(`python:${version}-slim`, 'python-debian', named, async () =>
          ['PYTHON', 'RELEASE'].flatMap((name, index) => ['--build-arg', `${name}=${named[index]}`]),
        );
      }),
      builder.build('postgres:17', 'postgres', ['postgres-entrypoint.sh'], async (folder) => {
        copyFileSync(path.join(recipes, 'postgres-entrypoint.sh'), path.join(folder, 'postgres-entrypoint.sh'));
      }),
    );
    const node = nodeFiles();
    if (node !== undefined) {
      builds.push(
        builder.build(`node:${nodeMajor}-slim`, 'node', [node.program, node.npm], async (folder) => {
          copyFileSync(node.program, path.join(folder, 'node'));
          cpSync(node.npm, path.join(folder, 'npm'), { recursive: true });
        }),
      );
    }
    await Promise.all(builds);
    // The same Debian by its name, which PgBouncer's image asks for.
    const [plain, named] = [`python:${pythonDefault}-slim`, `python:${pythonDefault}-slim-${release}`];
    await runOk('docker', ['tag', plain, named], { env });
  } finally {
    builder.remove();
  }
}

class Builder {
  readonly #env: NodeJS.ProcessEnv;
  readonly #folder = path.join(engineFolder, 'contexts');
  /** Images in the order they are built upon each other: another root file system changes all. */
  #base = '';

  constructor(env: NodeJS.ProcessEnv) {
    this.#env = env;
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Builds images/<recipe>.Dockerfile unless an image of the same recipe and inputs is there. */
  async build(
    image: string,
    recipe: string,
    inputs: readonly string[] = [],
    fill: (folder: string) => Promise<readonly string[] | void> = async () => {},
  ): Promise<void> {
    const dockerfile = readFileSync(path.join(recipes, `${recipe}.Dockerfile`), 'utf8');
    const texts = inputs.map((input) =>
      input.endsWith('.sh') ? readFileSync(path.join(recipes, input), 'utf8') : input,
    );
    const hash = hashOf(this.#base, dockerfile, ...texts);
    this.#base ||= hash;
    const inspect = ['image', 'inspect', '--format', `{{index .Config.Labels "${recipeLabel}"}}`, image];
    const { code, stdout } = await run('docker', inspect, { env: this.#env });
    if (code === 0 && stdout.trim() === hash) {
      return;
    }
    const folder = path.join(this.#folder, image.replaceAll(/\W/gu, '-'));
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'Dockerfile'), dockerfile);
    const flags = (await fill(folder)) ?? [];
    const build = ['build', '--network=host', '--progress=plain', `--label=${recipeLabel}=${hash}`, ...flags];
    await runOk('docker', [...build, '--tag', image, folder], { env: this.#env });
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** A Node.js of the tests' own, and the npm of the one that runs them; undefined where either is missing. */
export function nodeFiles(): { readonly program: string; readonly npm: string } | undefined {
  const tool = foundTools()[`node${nodeMajor}`];
  const npm = path.join(path.dirname(path.dirname(process.execPath)), 'lib', 'node_modules', 'npm');
  return tool === undefined || 'missing' in tool || !existsSync(npm) ? undefined : { program: tool.path, npm };
}

/** The certificate authorities that were added to this machine, and a pip.conf for pips that bring a list of their own. */
function writeCertificates(folder: string): void {
  const source = '/usr/local/share/ca-certificates';
  const target = path.join(folder, 'ca');
  mkdirSync(target);
  const added = existsSync(source) ? readdirSync(source).filter((name) => name.endsWith('.crt')) : [];
  for (const name of added) {
    copyFileSync(path.join(source, name), path.join(target, name));
  }
  writeFileSync(path.join(folder, 'pip.conf'), '[global]\ncert = /etc/ssl/certs/ca-certificates.crt\n');
}

/** The interpreter, its library and the standard library: no packages that were installed, no tests, no Tk. */
async function packPython({ path: program, version }: Python, file: string): Promise<void> {
  const prefix = path.dirname(path.dirname(program));
  const excluded = ['__pycache__', '*.a', 'site-packages/*', 'test', 'idlelib', 'tkinter', '_tkinter*'];
  const shared = readdirSync(path.join(prefix, 'lib'))
    .filter((name) => name.startsWith(`libpython${version}.so`))
    .map((name) => `lib/${name}`);
  const options = ['--create', '--file', file, '--directory', prefix, '--owner=0', '--group=0'];
  // Headers, as in the official image: packages in C are built against them.
  const contents = [`bin/python${version}`, ...shared, `lib/python${version}`, `include/python${version}`];
  await runOk('tar', [...options, ...excluded.map((pattern) => `--exclude=${pattern}`), ...contents]);
}

function hashOf(...texts: readonly string[]): string {
  return createHash('sha256').update(texts.join('\n')).digest('hex').slice(0, 16);
}
