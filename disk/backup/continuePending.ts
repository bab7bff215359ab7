import type { FileSystem } from '../files/fileSystem.ts';
import { observeAll } from '../journal/observeAll.ts';
import { absolute } from '../paths.ts';
import { discard } from './discard.ts';
import { findBackups, listOf, newestOf, readRecord } from './find.ts';
import { readCopy } from './readCopy.ts';
import { isAt } from './record.ts';
import type { BackupEntry } from './record.ts';

/** What a killed run had done, which the next one continues. */
export interface Continued {
  readonly number: number;
  readonly label: string;
  readonly files: readonly BackupEntry[];
  /** What replaced and removed files were, by path. */
  readonly copies: ReadonlyMap<string, Uint8Array>;
}

/**
 * Looks whether the last run was killed after its backup was made. Where nothing has changed since but by that run, the
 * next run continues it, and undoing that takes both back. Otherwise the killed run is one to undo by itself, so that
 * no copy is lost. Call it under the lock, after the scratch files are gone.
 *
 * @returns undefined when there is nothing to continue
 */
export async function continuePending(root: string, fs: FileSystem): Promise<Continued | undefined> {
  const newest = newestOf(await findBackups(root, fs));
  if (newest?.stage !== 'pending') return undefined;
  const { number } = newest;
  const record = await readRecord(root, number, 'pending', fs);
  if (record === undefined || record === 'torn') return undefined;
  const paths = record.files.map(({ path }) => path);
  const found = await observeAll(root, paths, fs);
  const stands = (which: 'was' | 'became', entry: BackupEntry): boolean =>
    isAt(which, entry, found.get(entry.path) ?? { kind: 'absent' });
  const files = record.files.filter((entry) => !stands('was', entry));
  if (files.length === 0) {
    await discard(root, newest, fs);
    return undefined;
  }
  const copies = new Map<string, Uint8Array>();
  for (const entry of files) {
    const copy = await readCopy(root, number, entry, fs);
    if (copy !== undefined) copies.set(entry.path, copy);
  }
  const isUntouched = files.every(
    (entry) => stands('became', entry) && (entry.was === 'absent' || copies.has(entry.path)),
  );
  if (isUntouched) return { number, label: record.label, files, copies };
  await fs.rename(absolute(root, listOf(number, 'pending')), absolute(root, listOf(number, 'run')));
  return undefined;
}
