import type { Observed } from '../../core/merge/observed.ts';
import { findClash } from '../changes/findClash.ts';
import { sameMode } from '../files/mode.ts';
import { pathFault } from '../../core/pathFault.ts';
import { backupFolder, journalPath, lockPath } from '../paths.ts';
import { sha256 } from '../files/sha256.ts';

/** What a file was or became. The mode holds four octal digits. */
export type State = 'absent' | { readonly sha256: string; readonly mode: string };

/** One file that a run created, changed or removed. */
export interface BackupEntry {
  readonly path: string;
  readonly was: State;
  readonly became: State;
}

/** What a run did, beside the copies of what was there before. */
export interface BackupRecord {
  readonly schema: 1;
  /** The command, for people. */
  readonly label: string;
  readonly files: readonly BackupEntry[];
}

/** The state of a file with these bytes and permission bits (octal 7777). */
export function toState(bytes: Uint8Array, mode: number): State {
  return { sha256: sha256(bytes), mode: mode.toString(8).padStart(4, '0') };
}

/** The permission bits of a state. */
export function modeOf(state: { readonly mode: string }): number {
  return Number.parseInt(state.mode, 8);
}

export function sameState(one: State, other: State): boolean {
  if (one === 'absent' || other === 'absent') return one === other;
  return one.sha256 === other.sha256 && one.mode === other.mode;
}

/** Whether a file is as it was before the run, or as the run left it. The mode counts where it alone tells them apart. */
export function isAt(which: 'was' | 'became', entry: BackupEntry, now: Observed): boolean {
  const { [which]: state, was, became } = entry;
  if (state === 'absent') return now.kind === 'absent';
  if (now.kind !== 'file' || sha256(now.bytes) !== state.sha256) return false;
  const isModeOnly = was !== 'absent' && became !== 'absent' && was.sha256 === became.sha256;
  return !isModeOnly || sameMode(now.mode, modeOf(state));
}

export function renderRecord(record: BackupRecord): Uint8Array {
  return Buffer.from(`${JSON.stringify(record, undefined, 2)}\n`);
}

/**
 * Reads the list of a backup, which anyone may have written.
 *
 * @returns the record, 'torn' for a text that was cut short, or undefined for anything that is not ours
 */
export function parseRecord(bytes: Uint8Array): BackupRecord | 'torn' | undefined {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return 'torn';
  }
  if (!isObject(value) || value['schema'] !== 1 || typeof value['label'] !== 'string') return undefined;
  const files: unknown = value['files'];
  if (!Array.isArray(files) || !files.every(isEntry)) return undefined;
  const paths = files.map(({ path }) => path);
  if (findClash([lockPath, journalPath, backupFolder, ...paths]) !== undefined) return undefined;
  // What people are shown must not steer their terminal.
  return { schema: 1, label: value['label'].replaceAll(/\p{Cc}+/gu, ' '), files };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isEntry(value: unknown): value is BackupEntry {
  if (!isObject(value)) return false;
  const { path, was, became } = value;
  if (typeof path !== 'string' || pathFault(path) !== undefined || /\p{Cc}/u.test(path)) return false;
  return isState(was) && isState(became) && !sameState(was, became);
}

function isState(value: unknown): value is State {
  if (value === 'absent') return true;
  if (!isObject(value)) return false;
  const { sha256: hash, mode } = value;
  return typeof hash === 'string' && /^[0-9a-f]{64}$/.test(hash) && typeof mode === 'string' && /^[0-7]{4}$/.test(mode);
}
