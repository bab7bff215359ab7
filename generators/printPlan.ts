import { basename, join, resolve } from 'node:path';
import { sizingDeclarations } from '../core/answers/declarations.ts';
import type { CommandLine } from '../core/answers/flags.ts';
import { makeProjectName } from '../core/answers/projectName.ts';
import { solve } from '../core/plan/solve.ts';
import { findRepository } from '../disk/read/findRepository.ts';
import { yoRcPath } from '../disk/paths.ts';
import { readJsonFile } from '../disk/read/readJson.ts';
import { collect } from './collect.ts';
import type { Shell } from './command.ts';

/** Prints the plan of a repository, or of the flags alone. */
export async function printPlan(shell: Shell, line: CommandLine): Promise<number> {
  const named = resolve(shell.cwd, line.folder ?? '.');
  const repository = await findRepository(named);
  const folder = repository ?? named;
  const asks = line.switches.has('askAll') && shell.interactive && !line.switches.has('yes');
  const yoRc = await readJsonFile(join(folder, yoRcPath));
  const start = { yoRc, defaults: { projectName: makeProjectName(basename(folder)) } };
  const { answers } = await collect(shell, line, start, asks ? sizingDeclarations : []);
  const plan = solve(answers);
  if (line.switches.has('json')) {
    shell.print(JSON.stringify({ answers, plan }, undefined, 2));
    return 0;
  }
  if (repository !== undefined) {
    shell.print(`Repository: ${repository}\n`);
  }
  const { showPlan } = await import('./planTable.ts');
  shell.print(showPlan(plan, shell.columns));
  return 0;
}
