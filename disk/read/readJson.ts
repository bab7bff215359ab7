import { readFileSync, statSync } from 'node:fs';
import { UserError } from '../../core/errors.ts';
import { jsonFault } from './jsonFault.ts';
import { codeOf } from '../files/systemError.ts';

/** Settings and answers take some KiB; anything near this was meant to be another file. */
export const largestJsonBytes = 4 * 1024 * 1024;

/**
 * Reads a JSON file of the user's.
 *
 * @returns its value, or undefined when there is no such file
 * @throws UserError (exit 2) that names the file and the line: not JSON, merge markers, not UTF-8, too large,
 *   unreadable, not a regular file
 */
export async function readJsonFile(path: string): Promise<unknown> {
  return readJsonFileSync(path);
}

/** The same for a constructor, which cannot wait. */
export function readJsonFileSync(path: string): unknown {
  const bytes = readBytes(path);
  if (bytes === undefined) return undefined;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new UserError(`${path} is not UTF-8 text. Save it as UTF-8, then run the same command again.`, {
      cause: error,
    });
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UserError(describe(path, text), { cause: error });
  }
}

/** The same, and refuses everything but an object. */
export function readObjectSync(path: string): unknown {
  const value = readJsonFileSync(path);
  if (value !== undefined && (typeof value !== 'object' || value === null || Array.isArray(value))) {
    throw new UserError(`${path}: not a JSON object; repair it or move it away.`);
  }
  return value;
}

function readBytes(path: string): Uint8Array | undefined {
  try {
    const stats = statSync(path);
    if (!stats.isFile()) throw new UserError(`${path} is not a regular file. Name a JSON file.`);
    if (stats.size > largestJsonBytes) {
      throw new UserError(`${path} is larger than 4 MiB (${stats.size} bytes). Name a JSON file of settings.`);
    }
    return readFileSync(path);
  } catch (error) {
    if (error instanceof UserError) throw error;
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new UserError(`Cannot read ${path} (${code}). Check its permissions, then run the same command again.`, {
      cause: error,
    });
  }
}

function describe(path: string, text: string): string {
  const marker = text.split(/\r?\n/).findIndex((line) => /^(<{7}|>{7})( |$)/.test(line));
  if (marker >= 0) {
    return `${path} contains the markers of an unfinished merge (line ${marker + 1}). Finish the merge, then run the same command again.`;
  }
  if (text.trim() === '') return `${path} is empty, not JSON. Write {} into it or delete it.`;
  const { offset, expected } = jsonFault(text);
  const before = text.slice(0, offset).split('\n');
  const column = (before.at(-1)?.length ?? 0) + 1;
  const found = offset < text.length ? JSON.stringify(String.fromCodePoint(text.codePointAt(offset) ?? 0)) : 'the end';
  return `${path} is not JSON: line ${before.length}, column ${column}: expected ${expected}, found ${found}. Correct it, then run the same command again.`;
}
