/** Where the line of an offset starts. */
export function lineStart(text: string, offset: number): number {
  const before = text.slice(0, offset);
  return Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r')) + 1;
}

/** The blanks at the start of the line of an offset. */
export function indentAt(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(lineStart(text, offset), offset))?.[0] ?? '';
}

/** Whether nothing but blanks stands before an offset on its line. */
export function startsLine(text: string, offset: number): boolean {
  return indentAt(text, offset).length === offset - lineStart(text, offset);
}

/** Where the line after a line break at `offset` starts. */
export function afterLineBreak(text: string, offset: number): number {
  return offset + (/^(?:\r\n|\n|\r)/.exec(text.slice(offset, offset + 2))?.[0].length ?? 0);
}

/** The start of the line after an offset, or the end of the text. */
export function nextLine(text: string, offset: number): number {
  const found = text.slice(offset).search(/[\r\n]/);
  return found < 0 ? text.length : afterLineBreak(text, offset + found);
}

/** One step of indentation: the smallest that occurs, two spaces where none does. */
export function indentUnit(text: string): string {
  const indents = [...text.matchAll(/^(?:\t+| +)(?=[^\s*])/gm)].map(([indent]) => indent);
  if (indents.some((indent) => indent.startsWith('\t'))) return '\t';
  const widths = indents.map((indent) => indent.length).filter((width) => width > 1);
  return ' '.repeat(widths.length === 0 ? 2 : Math.min(...widths));
}

/** A value's text, to be set into another text: its lines, those after the first indented from the first one's line. */
export interface Snippet {
  readonly lines: readonly string[];
  readonly unit: string;
}

export function snippetOf(text: string, start: number, end: number): Snippet {
  const indent = indentAt(text, start);
  const [first = '', ...rest] = text.slice(start, end).split(/\r\n|\n|\r/);
  const relative = rest.map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line.trimStart()));
  return { lines: [first, ...relative], unit: indentUnit(text) };
}

/** A snippet as text, indented as its new surroundings are. */
export function writeSnippet({ lines, unit }: Snippet, indent: string, ownUnit: string, lineEnd: string): string {
  const indented = lines.map((line, index) => {
    if (index === 0 || line === '') return line;
    const blanks = /^[ \t]*/.exec(line)?.[0] ?? '';
    const steps = Math.floor(blanks.length / unit.length);
    return indent + ownUnit.repeat(steps) + blanks.slice(steps * unit.length) + line.slice(blanks.length);
  });
  return indented.join(lineEnd);
}
