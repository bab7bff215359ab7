import type { EmittedFile } from '../../emit/types.ts';
import type { Baseline, Entry, Sha256 } from '../baseline/baseline.ts';
import { withPlainEnds } from '../../formats/lines/lineEnds.ts';
import type { Observed } from '../observed.ts';
import type { Write } from './outcome.ts';
import { toEntry } from '../baseline/toEntry.ts';

/** All that decides what becomes of one path. */
export interface Facts {
  readonly path: string;
  readonly key: string;
  /** What was last rendered; undefined when nothing was, or when it cannot be trusted. */
  readonly entry: Entry | undefined;
  readonly isBroken: boolean;
  readonly yours: Observed;
  readonly next: EmittedFile | undefined;
  readonly nextEntry: Entry | undefined;
  /** What would be written if nothing stood in the way; its mode is merged already. */
  readonly nextWrite: Write | undefined;
  /** Content alone: neither line ends nor a byte order mark count. */
  readonly yoursIsLast: boolean;
  readonly yoursIsNext: boolean;
  readonly nextIsLast: boolean;
  readonly isRestored: boolean;
  /** What a run that was killed was to do with the path, and may have done. */
  readonly interrupted: 'create' | 'remove' | undefined;
}

/** What all paths of one run share. */
export interface MergeRun {
  readonly baseline: Baseline;
  /** This package's version. */
  readonly version: string;
  readonly sha256: Sha256;
  /** Whether files have an executable bit here. */
  readonly hasModes: boolean;
  /** Paths that the user wants back. */
  readonly restored: ReadonlySet<string>;
  /** What a run that was killed was to create and to remove: no doing of the user's. */
  readonly interrupted?: ReadonlyMap<string, 'create' | 'remove'>;
}

/** Compares the three contents of one path. */
export function gatherFacts(
  { baseline, version, sha256, hasModes, restored, interrupted }: MergeRun,
  at: { readonly path: string; readonly key: string; readonly entryKey?: string },
  yours: Observed,
  next: EmittedFile | undefined,
): Facts {
  const { path, key, entryKey = key } = at;
  const known = baseline.entries.get(entryKey);
  // A file that is there is neither deleted nor unresolved any more, nor released once the generator writes it again.
  const entry = known !== undefined && yours.kind === 'file' && next !== undefined ? withoutState(known) : known;
  const fresh = next && toEntry(next, version, sha256);
  const nextEntry = fresh && entry?.adopted ? { ...fresh, adopted: true as const } : fresh;
  // What is rendered has plain ends, so that its hash is that of the plain text.
  const isThat = (bytes: Uint8Array, that: Entry | undefined): boolean => {
    if (that === undefined) return false;
    const plain = withPlainEnds(bytes);
    return sha256(bytes) === that.sha256 || (plain !== undefined && sha256(plain) === that.sha256);
  };
  return {
    path,
    key,
    entry,
    isBroken: baseline.broken.has(entryKey),
    yours,
    next,
    nextEntry,
    nextWrite: next && { bytes: next.bytes, mode: mergeMode(entry, yours, next.executable, hasModes) },
    yoursIsLast: yours.kind === 'file' && isThat(yours.bytes, entry),
    yoursIsNext: yours.kind === 'file' && isThat(yours.bytes, nextEntry),
    nextIsLast: entry !== undefined && entry.sha256 === nextEntry?.sha256,
    isRestored: restored.has(key) || restored.has(path),
    interrupted: interrupted?.get(path),
  };
}

function withoutState({ state: _, ...entry }: Entry): Entry {
  return entry;
}

/** The executable bit, three ways; all other bits stay as the user has them. */
function mergeMode(entry: Entry | undefined, yours: Observed, next: boolean, hasModes: boolean): number {
  if (yours.kind !== 'file') return next ? 0o755 : 0o644;
  const isExecutable = (yours.mode & 0o100) !== 0;
  const isWanted = entry === undefined || isExecutable !== entry.exec ? isExecutable : next;
  if (!hasModes || isWanted === isExecutable) return yours.mode;
  // Everyone who may read it may run it.
  return isWanted ? yours.mode | ((yours.mode & 0o444) >> 2) : yours.mode & ~0o111;
}
