import { basename, relative, resolve } from 'node:path';
import { declarations } from '../core/answers/declarations.ts';
import type { CommandLine } from '../core/answers/flags.ts';
import { makeProjectName, parseProjectName } from '../core/answers/projectName.ts';
import { UserError } from '../core/errors.ts';
import { solve } from '../core/plan/solve.ts';
import { findDjangoProject } from '../disk/findDjangoProject.ts';
import { findRepository } from '../disk/findRepository.ts';
import { ownPackage } from '../disk/ownPackage.ts';
import { inspectTarget } from '../disk/target.ts';
import { collect } from './collect.ts';
import type { Shell } from './command.ts';
import { openRepository } from './openRepository.ts';
import { planRun } from './planRun.ts';
import { refuseToAsk } from './refuseToAsk.ts';
import { regenerate } from './regenerate.ts';
import { ownRelease } from './release.ts';
import { nextCommands } from './report.ts';
import { solvePrevious } from './solvePrevious.ts';

/** The main job: answers, plan, whole repository, one confirmation, all or nothing. */
export async function writeRepository(shell: Shell, line: CommandLine): Promise<number> {
  const unattended = line.switches.has('yes');
  const questions = declarations.filter(({ asked }) => asked || line.switches.has('askAll'));
  if (!unattended) await refuseToAsk(shell, line, questions);
  const folder = await chooseFolder(shell, line);
  const release = await ownRelease();
  const repository = await openRepository(folder, release);
  const django = repository.baseline === undefined ? await findDjangoProject(folder) : undefined;
  if (django !== undefined && !line.switches.has('json')) {
    shell.print(
      `A Django project (settings ${django.settings}): what you have is kept, and what is missing is added.\n`,
    );
  }
  const start = { yoRc: repository.yoRc, defaults: { projectName: proposeName(folder, django?.package) } };
  const collected = await collect(shell, line, start, unattended ? [] : questions);
  const plan = solve(collected.answers);
  const run = await planRun(repository, collected, plan, release, { restored: [], rebuildsBaseline: false });
  return regenerate(shell, line, run, {
    label: 'yo django-fargate',
    before: solvePrevious(repository.baseline?.config),
    question: 'Write these files?',
    ...(django === undefined ? {} : { unasked: () => 'adopt' as const }),
    next: nextCommands(shell.cwd, folder, ['make dev', 'make test', 'docker compose up']),
  });
}

/** A project that is there keeps its name, where the name will do. */
function proposeName(folder: string, found: string | undefined): string {
  const isUsable = found !== undefined && 'value' in parseProjectName(found);
  return isUsable ? found : makeProjectName(found ?? basename(folder));
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
      `${repository} is a repository of this generator already. Name a folder: another one, or "." to mean this one; ` +
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
