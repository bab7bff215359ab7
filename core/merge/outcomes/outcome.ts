import type { EmittedFile } from '../../emit/types.ts';
import type { Entry } from '../baseline/baseline.ts';
import type { ConflictReason } from '../threeWay/mergeResult.ts';

/**
 * What becomes of one path.
 * - `create`, `update`, `merge`, `restore`, `delete`: the disk changes.
 * - `adopt`, `already`: the disk holds what was to be written, and only the baseline learns it.
 * - `keep`: the user's, whatever the generator would write. `stays-deleted`: the user deleted it.
 * - `release`: dropped by the generator, edited by the user: from now on the user's. `forget`: gone on both sides.
 * - `same`: nothing to do, nothing to say.
 * - `conflict`: cannot be merged, or nobody knows what was rendered before. `special`: something stands there that is
 *   neither compared nor touched.
 */
export type OutcomeKind =
  | 'create'
  | 'update'
  | 'merge'
  | 'restore'
  | 'delete'
  | 'adopt'
  | 'already'
  | 'keep'
  | 'stays-deleted'
  | 'release'
  | 'forget'
  | 'same'
  | 'conflict'
  | 'special';

/** Of a lock file that is kept: `make lock` rewrites it. */
export const keptLockNote = 'you edited it, and lock files are never merged: run `make lock`';

/** What is to stand at a path: the bytes and the permission bits (octal 7777). */
export interface Write {
  readonly bytes: Uint8Array;
  readonly mode: number;
}

/** What is known about a path that could not be decided. */
export interface Conflict {
  /** Never empty. */
  readonly reasons: readonly ConflictReason[];
  /** The user's text with conflict markers, where the file's type can bear them. */
  readonly markers?: string;
  /** What the generator would write; undefined when it would delete. */
  readonly next: EmittedFile | undefined;
}

export interface Outcome {
  /** Where the file stands: relative POSIX path. */
  readonly path: string;
  /** The path under which the baseline knows it: another one only where the user has moved the file. */
  readonly key: string;
  readonly kind: OutcomeKind;
  /** For people, after the path; '' when there is nothing to say. */
  readonly note: string;
  /** What to write; absent: the path is not written. */
  readonly write?: Write | undefined;
  /** The earlier path of a file that the generator renamed: removed when the new one is written. */
  readonly removes?: string;
  readonly conflict?: Conflict;
  /** The new entry of the baseline; undefined: none. */
  readonly entry: Entry | undefined;
}

/** Whether the disk changes. */
export function changesDisk({ kind }: Outcome): boolean {
  return ['create', 'update', 'merge', 'restore', 'delete'].includes(kind);
}
