import { InternalError } from '../../errors.ts';
import type { MergeRun } from './facts.ts';
import type { Observed } from '../observed.ts';
import type { Conflict, Outcome } from './outcome.ts';
import { toEntry } from '../baseline/toEntry.ts';

/**
 * What to do with a conflict. Of a file that the user has deleted, `mine` is the deletion, and is not asked about again.
 * - `mine`: keep the user's file, and ask again next time. `mine for good`: keep it, and take the generator's change as
 *   seen. `theirs`: take the generator's; the user's goes into the backup.
 * - `sidecar`: keep the user's file, and put the generator's beside it, into `.django-fargate/conflicts/`.
 * - `markers`: write both into the file, between conflict markers.
 */
export type Decision = 'mine' | 'mine for good' | 'theirs' | 'sidecar' | 'markers';

/** Where the generator's version of a conflict is put aside. */
export const conflictsFolder = '.django-fargate/conflicts';

/** A file that is no part of the repository. */
export interface Sidecar {
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface Settled {
  readonly outcome: Outcome;
  readonly sidecars: readonly Sidecar[];
}

/** Whether a decision can be carried out for a conflict. */
export function canSettle({ kind, conflict }: Outcome, decision: Decision): boolean {
  // What is neither compared nor touched can only be left as it is.
  if (kind === 'special') return decision === 'mine' || decision === 'sidecar';
  return decision !== 'markers' || conflict?.markers !== undefined;
}

/** Every decision that a person may choose from; a deletion is kept for good or not at all. */
export function decisionsFor(outcome: Outcome, there: Observed): readonly Decision[] {
  const all: readonly Decision[] = ['mine', 'mine for good', 'theirs', 'sidecar', 'markers'];
  return all.filter((decision) => canSettle(outcome, decision) && !(decision === 'mine' && there.kind === 'absent'));
}

/**
 * Carries out a decision about a conflict.
 *
 * @param there what stands at the conflict's path
 * @throws InternalError when the decision cannot be carried out: ask `canSettle` before
 */
export function settle(outcome: Outcome, decision: Decision, there: Observed, run: MergeRun): Settled {
  const { conflict, path, entry } = outcome;
  if (conflict === undefined || !canSettle(outcome, decision)) {
    throw new InternalError(`"${decision}" cannot resolve the conflict of ${path}.`);
  }
  const { next, markers } = conflict;
  const isDeleted = there.kind === 'absent';
  const kept: Outcome = isDeleted
    ? { path, key: outcome.key, kind: 'stays-deleted', note: 'stays deleted; you will not be asked again', entry }
    : { path, key: outcome.key, kind: 'keep', note: 'conflict: yours kept; you will be asked again', entry };
  const fresh = next && toEntry(next, run.version, run.sha256);
  const nextEntry = fresh && entry?.adopted ? { ...fresh, adopted: true as const } : fresh;
  const mode = there.kind === 'file' ? there.mode : next?.executable ? 0o755 : 0o644;
  // What is settled goes to the path that the generator has given the file.
  const isRenamed = next !== undefined && next.path !== outcome.key;
  const place = isRenamed ? { path: next.path, key: next.path, removes: path } : {};
  const isMoved = isRenamed && there.kind === 'file';
  const moved = isMoved ? { ...place, kind: 'update' as const, write: { bytes: there.bytes, mode } } : {};
  switch (decision) {
    case 'mine':
      return { outcome: kept, sidecars: [] };
    case 'mine for good':
      if (isDeleted) return { outcome: kept, sidecars: [] };
      return {
        outcome: { ...kept, ...moved, note: 'conflict: yours kept for good', entry: nextEntry },
        sidecars: [],
      };
    case 'theirs': {
      const write = next && { bytes: next.bytes, mode };
      const note = isDeleted ? 'the generator’s, which you had deleted' : 'the generator’s; yours is in the backup';
      const kind = isDeleted ? 'restore' : 'update';
      return {
        outcome: { ...kept, ...place, kind, note, ...(write && { write }), entry: nextEntry },
        sidecars: [],
      };
    }
    case 'sidecar': {
      const what = isDeleted ? 'stays deleted' : 'yours kept; you will be asked again';
      const note = `${what}; the generator’s is in ${conflictsFolder}`;
      return { outcome: { ...kept, note }, sidecars: aside(path, conflict) };
    }
    case 'markers': {
      const write = { bytes: encode(markers as string), mode };
      const note = 'both, between conflict markers: edit the file until no marker is left';
      const unresolved = nextEntry && { ...nextEntry, state: 'unresolved' as const };
      return { outcome: { ...kept, ...place, kind: 'merge', note, write, entry: unresolved }, sidecars: [] };
    }
  }
}

function aside(path: string, { next, markers }: Conflict): readonly Sidecar[] {
  // The folder has one of its own, which keeps version control out.
  const place = `${conflictsFolder}/${path === '.gitignore' ? '.gitignore.new' : path}`;
  return [
    ...(next === undefined ? [] : [{ path: place, bytes: next.bytes }]),
    ...(markers === undefined ? [] : [{ path: `${place}.markers`, bytes: encode(markers) }]),
  ];
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
