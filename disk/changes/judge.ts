import type { Observed } from '../../core/merge/observed.ts';
import { sameMode } from '../files/mode.ts';
import { sameBytes } from '../../core/sameBytes.ts';
import { isRemoval } from './planned.ts';
import type { Planned, PlannedFile, PlannedRemoval } from './planned.ts';

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

export interface Verdict {
  readonly kind: ChangeKind;
  /** For people, after the path: 'exists with different content'; '' when there is nothing to say. */
  readonly reason: string;
}

interface Rule<Kind> {
  readonly when: (yours: Observed, planned: Kind) => boolean;
  readonly then: Verdict;
}

const because = (kind: ChangeKind, reason = ''): Verdict => ({ kind, reason });

const holds = (yours: Observed, bytes: Uint8Array | undefined): boolean =>
  yours.kind === 'file' && bytes !== undefined && sameBytes(yours.bytes, bytes);

const isToBeSet = (yours: Observed, mode: number | undefined): boolean =>
  yours.kind === 'file' && mode !== undefined && !sameMode(yours.mode, mode);

/** For a file to write: the first rule that applies holds. */
const writing: readonly Rule<PlannedFile>[] = [
  {
    when: (yours, planned) =>
      holds(yours, planned.bytes) && holds(yours, planned.replaces) && isToBeSet(yours, planned.mode),
    then: because('chmod'),
  },
  { when: (yours, planned) => holds(yours, planned.bytes), then: because('same') },
  { when: (yours, planned) => holds(yours, planned.replaces), then: because('replace') },
  {
    when: (yours, planned) => yours.kind === 'absent' && planned.replaces !== undefined,
    then: because('conflict', 'was there a moment ago and is now gone'),
  },
  { when: (yours) => yours.kind === 'absent', then: because('create') },
];

/** For a file to remove. */
const removing: readonly Rule<PlannedRemoval>[] = [
  { when: (yours) => yours.kind === 'absent', then: because('same') },
  { when: (yours, planned) => holds(yours, planned.removes), then: because('remove') },
];

/** What is to happen to one file, given what stands at its path. Pure. */
export function judge(yours: Observed, planned: Planned): Verdict {
  if (yours.kind === 'special') return because('special', yours.reason);
  if (yours.kind === 'folder') return because('special', 'is a folder');
  const rule = isRemoval(planned)
    ? removing.find(({ when }) => when(yours, planned))
    : writing.find(({ when }) => when(yours, planned));
  return rule?.then ?? because('conflict', 'exists with different content');
}
