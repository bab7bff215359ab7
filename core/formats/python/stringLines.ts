import { parser } from '@lezer/python';
import { lineAt } from '../lines/lineAt.ts';
import { withoutByteOrderMark } from '../lines/splitLines.ts';

/** The lines of Python, from 0, that a string of several lines touches: their blanks are part of what it says. */
export function stringLines(python: string): ReadonlySet<number> {
  // The grammar does not know that a backslash may stand before two characters.
  const text = withoutByteOrderMark(python).replaceAll('\r\n', '\n');
  const lines = new Set<number>();
  const cursor = parser.parse(text).cursor();
  do {
    const isString = cursor.name === 'String' || cursor.name === 'FormatString';
    const written = isString ? text.slice(cursor.from, cursor.to) : '';
    if (!/[\r\n]/.test(written)) continue;
    const first = lineAt(text, cursor.from) - 1;
    const last = first + lineAt(written, written.length) - 1;
    for (let line = first; line <= last; line += 1) lines.add(line);
  } while (cursor.next());
  return lines;
}
