import { exitCodes, UserError } from '../core/errors.ts';
import type { Changes } from './changes.ts';

/**
 * Stops the run before anything is written when a file of the user's stands in the way.
 *
 * @throws UserError (exit 3) that lists every such path with its reason
 */
export function refuseConflicts(root: string, changes: Changes): void {
  const blocked = changes.filter(({ kind }) => kind === 'conflict' || kind === 'special');
  if (blocked.length === 0) return;
  const what = blocked.length === 1 ? '1 path stands' : `${blocked.length} paths stand`;
  const lines = blocked.map(({ path, reason }) => `  ${path}: ${reason}`);
  throw new UserError(
    `${what} in the way in ${root}; nothing was written:\n${lines.join('\n')}\n` +
      'Move, rename or delete them, or choose another folder, then run the same command again.',
    { exitCode: exitCodes.conflicts },
  );
}
