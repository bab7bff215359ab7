import { alignTables } from './alignTables.ts';
import { breakFlows } from './breakFlows.ts';
import { layOutJson } from './layOutJson.ts';

/**
 * A rendered file in the form that prettier leaves as it is, with its default options: what depends on the length of a
 * value, such as the width of a table's column or where a list is broken. So a user may format the whole repository, and
 * the next run still recognizes its text. The rest of that form is in the templates.
 *
 * @param path decides the language; a text of another language stays as it is
 */
export function layOut(path: string, text: string): string {
  if (path.endsWith('.json')) return layOutJson(text);
  if (/\.ya?ml$/.test(path)) return breakFlows(text);
  return path.endsWith('.md') ? alignTables(text) : text;
}
