import { successors } from '../../emit/renames.ts';
import type { EmittedFile } from '../../emit/types.ts';
import type { Entry } from '../baseline/baseline.ts';
import { fault } from '../threeWay/describe.ts';
import type { Facts } from './facts.ts';
import { findFault } from '../file/findFault.ts';
import { withEndsOf } from '../../formats/lines/lineEnds.ts';
import { sameBytes } from '../../sameBytes.ts';
import { mergeFile } from '../file/mergeFile.ts';
import { mergeForm } from '../file/mergeForm.ts';
import { keptLockNote } from './outcome.ts';
import type { Conflict, Outcome } from './outcome.ts';

type Decided = Omit<Outcome, 'path' | 'key'>;

interface Row {
  readonly when: (facts: Facts) => boolean;
  readonly then: (facts: Facts) => Decided;
}

/**
 * The decision table: the first row that applies decides. L is what was last rendered, Y what the user has, N what is
 * rendered now.
 */
const rows: readonly Row[] = [
  // Never the generator's: nothing to do with it.
  { when: ({ entry, isBroken, next }) => entry === undefined && !isBroken && next === undefined, then: same },
  // Something stands there that is neither compared nor touched. What both sides have left alone is no concern.
  { when: ({ yours, next }) => isSpecial(yours.kind) && next === undefined, then: release },
  { when: ({ yours }) => isSpecial(yours.kind), then: special },
  // Y is gone: it stays gone, until the user asks for it.
  { when: ({ yours, next }) => yours.kind === 'absent' && next === undefined, then: rememberDeletion },
  { when: ({ yours, entry, isBroken }) => yours.kind === 'absent' && entry === undefined && !isBroken, then: create },
  { when: ({ yours, interrupted }) => yours.kind === 'absent' && interrupted === 'remove', then: create },
  { when: ({ yours, isRestored }) => yours.kind === 'absent' && isRestored, then: restore },
  { when: ({ yours }) => yours.kind === 'absent', then: staysDeleted },
  // N is gone: only what was never edited goes.
  { when: ({ next, yoursIsLast, entry }) => next === undefined && yoursIsLast && !isAdopted(entry), then: remove },
  { when: ({ next }) => next === undefined, then: release },
  // All three are there.
  { when: ({ yoursIsNext, entry }) => yoursIsNext && entry === undefined, then: adopt },
  { when: ({ yoursIsNext, nextIsLast }) => yoursIsNext && nextIsLast, then: same },
  { when: ({ yoursIsNext }) => yoursIsNext, then: already },
  { when: ({ entry }) => entry === undefined, then: withoutLast },
  { when: ({ yoursIsLast }) => yoursIsLast, then: update },
  { when: ({ next }) => next?.policy === 'once', then: keepForGood },
  { when: ({ nextIsLast }) => nextIsLast, then: keep },
  { when: ({ next }) => next?.policy === 'lock', then: keepLock },
  { when: () => true, then: merge },
];

/** What becomes of one path. Pure. */
export function decide(facts: Facts): Outcome {
  const row = rows.find(({ when }) => when(facts)) as Row;
  return { path: facts.path, key: facts.key, ...withFault(facts, withMode(facts, row.then(facts))) };
}

const isSpecial = (kind: string): boolean => kind === 'special' || kind === 'folder';

function same({ entry, nextEntry }: Facts): Decided {
  return { kind: 'same', note: '', entry: nextEntry ?? entry };
}

function special({ yours, entry, next }: Facts): Decided {
  const reason = yours.kind === 'special' ? yours.reason : 'is a folder';
  return { kind: 'special', note: reason, entry, conflict: { reasons: [fault('the file', reason)], next } };
}

function create({ nextWrite, nextEntry }: Facts): Decided {
  return { kind: 'create', note: '', write: nextWrite, entry: nextEntry };
}

function restore({ nextWrite, nextEntry }: Facts): Decided {
  const { adopted: _, ...written } = nextEntry as Entry;
  return { kind: 'restore', note: 'you had deleted it', write: nextWrite, entry: written };
}

function staysDeleted({ key, entry, nextIsLast, nextEntry }: Facts): Decided {
  const known = entry ?? (nextEntry as Entry);
  const note = nextIsLast ? 'you deleted it' : `you deleted it; --restore ${key} restores the new one`;
  return { kind: 'stays-deleted', note, entry: { ...known, state: 'deleted-by-user' } };
}

/** A deletion is remembered until the generator writes the file again; what was the user's own is forgotten. */
function rememberDeletion({ entry, interrupted }: Facts): Decided {
  if (entry === undefined || entry.state === 'released' || interrupted === 'remove') {
    return { kind: 'forget', note: '', entry: undefined };
  }
  return { kind: 'same', note: '', entry: { ...entry, state: 'deleted-by-user' } };
}

/** What stood there before the generator wrote it is never the generator's to delete. */
function isAdopted(entry: Entry | undefined): boolean {
  return entry?.adopted === true;
}

function remove(): Decided {
  return { kind: 'delete', note: 'the generator no longer writes it, and you had not changed it', entry: undefined };
}

function release({ key, entry, yoursIsLast }: Facts): Decided {
  if (entry === undefined || entry.state === 'released') return { kind: 'same', note: '', entry };
  const isThere = isAdopted(entry) && yoursIsLast;
  const by = successors.get(key);
  const note = isThere
    ? 'the generator no longer writes it; it was yours before and stays'
    : `the generator no longer writes it${by === undefined ? '' : `, ${by} does its work`}; it is yours now`;
  return { kind: 'release', note, entry: { ...entry, state: 'released' } };
}

/** What a killed run has written is there already, too, but nobody wrote it before. */
function adopt({ nextEntry, isBroken, interrupted }: Facts): Decided {
  const isOwn = isBroken || interrupted === 'create' || nextEntry === undefined;
  return { kind: 'adopt', note: 'already there', entry: isOwn ? nextEntry : { ...nextEntry, adopted: true } };
}

function already({ nextEntry }: Facts): Decided {
  return { kind: 'already', note: 'you have already made this change', entry: nextEntry };
}

function withoutLast({ isBroken, next }: Facts): Decided {
  const reason = isBroken
    ? 'its entry in the baseline is damaged, so your edits cannot be told from generated text'
    : 'exists with different content';
  const conflict: Conflict = { reasons: [fault('the file', reason)], next };
  return { kind: 'conflict', note: reason, entry: undefined, conflict };
}

function update({ nextWrite, nextEntry, yours, next, path, entry }: Facts): Decided {
  // Only the line ends or the byte order mark differ from the last content: they stay as the user has them.
  const merged = mergeTexts(path, entry, yours, next);
  const rendered = (next as EmittedFile).bytes;
  const unmerged = yours.kind === 'file' ? withEndsOf(yours.bytes, rendered) : rendered;
  const bytes = merged?.kind === 'merged' ? merged.bytes : unmerged;
  return { kind: 'update', note: '', write: nextWrite && { ...nextWrite, bytes }, entry: nextEntry };
}

function keep({ entry }: Facts): Decided {
  return { kind: 'keep', note: 'yours', entry };
}

function keepForGood({ entry }: Facts): Decided {
  return { kind: 'keep', note: '', entry };
}

function keepLock({ entry }: Facts): Decided {
  return { kind: 'keep', note: keptLockNote, entry };
}

function merge(facts: Facts): Decided {
  const { path, entry, yours, next, nextEntry, nextWrite } = facts;
  const merged = mergeTexts(path, entry, yours, next);
  if (merged?.kind === 'merged') {
    if (yours.kind === 'file' && sameBytes(merged.bytes, yours.bytes)) return already(facts);
    return {
      kind: 'merge',
      note: merged.note,
      write: nextWrite && { ...nextWrite, bytes: merged.bytes },
      entry: nextEntry,
    };
  }
  const reasons = merged?.reasons ?? [fault('the file', 'is not text, and both you and the generator changed it')];
  const conflict: Conflict = { reasons, next, ...(merged?.markers === undefined ? {} : { markers: merged.markers }) };
  return { kind: 'conflict', note: '', entry, conflict };
}

function mergeTexts(path: string, entry: Entry | undefined, yours: Facts['yours'], next: EmittedFile | undefined) {
  if (yours.kind !== 'file' || next === undefined) return undefined;
  const last = entry?.text === undefined ? undefined : new TextEncoder().encode(entry.text);
  const sides = { path, yours: yours.bytes, next: next.bytes };
  if (next.policy === 'form') return mergeForm({ ...sides, last });
  return last === undefined ? undefined : mergeFile({ ...sides, last });
}

/** The executable bit is merged by itself: content that stays may still change its mode. */
function withMode(facts: Facts, decided: Decided): Decided {
  const { yours, nextWrite } = facts;
  const isLeft = ['same', 'already', 'adopt', 'keep'].includes(decided.kind);
  if (yours.kind !== 'file' || nextWrite === undefined || !isLeft || nextWrite.mode === yours.mode) return decided;
  if (facts.entry === undefined || facts.next?.policy === 'once') return decided;
  const entry = decided.entry && { ...decided.entry, exec: facts.next?.executable ?? false };
  return { kind: 'update', note: 'mode only', write: { bytes: yours.bytes, mode: nextWrite.mode }, entry };
}

/** Says where a file that stays the user's, or is merged into his, will not be read. */
function withFault({ path, yours }: Facts, decided: Decided): Decided {
  if (yours.kind !== 'file' || !['keep', 'already', 'merge'].includes(decided.kind)) return decided;
  const problem = findFault(path, decided.write?.bytes ?? yours.bytes);
  if (problem === undefined) return decided;
  return { ...decided, note: [decided.note, `line ${problem.line} ${problem.what}`].filter(Boolean).join('; ') };
}
