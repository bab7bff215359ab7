import { startsLine } from '../lines/indentation.ts';
import type { ParsedYaml } from './parseYaml.ts';
import type { Value } from '../values/values.ts';

export interface CommentLine {
  /** Of the `#`, in UTF-16 code units. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** What it says: formatters may change spaces and line breaks. */
  readonly words: readonly string[];
}

/** Comments that belong together: on lines of their own above a pair or an item, or beside one. */
export interface CommentRun {
  readonly kind: 'above' | 'beside';
  /** What stands in the pair or the item; undefined at the end of the text. */
  readonly anchor: Value | undefined;
  /** Never empty; beside a value one. */
  readonly lines: readonly CommentLine[];
}

/** All comments of a text, in order, each with what it is about. */
export function commentRuns({ text, children, commentPlaces }: ParsedYaml): readonly CommentRun[] {
  const places = [...children].toSorted(([, one], [, other]) => one.start - other.start);
  const runs: (CommentRun & { readonly lines: CommentLine[] })[] = [];
  let passed = 0;
  for (const { start, text: written } of commentPlaces) {
    while ((places[passed]?.[1].start ?? Infinity) < start) passed += 1;
    const line: CommentLine = { start, end: start + written.length, text: written, words: wordsOf(written) };
    const kind = startsLine(text, start) ? 'above' : 'beside';
    const anchor = places[kind === 'above' ? passed : passed - 1]?.[0];
    const last = runs.at(-1);
    if (kind === 'above' && last?.kind === 'above' && last.anchor === anchor) last.lines.push(line);
    else runs.push({ kind, anchor, lines: [line] });
  }
  return runs;
}

function wordsOf(comment: string): readonly string[] {
  const content = comment.replace(/^#+/, '').trim();
  return content === '' ? [] : content.split(/\s+/);
}

/** The words of some lines, one after the other. */
export function wordsIn(lines: readonly CommentLine[]): readonly string[] {
  return lines.flatMap(({ words }) => words);
}

/** Where some words stand one after the other among others, from a position on; -1 where they do not. */
export function indexOfWords(words: readonly string[], wanted: readonly string[], from = 0): number {
  for (let start = from; start + wanted.length <= words.length; start += 1) {
    if (wanted.every((word, index) => word === words[start + index])) return start;
  }
  return -1;
}
