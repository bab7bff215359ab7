import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { Answers } from '../../../core/answers/types.ts';
import { findDjangoVersion } from '../../../core/facts/django.ts';
import { faultsOf, readRepository } from '../../generators/inspect.ts';
import { pythonsFrom } from '../../support/pythons.ts';
import type { Python } from '../../support/pythons.ts';
import { run } from '../../support/run.ts';
import { linkVenv, venvFor } from '../../support/venvs.ts';

/** The programs that look at a repository, by their names in tools.ts; one that is not given is left out. */
export interface Checkers {
  readonly pythons: readonly Python[];
  readonly make: string;
  readonly prettier?: string;
  readonly cfnLint?: string;
  /** Targets of the repository's own Makefile. */
  readonly targets: readonly string[];
}

/** The folder of the stacks in a repository. */
const stacks = path.join('deploy', 'cloudformation');

/**
 * What is wrong with a repository of these answers: texts that do not parse, and what the linters and the repository's
 * own targets of make object to. Its folder is written to.
 */
export async function faultsIn(
  folder: string,
  { django, region }: Answers,
  { pythons, make, prettier, cfnLint, targets }: Checkers,
): Promise<readonly string[]> {
  // A backup holds what the user had, and lists of our own.
  const files = [...readRepository(folder)].filter(([file]) => !file.startsWith('.django-fargate/backup/'));
  const faults = files.flatMap(([file, { text }]) => faultsOf(file, text));
  const check = async (program: string, args: readonly string[], isRight: (output: string) => boolean = () => true) => {
    const { code, output } = await run(program, args, { cwd: folder, timeoutMs: 600_000 });
    if (code !== 0 || !isRight(output)) faults.push(`${[path.basename(program), ...args].join(' ')}\n${output}`);
  };
  if (prettier !== undefined) await check(prettier, ['--check', '.']);
  if (cfnLint !== undefined && existsSync(path.join(folder, stacks))) {
    const templates = readdirSync(path.join(folder, stacks)).map((name) => path.join(stacks, name));
    await check(cfnLint, ['--regions', region, '--', ...templates]);
  }
  const [python] = pythonsFrom(pythons, findDjangoVersion(django)?.pythonMinimum ?? '');
  if (python === undefined) throw new Error(`no Python for Django ${django}`);
  const program = await venvFor(folder, python);
  linkVenv(program, folder);
  for (const target of targets) {
    await check(make, [target], (output) => target !== 'test' || hasPassed(output));
  }
  return faults;
}

/** Whether pytest ran some tests and left out none. */
function hasPassed(output: string): boolean {
  return /\b[1-9]\d* passed\b/u.test(output) && !/\b(?:warnings?|skipped|xfailed)\b/u.test(output);
}
