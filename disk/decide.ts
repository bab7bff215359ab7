import type { EmittedFile } from '../core/emit/types.ts';
import { sameBytes } from './observe.ts';
import type { Observed } from './observe.ts';

/** A file to write. */
export interface PlannedFile extends EmittedFile {
  /** What must stand there now for the file to be overwritten; without it nothing is ever overwritten. */
  readonly replaces?: Uint8Array;
}

/**
 * - `create`: nothing is there.
 * - `replace`: exactly the bytes are there that the file says it replaces.
 * - `same`: the content is there already.
 * - `conflict`: a file with other content is there.
 * - `special`: something is there that is neither compared nor touched.
 */
export type ChangeKind = 'create' | 'replace' | 'same' | 'conflict' | 'special';

export interface Decision {
  readonly kind: ChangeKind;
  /** For people, after the path: 'exists with other content'; '' when there is nothing to say. */
  readonly reason: string;
}

interface Row {
  readonly when: (yours: Observed, ours: PlannedFile) => boolean;
  readonly then: (yours: Observed) => Decision;
}

const holds = (yours: Observed, bytes: Uint8Array | undefined): boolean =>
  yours.kind === 'file' && bytes !== undefined && sameBytes(yours.bytes, bytes);

/** The decision table: the first row that applies decides. */
const rows: readonly Row[] = [
  {
    when: (yours) => yours.kind === 'special',
    then: (yours) => ({ kind: 'special', reason: yours.kind === 'special' ? yours.reason : '' }),
  },
  { when: (yours) => yours.kind === 'folder', then: () => ({ kind: 'special', reason: 'is a folder' }) },
  { when: (yours, ours) => holds(yours, ours.bytes), then: () => ({ kind: 'same', reason: '' }) },
  { when: (yours, ours) => holds(yours, ours.replaces), then: () => ({ kind: 'replace', reason: '' }) },
  {
    when: (yours, ours) => yours.kind === 'absent' && ours.replaces !== undefined,
    then: () => ({ kind: 'conflict', reason: 'was there a moment ago and is gone' }),
  },
  { when: (yours) => yours.kind === 'absent', then: () => ({ kind: 'create', reason: '' }) },
];

/** What to do with one file, given what stands at its path. Pure. */
export function decide(yours: Observed, ours: PlannedFile): Decision {
  const row = rows.find(({ when }) => when(yours, ours));
  return row?.then(yours) ?? { kind: 'conflict', reason: 'exists with other content' };
}
