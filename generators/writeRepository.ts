import { relative, resolve } from 'node:path';
import { declarations } from '../core/answers/declarations.ts';
import type { CommandLine } from '../core/answers/flags.ts';
import type { Declaration } from '../core/answers/types.ts';
import { UserError } from '../core/errors.ts';
import { solve } from '../core/plan/solve.ts';
import { applyChanges } from '../disk/apply.ts';
import { planChanges } from '../disk/changes.ts';
import { findRepository } from '../disk/findRepository.ts';
import { ownPackage } from '../disk/ownPackage.ts';
import { refuseConflicts } from '../disk/refuseConflicts.ts';
import { inspectTarget } from '../disk/target.ts';
import { collect, missing, strongDoors } from './collect.ts';
import type { Shell } from './command.ts';
import { renderRepository } from './renderRepository.ts';
import { conclude, nextCommands, showChanges } from './report.ts';

/** The main job: answers, plan, whole repository, one confirmation, all or nothing. */
export async function writeRepository(shell: Shell, line: CommandLine): Promise<number> {
  const unattended = line.switches.has('yes');
  const isJson = line.switches.has('json');
  const questions = declarations.filter(({ asked }) => asked || line.switches.has('askAll'));
  if (!unattended && (isJson || !shell.interactive)) {
    refuseToAsk(isJson, missing(questions, await strongDoors(shell, line)));
  }
  const folder = await chooseFolder(shell, line);
  const collected = await collect(shell, line, folder, unattended ? [] : questions);
  const plan = solve(collected.answers);
  const changes = await planChanges(folder, await renderRepository(folder, collected, plan));
  const isDryRun = line.switches.has('dryRun');
  if (!isJson) {
    const { showPlan } = await import('./planTable.ts');
    shell.print(`${showPlan(plan, shell.columns)}\n`);
    shell.print(showChanges(folder, changes));
  }
  refuseConflicts(folder, changes);
  const writes = changes.some(({ kind }) => kind !== 'same');
  const applies = !isDryRun && (!writes || unattended || (await confirm(shell)));
  // Also when there is nothing to write: a run that was killed may have left its lock and its journal.
  const { leftovers } = applies ? await applyChanges(folder, changes) : { leftovers: [] };
  const next = nextCommands(shell.cwd, folder);
  if (isJson) {
    const listed = changes.map(({ path, kind }) => ({ path, kind }));
    shell.print(
      JSON.stringify(
        { folder, written: applies && writes, answers: collected.answers, plan, changes: listed, next },
        undefined,
        2,
      ),
    );
  } else {
    shell.print(conclude({ isDryRun, writes, applies, next, leftovers }));
  }
  return 0;
}

function refuseToAsk(isJson: boolean, questions: readonly Declaration[]): never {
  const reason = isJson ? '--json asks nothing.' : 'There is no terminal to ask on.';
  const flags = questions.map(({ flag }) => `--${flag}`).join(', ');
  const names = flags === '' ? '' : ` Not given: ${flags}.`;
  throw new UserError(`${reason}${names} Give --yes to take the defaults for what is not given.`);
}

/** The folder of the repository: never our own package, and never silently an existing repository. */
async function chooseFolder(shell: Shell, line: CommandLine): Promise<string> {
  const { root } = ownPackage();
  const cwd = resolve(shell.cwd);
  if (line.folder !== undefined) {
    return (await inspectTarget(resolve(cwd, line.folder), root)).folder;
  }
  const repository = await findRepository(cwd);
  if (repository !== undefined) {
    throw new UserError(
      `${repository} is a repository of this generator already. Name a folder: another one, or "." to mean this one.`,
    );
  }
  const inPackage = !relative(root, cwd).startsWith('..');
  if (inPackage && shell.interactive) {
    const answer = await shell.ask({
      name: 'folder',
      type: 'input',
      message: 'Folder to write the repository to',
      default: '../shop',
    });
    return (await inspectTarget(resolve(cwd, String(answer)), root)).folder;
  }
  return (await inspectTarget(cwd, root)).folder;
}

async function confirm(shell: Shell): Promise<boolean> {
  return (
    (await shell.ask({ name: 'confirmed', type: 'confirm', message: 'Write these files?', default: true })) === true
  );
}
