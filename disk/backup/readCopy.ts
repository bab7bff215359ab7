import type { FileSystem } from '../files/fileSystem.ts';
import { observe } from '../files/observe.ts';
import { sha256 } from '../files/sha256.ts';
import { copyOf } from './find.ts';
import type { BackupEntry } from './record.ts';

/** The copy of what a file was, or undefined when it is missing or not what the list says. */
export async function readCopy(
  root: string,
  number: number,
  { path, was }: BackupEntry,
  fs: FileSystem,
): Promise<Uint8Array | undefined> {
  if (was === 'absent') return undefined;
  const observed = await observe(root, copyOf(number, path), fs);
  return observed.kind === 'file' && sha256(observed.bytes) === was.sha256 ? observed.bytes : undefined;
}
