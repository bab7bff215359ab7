import type { EmittedFile } from '../emit/types.ts';
import type { Entry } from './baseline.ts';
import { fault } from './describe.ts';
import type { Facts } from './facts.ts';
import { findFault } from './findFault.ts';
import { withEndsOf } from './lineEnds.ts';
import { mergeFile, sameBytes } from './mergeFile.ts';
import { mergeForm } from './mergeForm.ts';
import type { Conflict, Outcome } from './outcome.ts';

type Decided = Omit<Outcome, 'path' | 'key'>;

interface Row {
  readonly when: (facts: Facts) => boolean;
  readonly then: (facts: Facts) => Decided;
}

/**
 * The decision table: the first row that applies decides. B is what was last rendered, O what the user has, T what is
 * rendered now.
 */
const rows: readonly Row[] = [
  // Never ours: nothing to do with it.
  { when: ({ entry, isBroken, ours }) => entry === undefined && !isBroken && ours === undefined, then: same },
  // Something stands there that is neither compared nor touched. What both sides have left alone is no concern.
  { when: ({ yours, ours }) => isSpecial(yours.kind) && ours === undefined, then: release },
  { when: ({ yours }) => isSpecial(yours.kind), then: special },
  // O is gone: it stays gone, until the user asks for it.
  { when: ({ yours, ours }) => yours.kind === 'absent' && ours === undefined, then: rememberDeletion },
  { when: ({ yours, entry, isBroken }) => yours.kind === 'absent' && entry === undefined && !isBroken, then: create },
  { when: ({ yours, interrupted }) => yours.kind === 'absent' && interrupted === 'remove', then: create },
  { when: ({ yours, isRestored }) => yours.kind === 'absent' && isRestored, then: restore },
  { when: ({ yours }) => yours.kind === 'absent', then: staysDeleted },
  // T is gone: only what was never edited goes.
  { when: ({ ours, yoursIsBase, entry }) => ours === undefined && yoursIsBase && !isAdopted(entry), then: remove },
  { when: ({ ours }) => ours === undefined, then: release },
  // All three are there.
  { when: ({ yoursIsOurs, entry }) => yoursIsOurs && entry === undefined, then: adopt },
  { when: ({ yoursIsOurs, oursIsBase }) => yoursIsOurs && oursIsBase, then: same },
  { when: ({ yoursIsOurs }) => yoursIsOurs, then: already },
  { when: ({ entry }) => entry === undefined, then: withoutBase },
  { when: ({ yoursIsBase }) => yoursIsBase, then: update },
  { when: ({ ours }) => ours?.policy === 'once', then: keepForGood },
  { when: ({ oursIsBase }) => oursIsBase, then: keep },
  { when: ({ ours }) => ours?.policy === 'lock', then: keepLock },
  { when: () => true, then: merge },
];

/** What becomes of one path. Pure. */
export function decide(facts: Facts): Outcome {
  const row = rows.find(({ when }) => when(facts)) as Row;
  return { path: facts.path, key: facts.key, ...withFault(facts, withMode(facts, row.then(facts))) };
}

const isSpecial = (kind: string): boolean => kind === 'special' || kind === 'folder';

function same({ entry, oursEntry }: Facts): Decided {
  return { kind: 'same', note: '', entry: oursEntry ?? entry };
}

function special({ yours, entry, ours }: Facts): Decided {
  const reason = yours.kind === 'special' ? yours.reason : 'is a folder';
  return { kind: 'special', note: reason, entry, conflict: { reasons: [fault('the file', reason)], ours } };
}

function create({ oursWrite, oursEntry }: Facts): Decided {
  return { kind: 'create', note: '', write: oursWrite, entry: oursEntry };
}

function restore({ oursWrite, oursEntry }: Facts): Decided {
  const { adopted: _, ...written } = oursEntry as Entry;
  return { kind: 'restore', note: 'you had deleted it', write: oursWrite, entry: written };
}

function staysDeleted({ key, entry, oursIsBase, oursEntry }: Facts): Decided {
  const known = entry ?? (oursEntry as Entry);
  const note = oursIsBase ? 'you deleted it' : `you deleted it; --restore ${key} brings the new one`;
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
  return { kind: 'delete', note: 'the generator no longer writes it, and you never changed it', entry: undefined };
}

function release({ entry, yoursIsBase }: Facts): Decided {
  if (entry === undefined || entry.state === 'released') return { kind: 'same', note: '', entry };
  const isThere = isAdopted(entry) && yoursIsBase;
  const note = isThere
    ? 'the generator no longer writes it; it was there before, and stays yours'
    : 'the generator no longer writes it; it is yours now';
  return { kind: 'release', note, entry: { ...entry, state: 'released' } };
}

/** What a killed run has written is there already, too, but nobody wrote it before. */
function adopt({ oursEntry, isBroken, interrupted }: Facts): Decided {
  const isOwn = isBroken || interrupted === 'create' || oursEntry === undefined;
  return { kind: 'adopt', note: 'there already', entry: isOwn ? oursEntry : { ...oursEntry, adopted: true } };
}

function already({ oursEntry }: Facts): Decided {
  return { kind: 'already', note: 'you have made this change already', entry: oursEntry };
}

function withoutBase({ isBroken, ours }: Facts): Decided {
  const reason = isBroken
    ? 'its entry in the baseline is damaged: your edits cannot be told from generated text'
    : 'exists with other content';
  const conflict: Conflict = { reasons: [fault('the file', reason)], ours };
  return { kind: 'conflict', note: reason, entry: undefined, conflict };
}

function update({ oursWrite, oursEntry, yours, ours, path, entry }: Facts): Decided {
  // Only the line ends or the byte order mark differ from the base: they stay as the user has them.
  const merged = mergeTexts(path, entry, yours, ours);
  const rendered = (ours as EmittedFile).bytes;
  const unmerged = yours.kind === 'file' ? withEndsOf(yours.bytes, rendered) : rendered;
  const bytes = merged?.kind === 'merged' ? merged.bytes : unmerged;
  return { kind: 'update', note: '', write: oursWrite && { ...oursWrite, bytes }, entry: oursEntry };
}

function keep({ entry }: Facts): Decided {
  return { kind: 'keep', note: 'yours', entry };
}

function keepForGood({ entry }: Facts): Decided {
  return { kind: 'keep', note: '', entry };
}

function keepLock({ entry }: Facts): Decided {
  return { kind: 'keep', note: 'you edited it, and two locks never merge: run `make lock`', entry };
}

function merge(facts: Facts): Decided {
  const { path, entry, yours, ours, oursEntry, oursWrite } = facts;
  const merged = mergeTexts(path, entry, yours, ours);
  if (merged?.kind === 'merged') {
    if (yours.kind === 'file' && sameBytes(merged.bytes, yours.bytes)) return already(facts);
    return {
      kind: 'merge',
      note: merged.note,
      write: oursWrite && { ...oursWrite, bytes: merged.bytes },
      entry: oursEntry,
    };
  }
  const reasons = merged?.reasons ?? [fault('the file', 'is not text, and both sides changed it')];
  const conflict: Conflict = { reasons, ours, ...(merged?.markers === undefined ? {} : { markers: merged.markers }) };
  return { kind: 'conflict', note: '', entry, conflict };
}

function mergeTexts(path: string, entry: Entry | undefined, yours: Facts['yours'], ours: EmittedFile | undefined) {
  if (yours.kind !== 'file' || ours === undefined) return undefined;
  const base = entry?.text === undefined ? undefined : new TextEncoder().encode(entry.text);
  const sides = { path, yours: yours.bytes, ours: ours.bytes };
  if (ours.policy === 'form') return mergeForm({ ...sides, base });
  return base === undefined ? undefined : mergeFile({ ...sides, base });
}

/** The executable bit is merged by itself: content that stays may still change its mode. */
function withMode(facts: Facts, decided: Decided): Decided {
  const { yours, oursWrite } = facts;
  const isLeft = ['same', 'already', 'adopt', 'keep'].includes(decided.kind);
  if (yours.kind !== 'file' || oursWrite === undefined || !isLeft || oursWrite.mode === yours.mode) return decided;
  if (facts.entry === undefined || facts.ours?.policy === 'once') return decided;
  const entry = decided.entry && { ...decided.entry, exec: facts.ours?.executable ?? false };
  return { kind: 'update', note: 'mode only', write: { bytes: yours.bytes, mode: oursWrite.mode }, entry };
}

/** Says where a file that stays the user's, or is merged into his, will not be read. */
function withFault({ path, yours }: Facts, decided: Decided): Decided {
  if (yours.kind !== 'file' || !['keep', 'already', 'merge'].includes(decided.kind)) return decided;
  const problem = findFault(path, decided.write?.bytes ?? yours.bytes);
  if (problem === undefined) return decided;
  return { ...decided, note: [decided.note, `line ${problem.line} ${problem.what}`].filter(Boolean).join('; ') };
}
