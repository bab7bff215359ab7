import type { Node } from 'jsonc-parser';
import type { Edit } from '../lines/editText.ts';
import { jsonTokens } from './jsonTokens.ts';
import type { JsonToken } from './jsonTokens.ts';
import { afterLineBreak, indentAt, indentUnit, lineStart, startsLine, writeSnippet } from '../lines/indentation.ts';
import type { Snippet } from '../lines/indentation.ts';
import { splitLines } from '../lines/splitLines.ts';

/** What follows an item up to the next token that is neither comma nor comment. */
interface Tail {
  readonly comma: JsonToken | undefined;
  /** The end of the line, when the item and its comma are the last on it. */
  readonly lineEnd: number | undefined;
}

function tailOf(text: string, end: number): Tail {
  let comma: JsonToken | undefined;
  let lineEnd: number | undefined;
  for (const token of jsonTokens(text, end)) {
    if (token.kind === 'comma' && comma === undefined) [comma, lineEnd] = [token, undefined];
    else if (token.kind === 'line break') lineEnd ??= token.start;
    else if (token.kind !== 'blank' && token.kind !== 'comment') break;
  }
  return { comma, lineEnd };
}

const endOf = (node: Node): number => node.offset + node.length;

/** Removes an item of a list or a property of an object: its whole line where it has one, with one comma. */
export function removeChild(text: string, parent: Node, index: number): readonly Edit[] {
  const children = parent.children ?? [];
  const [child, previous] = [children[index], children[index - 1]];
  if (child === undefined) return [];
  const { comma, lineEnd } = tailOf(text, endOf(child));
  const edits: Edit[] = [];
  if (comma === undefined && previous !== undefined) {
    const before = tailOf(text, endOf(previous)).comma;
    if (before !== undefined) edits.push({ start: before.start, end: before.end, text: '' });
  }
  if (startsLine(text, child.offset) && lineEnd !== undefined) {
    edits.push({ start: lineStart(text, child.offset), end: afterLineBreak(text, lineEnd), text: '' });
  } else if (comma !== undefined) {
    edits.push({ start: child.offset, end: skipBlanks(text, comma.end), text: '' });
  } else {
    const start = child.offset - (/[ \t]*$/.exec(text.slice(0, child.offset))?.[0].length ?? 0);
    edits.push({ start, end: endOf(child), text: '' });
  }
  return edits;
}

function skipBlanks(text: string, offset: number): number {
  return offset + (/^[ \t]*/.exec(text.slice(offset))?.[0].length ?? 0);
}

/** Adds an item or a property as child number `index`, laid out as its neighbours are. */
export function insertChild(text: string, parent: Node, index: number, snippet: Snippet): readonly Edit[] {
  const children = parent.children ?? [];
  const unit = indentUnit(text);
  const lineBreak = splitLines(text).commonEnd ?? '\n';
  const write = (indent: string): string => writeSnippet(snippet, indent, unit, lineBreak);
  const insert = (offset: number, added: string): Edit => ({ start: offset, end: offset, text: added });

  const [previous, first] = [children[index - 1], children[0]];
  if (previous === undefined && first === undefined) return [fill(text, parent, write, unit, lineBreak)];

  const gap = /,[^\S\r\n]/.test(text) || !text.includes(',') ? ' ' : '';
  if (previous === undefined && first !== undefined) {
    const indent = indentAt(text, first.offset);
    const between = startsLine(text, first.offset) ? lineBreak + indent : gap;
    return [insert(first.offset, `${write(indent)},${between}`)];
  }
  if (previous === undefined) return [];
  const { comma, lineEnd } = tailOf(text, endOf(previous));
  const indent = indentAt(text, previous.offset);
  const added = write(indent) + (comma === undefined ? '' : ',');
  const missing = comma === undefined ? [insert(endOf(previous), ',')] : [];
  if (lineEnd !== undefined && startsLine(text, previous.offset)) {
    return [...missing, insert(lineEnd, lineBreak + indent + added)];
  }
  return [...missing, insert(comma?.end ?? endOf(previous), gap + added)];
}

/** Puts a first child between the brackets, on a line of its own unless everything stands on one line. */
function fill(text: string, parent: Node, write: (indent: string) => string, unit: string, lineBreak: string): Edit {
  const [open, close] = [parent.offset + 1, endOf(parent) - 1];
  const indent = indentAt(text, parent.offset);
  const inside = text.slice(open, close);
  if (inside.trim() === '') {
    const isOneLine = !/[\r\n]/.test(text.trim() + write(indent));
    const added = isOneLine
      ? ` ${write(indent)} `
      : lineBreak + indent + unit + write(indent + unit) + lineBreak + indent;
    return { start: open, end: close, text: added };
  }
  const start = startsLine(text, close) ? lineStart(text, close) : close;
  const added = startsLine(text, close) ? indent + unit + write(indent + unit) + lineBreak : ` ${write(indent)} `;
  return { start, end: start, text: added };
}
