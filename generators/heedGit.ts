import type { CommandLine } from '../core/answers/flags.ts';
import { exitCodes, UserError } from '../core/errors.ts';
import { isRemoval } from '../disk/changes/planned.ts';
import type { Planned } from '../disk/changes/planned.ts';
import { gitStatus } from '../disk/read/gitStatus.ts';
import type { Shell } from './command.ts';
import { isState, isUnchanged } from './plannedKinds.ts';
import { say } from './wrapText.ts';

/**
 * We do not rely on version control: uncommitted changes are only reported, unless `--require-clean` forbids
 * them. In that case git must have answered.
 *
 * @throws UserError (exit 4) under `--require-clean` for files that are not committed, or if git did not answer
 */
export async function heedGit(
  shell: Shell,
  { switches }: CommandLine,
  folder: string,
  planned: readonly Planned[],
): Promise<void> {
  const changing = planned.filter(
    (one) => !isState(one) && (isRemoval(one) || (one.replaces !== undefined && !isUnchanged(one))),
  );
  const status = await gitStatus(
    folder,
    changing.map(({ path }) => path),
  );
  const advises = !switches.has('json');
  if (switches.has('requireClean')) return refuseUnclean(folder, status);
  if (status.kind === 'no answer' && advises) {
    say(shell, `Could not ask git for uncommitted changes (your edits are kept): ${status.reason}`);
  }
  if (status.kind === 'answer' && status.dirty.length > 0 && advises) {
    say(shell, `Not committed yet, and will be changed (your edits are kept):\n${listOf(status.dirty)}`);
  }
}

function refuseUnclean(folder: string, status: Awaited<ReturnType<typeof gitStatus>>): void {
  if (status.kind === 'answer') {
    if (status.dirty.length === 0) return;
    throw unclean(
      `uncommitted changes in files that would be written; nothing was written:\n${listOf(status.dirty)}\n` +
        'Commit or stash them, then run the same command again.',
    );
  }
  if (status.kind === 'no repository') {
    throw unclean(
      `${folder} is not in a git repository, so it is unknown what is committed; nothing was written. Commit it to ` +
        'one, or leave out --require-clean.',
    );
  }
  throw unclean(
    `git did not say whether the files that would be written are committed; nothing was written:\n${status.reason}\n` +
      'Fix that, then run the same command again.',
  );
}

function unclean(message: string): UserError {
  return new UserError(`--require-clean: ${message}`, { exitCode: exitCodes.unsafe });
}

function listOf(paths: readonly string[]): string {
  return paths.map((path) => `  ${path}`).join('\n');
}
