import { basename, relative, resolve } from 'node:path';
import { declarations } from '../core/answers/declarations.ts';
import { findCommandName } from '../core/answers/commandNames.ts';
import type { CommandLine } from '../core/answers/flags.ts';
import { makeProjectName } from '../core/answers/projectName.ts';
import { UserError } from '../core/errors.ts';
import { solve } from '../core/plan/solve.ts';
import { findRepository } from '../disk/read/findRepository.ts';
import { isFree } from '../disk/read/isFree.ts';
import { watchOtherRuns } from '../disk/lock/watchOtherRuns.ts';
import { ownPackage } from '../disk/package/ownPackage.ts';
import { inspectTarget } from '../disk/read/inspectTarget.ts';
import { collect } from './collect.ts';
import type { Shell } from './command.ts';
import { heedTransition, tell } from './heedTransition.ts';
import { nextOf } from './nextOf.ts';
import { openRepository } from './openRepository.ts';
import { planRun } from './planRun.ts';
import { refuseDjangoProject } from './refuseDjangoProject.ts';
import { refuseToAsk } from './refuseToAsk.ts';
import { regenerate } from './regenerate.ts';
import { ownRelease } from './release.ts';
import { nextCommands } from './report.ts';
import { readConflictChoice } from './settleConflicts.ts';
import { solvePrevious } from './solvePrevious.ts';

/** The main task: answers, plan, whole repository, one confirmation, all or nothing. */
export async function writeRepository(shell: Shell, line: CommandLine): Promise<number> {
  if (line.folder !== undefined) await refuseMisspelt(shell.cwd, line.folder);
  readConflictChoice(line);
  const unattended = line.switches.has('yes');
  const questions = declarations.filter(({ asked }) => asked || line.switches.has('askAll'));
  if (!unattended) await refuseToAsk(shell, line, questions);
  const folder = await chooseFolder(shell, line);
  const besideOthers = await watchOtherRuns(folder);
  const release = await ownRelease();
  const repository = await openRepository(folder, release);
  await besideOthers(() => refuseDjangoProject(shell.cwd, repository));
  const start = { yoRc: repository.yoRc, defaults: { projectName: makeProjectName(basename(folder)) } };
  const collected = await collect(shell, line, start, unattended ? [] : questions);
  const isNew = repository.baseline === undefined;
  const told = isNew ? [] : heedTransition(repository, collected.answers);
  const plan = solve(collected.answers);
  tell(shell, line, told);
  const before = solvePrevious(repository.baseline?.config);
  const run = await besideOthers(() =>
    planRun(repository, collected, plan, release, { restored: [], rebuildsBaseline: false }),
  );
  return regenerate(shell, line, run, {
    label: 'yo django-fargate',
    before,
    question: 'Write these files?',
    besideOthers,
    next: [
      ...nextCommands(shell.cwd, folder, ['make dev', 'make test', 'docker compose up']),
      ...(isNew ? [] : nextOf(run, before, told)),
    ],
  });
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
      `${repository} is already a repository of this generator. Name another folder, or "." for this one; ` +
        'yo django-fargate:resize changes its sizes.',
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

/**
 * A word that is no folder yet and looks like a command is hardly the name of a new repository.
 *
 * @throws UserError that names the command
 */
async function refuseMisspelt(cwd: string, word: string): Promise<void> {
  const name = findCommandName(word);
  if (name === undefined || !(await isFree(resolve(cwd, word)))) return;
  const [yo, bin] = ['django-fargate', 'generator-django-fargate'];
  const command = name.startsWith('--')
    ? `yo ${yo} ${name} (without yo: npx ${bin} ${name})`
    : `yo ${yo}:${name} (without yo: npx ${bin} ${name})`;
  throw new UserError(
    `${word} is neither a command nor an existing folder; nothing was written. Did you mean ${command}? ` +
      `To write a repository into a new folder of that name, give ./${word}.`,
  );
}
