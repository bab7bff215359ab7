import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Skippable } from './need.ts';
import { needPython } from './need.ts';
import { root } from './paths.ts';
import type { Python } from './pythons.ts';
import { renderText } from './renderText.ts';
import { venvFor } from './venvs.ts';

/** The plain Python that every repository gets, with its tests. */
export const runtimeFolder = path.join(root, 'runtime');

/** One environment that tests of the runtime are run in. */
export interface RuntimeCase {
  readonly name: string;
  /** Which folder of runtime/tests. */
  readonly tests: 'app' | 'release';
  readonly django: '5.2' | '6.1';
  /** The lowest Python that it is for. */
  readonly pythonMinimum: string;
  readonly which: 'lowest' | 'highest';
}

/** What the service imports on both ends of each Django; the release program, which needs none, on both ends of Python. */
export const runtimeCases: readonly RuntimeCase[] = (['lowest', 'highest'] as const).flatMap((which) => [
  { name: `Django 5.2, the ${which} Python`, tests: 'app', django: '5.2', pythonMinimum: '3.11', which },
  { name: `Django 6.1, the ${which} Python`, tests: 'app', django: '6.1', pythonMinimum: '3.12', which },
  { name: `no Django, the ${which} Python`, tests: 'release', django: '5.2', pythonMinimum: '3.11', which },
]);

/** What pytest is made of, in a lock. */
const pytest = /^(?:colorama|iniconfig|packaging|pluggy|pygments|pytest)==/u;

/**
 * A virtual environment for a case, with the versions that a repository pins.
 *
 * @returns its python
 */
export async function venvOf(context: Skippable, example: RuntimeCase): Promise<string> {
  const python = await needPython(context, example.pythonMinimum, example.which);
  const files = await renderText({
    django: example.django,
    broker: 'redis',
    celeryLongestTaskSeconds: 600,
    mail: 'ses',
    mailFrom: 'a@example.com',
    errors: 'sentry',
  });
  const textOf = (file: string) => files.get(file) ?? '';
  const dev = textOf('requirements-dev.txt');
  return example.tests === 'app'
    ? venvWith(python, textOf('requirements.txt'), dev)
    : venvWith(
        python,
        textOf('deploy/requirements.txt'),
        blocksOf(dev)
          .filter((block) => pytest.test(block))
          .join(''),
      );
}

/** The packages of a lock, each with the lines of its hashes. */
function blocksOf(lock: string): readonly string[] {
  return lock.match(/^[a-z].*\n(?: .*\n)*/gmu) ?? [];
}

async function venvWith(python: Python, requirements: string, dev: string): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'requirements-'));
  try {
    writeFileSync(path.join(folder, 'requirements.txt'), requirements);
    writeFileSync(path.join(folder, 'requirements-dev.txt'), dev);
    return await venvFor(folder, python);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
