import { InternalError } from '../errors.ts';
import type { EmittedFile, Policy } from './types.ts';

/** The form of the baseline file; a newer one is refused by an older generator. */
export const baselineSchema = 1;

/** Only a merge needs the text itself; the other policies need to know whether it changed. */
const keepsText: Readonly<Record<Policy, boolean>> = { merge: true, lock: false, once: false, binary: false };

/**
 * Renders `.django-fargate/baseline.json`: what was last rendered, so that a later run can tell the user's edits from
 * its own text. Deterministic: keys sorted, one line per file, no time, a final newline.
 *
 * @param config the answers that produced the files
 * @param version this package's version, recorded per file, because each file moves on by itself
 * @param files what was rendered; neither the baseline itself nor files that other programs write too
 * @param sha256 the hash of some bytes in lower-case hexadecimal
 * @throws InternalError when a file to be merged is not UTF-8
 */
export function renderBaseline(
  config: Readonly<Record<string, unknown>>,
  version: string,
  files: readonly EmittedFile[],
  sha256: (bytes: Uint8Array) => string,
): string {
  const lines = files
    .toSorted((one, other) => (one.path < other.path ? -1 : 1))
    .map((file) => `    ${JSON.stringify(file.path)}: ${JSON.stringify(entry(file, version, sha256))}`);
  return [
    '{',
    `  "schema": ${baselineSchema},`,
    '  "generator": "generator-django-fargate",',
    `  "config": ${JSON.stringify(sortKeys(config), undefined, 2).replaceAll('\n', '\n  ')},`,
    lines.length === 0 ? '  "files": {}' : `  "files": {\n${lines.join(',\n')}\n  }`,
    '}',
    '',
  ].join('\n');
}

function entry(file: EmittedFile, version: string, sha256: (bytes: Uint8Array) => string): object {
  const { policy, executable, bytes } = file;
  const known = { policy, version, sha256: sha256(bytes), exec: executable };
  return keepsText[policy] ? { ...known, text: decode(file) } : known;
}

/** Exact: a byte order mark stays, and nothing is replaced, so that the text's hash is the file's. */
function decode({ path, bytes }: EmittedFile): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new InternalError(`${path} is to be merged later but is not UTF-8.`, { cause });
  }
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const sorted = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(sorted.map(([key, inner]) => [key, sortKeys(inner)]));
}
