import { join, resolve } from 'node:path';
import { declarations } from '../core/answers/declarations.ts';
import { storedSection } from '../core/answers/files.ts';
import type { CommandLine } from '../core/answers/flags.ts';
import type { Declaration } from '../core/answers/types.ts';
import { UserError } from '../core/errors.ts';
import { solve } from '../core/plan/solve.ts';
import { findRepository } from '../disk/read/findRepository.ts';
import { watchOtherRuns } from '../disk/lock/watchOtherRuns.ts';
import { ownPackage } from '../disk/package/ownPackage.ts';
import { yoRcPath } from '../disk/paths.ts';
import { planUndo } from '../disk/undo/planUndo.ts';
import { readJsonFile } from '../disk/read/readJson.ts';
import { inspectTarget } from '../disk/read/inspectTarget.ts';
import { collect } from './collect.ts';
import type { Shell } from './command.ts';
import { heedTransition, tell } from './heedTransition.ts';
import { nextOf } from './nextOf.ts';
import { openRepository } from './openRepository.ts';
import { planRun, refuseBeforeAsking } from './planRun.ts';
import { describeSizes } from './planTable.ts';
import { refuseToAsk } from './refuseToAsk.ts';
import type { NamedCommand } from './namedCommand.ts';
import { regenerate } from './regenerate.ts';
import { ownRelease } from './release.ts';
import type { Release } from './release.ts';
import { keptLockNote } from '../core/merge/outcomes/outcome.ts';
import { nextCommands, quote } from './report.ts';
import { readConflictChoice } from './settleConflicts.ts';
import { solvePrevious } from './solvePrevious.ts';
import { say } from './wrapText.ts';

/**
 * Updates a repository: for other sizes, for another version of the generator, or because it drifted.
 * @param command what it asks, and what it is for, unless an answer says otherwise
 * @param given in place of the installed version
 */
export async function resizeRepository(
  shell: Shell,
  line: CommandLine,
  command: NamedCommand,
  given?: Release,
): Promise<number> {
  const { switches, values } = line;
  readConflictChoice(line);
  if (switches.has('detailedExitcode') && !switches.has('dryRun')) {
    throw new UserError('--detailed-exitcode needs --dry-run: it reports whether something would change.');
  }
  const folder = await chooseRepository(shell, line);
  if (!switches.has('json')) shell.print(`Repository: ${folder}\n`);
  const besideOthers = await watchOtherRuns(folder);
  const unfinished = (await planUndo(folder))?.isUnfinished === true;
  if (unfinished && !switches.has('json')) {
    say(
      shell,
      'A run was interrupted here. The same answers finish it; --undo reverts it. With other answers ' +
        'its half-written files count as your edits.\n',
    );
  }
  if (switches.has('undo')) return (await import('./undoRun.ts')).undoRun(shell, line, folder, besideOthers);
  const questions = switches.has('yes') ? [] : questionsOf(line, command);
  // Without a terminal a dry run goes by the flags and the stored answers: a drift check asks nothing.
  const asks = !switches.has('yes') && !(switches.has('dryRun') && (switches.has('json') || !shell.interactive));
  if (asks) await refuseToAsk(shell, line, questions);
  const rebuildsBaseline = switches.has('rebuildBaseline');
  const release = given ?? (await ownRelease());
  const repository = await openRepository(folder, release, { rebuild: rebuildsBaseline });
  const restored = (values.get('restore') ?? '').split(',').filter((path) => path !== '');
  const options = { restored, rebuildsBaseline };
  await besideOthers(() => refuseBeforeAsking(repository, options));
  const before = solvePrevious(repository.baseline?.config ?? storedSection(repository.yoRc));
  if (asks && before !== undefined) say(shell, `Today: ${describeSizes(before)}\n`);
  const start = { yoRc: repository.yoRc, defaults: { projectName: '' }, purpose: command.purpose ?? {} };
  const collected = await collect(shell, line, start, asks ? questions : []);
  const told = heedTransition(repository, collected.answers);
  const plan = solve(collected.answers);
  tell(shell, line, told);
  const run = await besideOthers(() => planRun(repository, collected, plan, release, { restored, rebuildsBaseline }));
  const lock = run.outcomes.some(({ note }) => note === keptLockNote) ? ['make lock'] : [];
  return regenerate(shell, line, run, {
    label: `yo django-fargate:${command.name}${flagsOf(line)}`,
    before,
    question: 'Apply these changes?',
    besideOthers,
    next: [...nextCommands(shell.cwd, folder, ['git diff', ...lock, 'make test']), ...nextOf(run, before, told)],
  });
}

function questionsOf({ switches }: CommandLine, { asks }: NamedCommand): readonly Declaration[] {
  if (switches.has('askAll')) return declarations.filter(({ key }) => key !== 'projectName');
  return declarations.filter(({ key }) => asks.includes(key));
}

/** The answers that were given as flags, as typed: the label of an undo. */
function flagsOf({ answers }: CommandLine): string {
  return [...answers.values()]
    .map(({ origin, value }) => {
      if (origin.startsWith('--no-')) return ` ${origin}`;
      if (typeof value !== 'boolean') return ` ${origin} ${quote(String(value))}`;
      return ` ${value ? origin : origin.replace(/^--/, '--no-')}`;
    })
    .join('');
}

/** The repository of the current or the named folder: the nearest one upwards with a baseline. */
async function chooseRepository(shell: Shell, line: CommandLine): Promise<string> {
  const named = resolve(shell.cwd, line.folder ?? '.');
  const found = await findRepository(named);
  const isLost = found === undefined && line.switches.has('rebuildBaseline');
  if (isLost && storedSection(await readJsonFile(join(named, yoRcPath))) !== undefined) return named;
  if (found === undefined) {
    throw new UserError(
      `No repository of this generator in ${named} or above it. Name its folder, or write one with ` +
        '"yo django-fargate <folder>". If its .django-fargate/baseline.json was lost, restore it from version control, ' +
        'or name the folder and give --rebuild-baseline.',
    );
  }
  return (await inspectTarget(found, ownPackage().root)).folder;
}
