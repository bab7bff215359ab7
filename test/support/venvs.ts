import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cache } from './paths.ts';
import type { Python } from './pythons.ts';
import { runOk } from './run.ts';
import { foundTools } from './tools.ts';

const files = ['requirements.txt', 'requirements-dev.txt'] as const;
const folder = path.join(cache, 'venvs');
const made = new Map<string, Promise<string>>();

/**
 * A virtual environment with the pinned requirements of an emitted repository, its hashes checked. It is kept in
 * .cache/venvs under a hash of the requirements and the Python, so that cases share one and later runs find it.
 *
 * @param variables with which packages from elsewhere are found
 * @returns the path of its python
 */
export function venvFor(repository: string, python: Python, variables: NodeJS.ProcessEnv = {}): Promise<string> {
  const hash = createHash('sha256').update(`${python.path}\n${python.version}\n`);
  for (const file of files) {
    hash.update(readFileSync(path.join(repository, file)));
  }
  const venv = path.join(folder, `${python.version}-${hash.digest('hex').slice(0, 16)}`);
  const known = made.get(venv) ?? make(venv, repository, python, variables);
  made.set(venv, known);
  return known;
}

/** Lets a repository's .venv be one that {@link venvFor} made, as after `make install`. */
export function linkVenv(python: string, repository: string): void {
  const venv = path.dirname(path.dirname(python));
  const folderOf = path.join(repository, '.venv');
  mkdirSync(folderOf);
  for (const name of ['bin', 'lib']) {
    symlinkSync(path.join(venv, name), path.join(folderOf, name));
  }
  copyFileSync(path.join(venv, 'pyvenv.cfg'), path.join(folderOf, 'pyvenv.cfg'));
  writeFileSync(path.join(folderOf, '.installed'), '');
}

async function make(venv: string, repository: string, python: Python, variables: NodeJS.ProcessEnv): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const program = path.join(venv, 'bin', 'python');
  const stamp = path.join(venv, '.complete');
  const unlock = await lock(`${venv}.lock`);
  try {
    if (!existsSync(stamp)) {
      await install(venv, repository, python, variables);
      writeFileSync(stamp, '');
    }
  } finally {
    unlock();
  }
  return program;
}

/**
 * uv does in seconds what takes pip half a minute. Where it is missing, or does not find the packages where pip is
 * configured to, pip does it.
 */
async function install(venv: string, repository: string, python: Python, variables: NodeJS.ProcessEnv): Promise<void> {
  const program = path.join(venv, 'bin', 'python');
  const requirements = ['--quiet', '--require-hashes', ...files.flatMap((file) => ['-r', file])];
  const withPip = async () => {
    rmSync(venv, { recursive: true, force: true });
    await runOk(python.path, ['-m', 'venv', venv]);
    const pip = ['-m', 'pip', 'install', '--disable-pip-version-check'];
    await runOk(program, [...pip, ...requirements], { cwd: repository });
  };
  const tool = foundTools()['uv'];
  if (tool === undefined || 'missing' in tool) {
    return withPip();
  }
  const env = { ...process.env, ...variables, UV_NO_CONFIG: '1' };
  const withUv = async () => {
    // With pip in it, and compiled: most tests run Python without leave to write bytecode.
    await runOk(tool.path, ['venv', '--quiet', '--clear', '--seed', '--python', python.path, venv], { env });
    const args = ['pip', 'install', '--compile-bytecode', '--python', program];
    // A package from Git has a commit and no hash; uv verifies the others' all the same.
    const hasCommits = files.some((file) => readFileSync(path.join(repository, file), 'utf8').includes(' @ git+'));
    const chosen = hasCommits ? requirements.filter((word) => word !== '--require-hashes') : requirements;
    await runOk(tool.path, [...args, ...chosen], { cwd: repository, env });
  };
  return withUv().catch(withPip);
}

/** Only one process makes a virtual environment; others wait. The lock of a process that is gone does not hold. */
async function lock(file: string): Promise<() => void> {
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
        throw error;
      }
    }
    if (!isAlive(file)) {
      rmSync(file, { force: true });
    }
    await sleep(200);
  }
}

function isAlive(lockFile: string): boolean {
  try {
    const pid = Number(readFileSync(lockFile, 'utf8'));
    // Between creation and writing the file is empty: its owner is alive.
    return pid === 0 || process.kill(pid, 0);
  } catch {
    return false;
  }
}
