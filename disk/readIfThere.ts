import { readFile } from 'node:fs/promises';
import { explain, unless } from './systemError.ts';

/** The bytes of a file, or undefined when it is not there. */
export async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  return explain('read', path, () => unless(['ENOENT', 'ENOTDIR'], () => readFile(path)));
}
