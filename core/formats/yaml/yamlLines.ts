import type { Edit } from '../lines/editText.ts';
import { lineStart, nextLine, startsLine } from '../lines/indentation.ts';
import type { ParsedYaml } from './parseYaml.ts';
import { endOfChild } from './yamlHolders.ts';
import type { YamlChild, YamlHolder } from './yamlHolders.ts';

/** Where new values come from. */
export interface YamlSource {
  readonly next: ParsedYaml;
  /** Whether the generator added or dropped a comment. */
  readonly isNew: (comment: string) => boolean;
  readonly isDropped: (comment: string) => boolean;
}

function column(text: string, offset: number): number {
  return offset - lineStart(text, offset);
}

/** Moves all lines but the first to the right, or to the left where `by` is negative. */
function shift(lines: string, by: number, lineBreak: string): string {
  const [first = '', ...rest] = lines.split(/\r\n|\n|\r/);
  const moved = rest.map((line) => {
    if (line.trim() === '') return line;
    return by >= 0 ? ' '.repeat(by) + line : line.slice(Math.min(-by, line.length - line.trimStart().length));
  });
  return [first, ...moved].join(lineBreak);
}

/** Puts the generator's value in the place of the user's, with tag and anchor; the key stays. */
export function replaceValue(
  text: string,
  own: YamlChild,
  nextText: string,
  inNext: YamlChild,
  lineBreak: string,
): Edit {
  const end = endOfChild(text, own);
  const written = nextText.slice(inNext.indicatorEnd, endOfChild(nextText, inNext));
  const value = shift(written, column(text, own.start) - column(nextText, inNext.start), lineBreak);
  const before = text.slice(own.indicatorEnd, end);
  const blanks = /^[ \t]*/.exec(before)?.[0] ?? '';
  const isOneLine = !/[\r\n]/.test(before + value);
  // The gap between colon and value is the user's.
  if (isOneLine && blanks !== before) return { start: own.indicatorEnd + blanks.length, end, text: value.trimStart() };
  const needsGap = own.indicatorEnd > own.start && !/^\s/.test(value) && value !== '';
  const isBare = own.indicatorEnd === own.start;
  return { start: own.indicatorEnd, end, text: isBare ? value.trimStart() : needsGap ? ` ${value}` : value };
}

type IsComment = (comment: string) => boolean;

/** Takes comment lines right above along, as long as the condition holds for them. */
function withCommentsAbove(text: string, start: number, condition: IsComment): number {
  for (let from = lineStart(text, start); ;) {
    const above = from === 0 ? from : lineStart(text, from - (text.slice(0, from).endsWith('\r\n') ? 2 : 1));
    const line = text.slice(above, from).trim();
    if (!line.startsWith('#') || !condition(line)) return from;
    from = above;
  }
}

/** Removes a pair or an item that has its own lines, and comments above it that the generator dropped with it. */
export function removeLines(text: string, holder: YamlHolder, index: number, isDropped: IsComment): Edit | undefined {
  const child = holder.children[index];
  // The last child must stay: nothing would be left that stands for an empty object.
  if (child === undefined || holder.children.length === 1 || !startsLine(text, child.start)) return undefined;
  const start = withCommentsAbove(text, child.start, isDropped);
  const end = nextLine(text, endOfChild(text, child));
  // Of a blank line before and one after, one is left.
  const isBlankBefore = /(?:^|\n|\r)[ \t]*(?:\r\n|\n|\r)$/.test(text.slice(0, start));
  const blankAfter = /^[ \t]*(?:\r\n|\n|\r)/.exec(text.slice(end))?.[0].length ?? 0;
  return { start, end: isBlankBefore ? end + blankAfter : end, text: '' };
}

/** Adds a pair or an item as lines, with new comments above it, at the indentation of its new neighbours. */
export function insertLines(
  text: string,
  { children }: YamlHolder,
  index: number,
  { next, isNew }: YamlSource,
  inNext: YamlChild,
  lineBreak: string,
): readonly Edit[] | undefined {
  const [first, previous] = [children[0], children[index - 1]];
  if (first === undefined || (previous === undefined && !startsLine(text, first.start))) return undefined;
  const indent = ' '.repeat(column(text, first.start));
  const ownStart = startsLine(next.text, inNext.start);
  const from = ownStart ? withCommentsAbove(next.text, inNext.start, isNew) : inNext.start;
  const end = endOfChild(next.text, inNext);
  const lineEnd = end + (/^[^\r\n]*/.exec(next.text.slice(end))?.[0].length ?? 0);
  const by = column(text, first.start) - column(next.text, inNext.start);
  const lines = indent + shift(next.text.slice(from, lineEnd).trimStart(), by, lineBreak);

  const at = previous === undefined ? lineStart(text, first.start) : nextLine(text, endOfChild(text, previous));
  const isGapBefore =
    previous !== undefined && /(?:^|\n|\r)[ \t]*(?:\r\n|\n|\r)$/.test(next.text.slice(0, lineStart(next.text, from)));
  const gap = isGapBefore ? lineBreak : '';
  const isAtEnd = at === text.length && !/[\r\n]$/.test(text);
  return [{ start: at, end: at, text: isAtEnd ? lineBreak + gap + lines : gap + lines + lineBreak }];
}
