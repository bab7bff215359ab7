import { resolve } from 'node:path';
import { sizingDeclarations } from '../core/answers/declarations.ts';
import type { CommandLine } from '../core/answers/flags.ts';
import { solve } from '../core/plan/solve.ts';
import { findRepository } from '../disk/findRepository.ts';
import { collect } from './collect.ts';
import type { Shell } from './command.ts';

/** Prints the plan of a repository, or of the flags alone. */
export async function printPlan(shell: Shell, line: CommandLine): Promise<number> {
  const start = resolve(shell.cwd, line.folder ?? '.');
  const repository = await findRepository(start);
  const folder = repository ?? start;
  const asks = line.switches.has('askAll') && shell.interactive && !line.switches.has('yes');
  const { answers } = await collect(shell, line, folder, asks ? sizingDeclarations : []);
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
