import type { CommandLine } from '../core/answers/flags.ts';
import { exitCodes, UserError } from '../core/errors.ts';
import { applyChanges } from '../disk/apply/applyChanges.ts';
import { planChanges } from '../disk/changes/planChanges.ts';
import type { Changes } from '../disk/changes/planChanges.ts';
import type { BesideOthers } from '../disk/lock/watchOtherRuns.ts';
import { absolute, backupFolder } from '../disk/paths.ts';
import { planUndo } from '../disk/undo/planUndo.ts';
import type { PlannedUndo } from '../disk/undo/planUndo.ts';
import { refuseChanged } from '../disk/changes/refuseChanged.ts';
import { stoppedIdle } from '../disk/undo/stoppedIdle.ts';
import type { Shell } from './command.ts';
import { refuseToAsk } from './refuseToAsk.ts';

/** What undoing the last run would do. */
async function planWhole(folder: string): Promise<{ readonly undo: PlannedUndo; readonly changes: Changes }> {
  const undo = await planUndo(folder);
  if (undo === undefined) {
    throw new UserError(`There is no run to undo in ${folder}: the last three are kept, and each can be undone once.`);
  }
  if (undo.changed.length > 0) {
    const list = undo.changed.map((path) => `  ${path}`).join('\n');
    throw new UserError(
      `Changed since "${undo.label}", and undoing that run would lose the change; nothing was written:\n${list}\n` +
        `The files as they were before the run are in ${absolute(folder, backupFolder)}: copy what you need by hand.`,
      { exitCode: exitCodes.conflicts },
    );
  }
  const changes = await planChanges(folder, undo.planned);
  refuseChanged(folder, changes);
  return { undo, changes };
}

/** Undoes the last run: what it wrote, what it removed, and what it remembered. */
export async function undoRun(
  shell: Shell,
  line: CommandLine,
  folder: string,
  besideOthers: BesideOthers,
): Promise<number> {
  const { switches } = line;
  if (await besideOthers(() => stoppedIdle(folder))) return cleanUp(shell, line, folder);
  const { undo, changes } = await besideOthers(() => planWhole(folder));
  const isJson = switches.has('json');
  if (!isJson) {
    shell.print(`Undoing ${nameOf(undo)}:`);
    for (const { path, kind } of changes) if (kind !== 'same') shell.print(`  ${kind} ${path}`);
  }
  const isDryRun = switches.has('dryRun');
  const asks = !isDryRun && !switches.has('yes');
  if (asks) await refuseToAsk(shell, line, []);
  const isAgreed =
    !asks || (await shell.ask({ name: 'confirmed', type: 'confirm', message: 'Undo it?', default: true })) === true;
  const isDone = isAgreed && !isDryRun;
  if (isDone) await applyChanges(folder, changes, undo.undoes === undefined ? {} : { undoes: undo.undoes });
  if (isJson) {
    const listed = changes.map(({ path, kind }) => ({ path, kind }));
    shell.print(JSON.stringify({ folder, undone: isDone, run: undo.label, changes: listed }, undefined, 2));
  } else {
    shell.print(isDone ? 'Undone.' : `${isDryRun ? 'Dry run: n' : 'N'}othing was written.`);
  }
  return 0;
}

/** Removes the lock and the journal of a run that has changed nothing; the run before it stays. */
async function cleanUp(shell: Shell, { switches }: CommandLine, folder: string): Promise<number> {
  const isDone = !switches.has('dryRun');
  if (isDone) await applyChanges(folder, []);
  if (switches.has('json')) {
    shell.print(JSON.stringify({ folder, undone: false, run: null, cleanedUp: isDone, changes: [] }, undefined, 2));
    return 0;
  }
  const before = await planUndo(folder);
  shell.print(
    [
      'A run was interrupted here before it changed anything: there is nothing to undo.',
      isDone ? 'Its temporary files are removed.' : 'Dry run: nothing was written.',
      ...(before === undefined ? [] : [`The run before it, ${nameOf(before)}, is kept; another --undo reverts that.`]),
    ].join('\n'),
  );
  return 0;
}

/** The command, and when it ran. */
function nameOf({ label, at }: PlannedUndo): string {
  return `"${label}"${at === undefined ? '' : ` of ${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`}`;
}
