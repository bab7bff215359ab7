/** A column of a table needs a hyphen (https://github.github.com/gfm/#tables-extension-); prettier writes three. */
const columnMinimum = 3;

/** Markdown with every column of a table as wide as its widest cell; what looks like a table in a code block stays. */
export function alignTables(text: string): string {
  const lines = text.split('\n');
  const result: string[] = [];
  let fence = '';
  for (let index = 0; index < lines.length;) {
    fence = fenceAfter(lines[index] ?? '', fence);
    const rows = fence === '' && isDelimiter(lines[index + 1]) ? rowsAt(lines, index) : [];
    result.push(...(rows.length > 1 ? align(rows) : lines.slice(index, index + 1)));
    index += Math.max(1, rows.length);
  }
  return result.join('\n');
}

/** The mark that ends the block of code which a line stands in; empty outside of one. */
function fenceAfter(line: string, fence: string): string {
  const [, mark = ''] = /^ *(`{3,}|~{3,})/.exec(line) ?? [];
  if (fence === '') return mark;
  return mark.startsWith(fence) ? '' : fence;
}

function isDelimiter(line = ''): boolean {
  return /^\|(?: *:?-+:? *\|)+$/.test(line);
}

function rowsAt(lines: readonly string[], start: number): readonly string[] {
  const end = lines.findIndex((line, index) => index >= start && !/^\|.*\|$/.test(line));
  return lines.slice(start, end === -1 ? undefined : end);
}

function align(rows: readonly string[]): readonly string[] {
  const cells = rows.map(cellsOf);
  const [names = []] = cells;
  // Rows with too many or too few cells are left as they are.
  if (cells.some(({ length }) => length !== names.length)) return rows;
  const widths = names.map((_, column) =>
    Math.max(columnMinimum, ...cells.map((row, index) => (index === 1 ? 0 : (row[column] ?? '').length))),
  );
  return cells.map((row, index) => {
    const padded = row.map((cell, column) => {
      const width = widths[column] ?? 0;
      return index === 1 ? delimiter(cell, width) : cell.padEnd(width);
    });
    return `| ${padded.join(' | ')} |`;
  });
}

function delimiter(cell: string, width: number): string {
  const [start, end] = [cell.startsWith(':') ? ':' : '', cell.endsWith(':') ? ':' : ''];
  return `${start}${'-'.repeat(width - start.length - end.length)}${end}`;
}

/** The cells of a row; a bar behind a backslash belongs to its cell. */
function cellsOf(row: string): readonly string[] {
  return row
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());
}
