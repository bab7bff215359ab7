import type { FileSystem } from '../fileSystem.ts';
import { observe } from '../observe.ts';
import { sha256 } from '../sha256.ts';
import { copyOf } from './find.ts';
import type { Entry } from './record.ts';

/** The copy of what a file was, or undefined when it is missing or not what the list says. */
export async function readCopy(
  root: string,
  number: number,
  { path, was }: Entry,
  fs: FileSystem,
): Promise<Uint8Array | undefined> {
  if (was === 'absent') return undefined;
  const observed = await observe(root, copyOf(number, path), fs);
  return observed.kind === 'file' && sha256(observed.bytes) === was.sha256 ? observed.bytes : undefined;
}
