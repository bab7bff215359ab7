import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { run } from './run.ts';

export interface Python {
  readonly path: string;
  /** Major and minor, such as `3.13`. */
  readonly version: string;
}

/** Oldest and newest Python that is looked for: what the supported Django versions run on. */
const minors = [11, 12, 13, 14, 15];

/** Every usable Python 3.11 or newer of this machine, one per minor version, lowest first. Usable: it can make a venv. */
export async function findPythons(): Promise<readonly Python[]> {
  const found = new Map<string, Python>();
  for (const candidate of candidates()) {
    // The program itself: the candidate may be a shim, which needs a shell and a version manager around it.
    const probe = 'import sys, venv, ensurepip; print("%d.%d" % sys.version_info[:2], sys.executable)';
    const outcome = await run(candidate, ['-c', probe]).catch(() => undefined);
    const [, version, executable] = /^(\d\.\d+) (.+)\n$/u.exec(outcome?.code === 0 ? outcome.stdout : '') ?? [];
    if (version === undefined || executable === undefined || found.has(version)) {
      continue;
    }
    if (minors.some((minor) => version === `3.${minor}`)) {
      found.set(version, { path: executable, version });
    }
  }
  return [...found.values()].toSorted((a, b) => minorOf(a) - minorOf(b));
}

function candidates(): readonly string[] {
  const names = ['python3', ...minors.map((minor) => `python3.${minor}`)];
  // On Debian /bin is /usr/bin.
  const folders = (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .filter((folder) => existsSync(folder))
    .map((folder) => realpathSync(folder));
  const onPath = [...new Set(folders)].flatMap((folder) => names.map((name) => path.join(folder, name)));
  const versions = path.join(homedir(), '.pyenv', 'versions');
  const pyenv = existsSync(versions)
    ? readdirSync(versions).map((version) => path.join(versions, version, 'bin', 'python3'))
    : [];
  return [...onPath, ...pyenv].filter((file) => existsSync(file));
}

function minorOf(python: Python): number {
  return Number(python.version.split('.')[1]);
}

/** Those that are at least `minimum`, such as `3.12`, lowest first. */
export function pythonsFrom(pythons: readonly Python[], minimum: string): readonly Python[] {
  return pythons.filter((python) => minorOf(python) >= Number(minimum.split('.')[1]));
}
