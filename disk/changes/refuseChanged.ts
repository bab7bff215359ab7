import { exitCodes, UserError } from '../../core/errors.ts';
import type { Changes } from './planChanges.ts';

/**
 * Stops the run before anything is written when something has appeared where a file is to go, or a file has changed
 * that is to be replaced or removed: it was decided for another state of the folder.
 *
 * @throws UserError (exit 4) that lists every such path with its reason
 */
export function refuseChanged(root: string, changes: Changes): void {
  const changed = changes.filter(({ kind }) => kind === 'conflict' || kind === 'special');
  if (changed.length === 0) return;
  throw new UserError(
    [
      `${root} has changed while this command read it; nothing was written:`,
      ...changed.map(({ path, reason }) => `  ${path}: ${reason}`),
      'Run the same command again.',
    ].join('\n'),
    { exitCode: exitCodes.unsafe },
  );
}
