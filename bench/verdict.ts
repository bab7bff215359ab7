import { existsSync, lstatSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isConflicted } from './edits.ts';
import type { Edit } from './edits.ts';
import { parses } from './parses.ts';

/**
 * What became of an edit: it stands, as if there had been no new version; it stands and the user was told of a conflict,
 * in a file that can be read or not; it stands beside another value; it is gone, told or not.
 */
export type Verdict = 'kept' | 'conflict' | 'conflict, broken' | 'twice' | 'lost, told' | 'lost';

export const inWords: Readonly<Record<Verdict, string>> = {
  kept: 'kept',
  conflict: 'kept, conflict told',
  'conflict, broken': 'kept between markers; the file no longer parses',
  twice: '**there twice with two values, nothing said**',
  'lost, told': 'lost, conflict told',
  lost: '**lost, nothing said**',
};

/** @param output all that was printed */
export function judge(edit: Edit, folder: string, output: string): Verdict {
  const file = path.join(folder, edit.path);
  const text = existsSync(file) && lstatSync(file).isFile() ? readFileSync(file, 'utf8') : '';
  const isTold = isConflicted(text) || existsSync(`${file}.rej`) || isListed(edit.path, output);
  const stands = edit.stands(folder);
  if (stands === false) return isTold ? 'lost, told' : 'lost';
  if (!isTold) return stands === 'twice' ? 'twice' : 'kept';
  return text !== '' && !parses(edit.path, text) ? 'conflict, broken' : 'conflict';
}

/** A line of output that names the path and says that something is the matter with it. */
function isListed(file: string, output: string): boolean {
  const lines = output.split('\n').filter((line) => /conflict|in the way|reject/iu.test(line));
  return lines.some((line) => line.split(/[\s:'"]+/u).includes(file));
}
