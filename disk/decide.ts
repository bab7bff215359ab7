import type { EmittedFile } from '../core/emit/types.ts';
import type { Observed } from '../core/merge/observed.ts';
import { sameMode } from './mode.ts';
import { sameBytes } from './observe.ts';

/** A file to write. */
export interface PlannedFile extends EmittedFile {
  /** What must stand there now for the file to be overwritten; without it nothing is ever overwritten. */
  readonly replaces?: Uint8Array;
  /**
   * The permission bits (octal 7777) that the file ends with. Without it a new file gets 0644 or 0755 and an existing
   * one keeps its own. An existing file with the same content is touched only when `replaces` equals `bytes`.
   */
  readonly mode?: number;
}

/** A file to remove. */
export interface PlannedRemoval {
  /** Relative POSIX path inside the repository. */
  readonly path: string;
  /** What must stand there now for the file to be removed. */
  readonly removes: Uint8Array;
}

export type Planned = PlannedFile | PlannedRemoval;

export function isRemoval(planned: Planned): planned is PlannedRemoval {
  return 'removes' in planned;
}

/**
 * - `create`: nothing is there.
 * - `replace`: exactly the bytes are there that the file says it replaces.
 * - `chmod`: the content is there already, the mode is not.
 * - `remove`: exactly the bytes are there that are to go.
 * - `same`: all is as it should be already.
 * - `conflict`: a file with other content is there.
 * - `special`: something is there that is neither compared nor touched.
 */
export type ChangeKind = 'create' | 'replace' | 'chmod' | 'remove' | 'same' | 'conflict' | 'special';

export interface Decision {
  readonly kind: ChangeKind;
  /** For people, after the path: 'exists with other content'; '' when there is nothing to say. */
  readonly reason: string;
}

interface Row<Kind> {
  readonly when: (yours: Observed, planned: Kind) => boolean;
  readonly then: Decision;
}

const because = (kind: ChangeKind, reason = ''): Decision => ({ kind, reason });

const holds = (yours: Observed, bytes: Uint8Array | undefined): boolean =>
  yours.kind === 'file' && bytes !== undefined && sameBytes(yours.bytes, bytes);

const isToBeSet = (yours: Observed, mode: number | undefined): boolean =>
  yours.kind === 'file' && mode !== undefined && !sameMode(yours.mode, mode);

/** For a file to write: the first row that applies decides. */
const writing: readonly Row<PlannedFile>[] = [
  {
    when: (yours, planned) =>
      holds(yours, planned.bytes) && holds(yours, planned.replaces) && isToBeSet(yours, planned.mode),
    then: because('chmod'),
  },
  { when: (yours, planned) => holds(yours, planned.bytes), then: because('same') },
  { when: (yours, planned) => holds(yours, planned.replaces), then: because('replace') },
  {
    when: (yours, planned) => yours.kind === 'absent' && planned.replaces !== undefined,
    then: because('conflict', 'was there a moment ago and is gone'),
  },
  { when: (yours) => yours.kind === 'absent', then: because('create') },
];

/** For a file to remove. */
const removing: readonly Row<PlannedRemoval>[] = [
  { when: (yours) => yours.kind === 'absent', then: because('same') },
  { when: (yours, planned) => holds(yours, planned.removes), then: because('remove') },
];

/** What to do with one file, given what stands at its path. Pure. */
export function decide(yours: Observed, planned: Planned): Decision {
  if (yours.kind === 'special') return because('special', yours.reason);
  if (yours.kind === 'folder') return because('special', 'is a folder');
  const row = isRemoval(planned)
    ? removing.find(({ when }) => when(yours, planned))
    : writing.find(({ when }) => when(yours, planned));
  return row?.then ?? because('conflict', 'exists with other content');
}
