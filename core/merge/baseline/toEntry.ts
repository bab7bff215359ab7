import type { EmittedFile, Policy } from '../../emit/types.ts';
import { InternalError } from '../../errors.ts';
import type { Entry, Sha256 } from './baseline.ts';

/** Only a merge needs the text itself; the other policies need to know whether it changed. */
const keepsText: Readonly<Record<Policy, boolean>> = {
  merge: true,
  form: true,
  lock: false,
  once: false,
  binary: false,
};

/**
 * The baseline's entry of a file that was just rendered.
 *
 * @param version this package's
 * @throws InternalError when a file to be merged is not UTF-8
 */
export function toEntry(file: EmittedFile, version: string, sha256: Sha256): Entry {
  const { policy, executable, bytes } = file;
  const known = { policy, version, sha256: sha256(bytes), exec: executable };
  return keepsText[policy] ? { ...known, text: decode(file) } : known;
}

/** Exact: a byte order mark stays, and nothing is replaced, so that the text's hash is the file's. */
function decode({ path, bytes }: EmittedFile): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new InternalError(`${path} must be merged later but is not UTF-8.`, { cause });
  }
}
