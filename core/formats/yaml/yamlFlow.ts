import type { Edit } from '../lines/editText.ts';
import { endOfChild } from './yamlHolders.ts';
import type { YamlChild, YamlHolder } from './yamlHolders.ts';

/** Removes a pair or an item between braces or brackets, with one comma. */
export function removeInFlow(text: string, { children }: YamlHolder, index: number): Edit | undefined {
  const [child, previous, following] = [children[index], children[index - 1], children[index + 1]];
  if (child === undefined) return undefined;
  if (previous !== undefined) return { start: endOfChild(text, previous), end: endOfChild(text, child), text: '' };
  return { start: child.start, end: following?.start ?? endOfChild(text, child), text: '' };
}

/** Adds a pair or an item between braces or brackets; undefined where it takes more than one line. */
export function insertInFlow(
  text: string,
  { children, start, end }: YamlHolder,
  index: number,
  nextText: string,
  inNext: YamlChild,
  isItem: boolean,
): readonly Edit[] | undefined {
  const written = nextText.slice(isItem ? inNext.indicatorEnd : inNext.start, endOfChild(nextText, inNext)).trim();
  if (/[\r\n]/.test(written)) return undefined;
  const [previous, first] = [children[index - 1], children[0]];
  if (previous !== undefined) {
    const at = endOfChild(text, previous);
    return [{ start: at, end: at, text: `, ${written}` }];
  }
  if (first !== undefined) return [{ start: first.start, end: first.start, text: `${written}, ` }];
  const isEmpty = text.slice(start + 1, end - 1).trim() === '';
  return isEmpty ? [{ start: start + 1, end: end - 1, text: isItem ? written : ` ${written} ` }] : undefined;
}
