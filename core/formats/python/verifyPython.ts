import type { Three } from '../../three.ts';
import { parser } from '@lezer/python';
import { lineAt } from '../lines/lineAt.ts';
import type { Fault } from '../lines/lineAt.ts';

/**
 * Finds an error of syntax that merging made: one on a line that has none in the user's text nor in the new one.
 * So a text that the user is in the middle of editing can be merged too, and syntax that the grammar does not know is
 * no error.
 */
export function newPythonFault(merged: string, { yours, next }: Omit<Three<string>, 'last'>): Fault | undefined {
  const faults = pythonFaults(merged);
  // Nearly always: parsing is the dearest part of a merge.
  if (faults.length === 0) return undefined;
  const known = new Set([yours, next].flatMap((text) => pythonFaults(text).map((line) => lineOf(text, line))));
  const line = faults.find((candidate) => !known.has(lineOf(merged, candidate)));
  return line === undefined ? undefined : { kind: 'fault', line, what: 'would not be valid Python' };
}

/** The lines, from 1, on which a text is not Python, as far as the grammar of @lezer/python knows. */
export function pythonFaults(text: string): readonly number[] {
  const lines = new Set<number>();
  const cursor = parser.parse(text).cursor();
  do {
    const { node, from } = cursor;
    if (cursor.type.isError ? !isGap(node) : isOpenString(node.name, text.slice(from, cursor.to))) {
      lines.add(lineAt(text, from));
    }
  } while (cursor.next());
  return [...lines];
}

function lineOf(text: string, line: number): string {
  return text.split(/\r\n|\n|\r/)[line - 1] ?? '';
}

interface SyntaxNode {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly prevSibling: SyntaxNode | null;
}

/** What the grammar takes for an error and Python does not: `yield` alone, and `1.`. */
function isGap({ from, to, prevSibling }: SyntaxNode): boolean {
  let before = prevSibling;
  while (before?.name === 'Comment') before = before.prevSibling;
  const isNumber = before?.name === '.' && before.prevSibling?.name === 'Number';
  return from === to && (before?.name === 'yield' || isNumber);
}

/** What the grammar lets pass: a string that ends with the line or the text instead of its quote. */
function isOpenString(name: string, written: string): boolean {
  if (name !== 'String' && name !== 'FormatString') return false;
  const [opening = '', quote = ''] = /^[a-z]*("""|'''|"|')/i.exec(written) ?? [];
  return written.length < opening.length + quote.length || !written.endsWith(quote);
}
