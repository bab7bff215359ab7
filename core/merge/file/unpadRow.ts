/**
 * A line of Markdown as it is compared: a row of a table without the padding of its cells, which formatters change
 * whenever any cell of the column changes. Every other line as it is.
 */
export function unpadRow(line: string): string {
  if (!/^\s*\|/.test(line)) return line;
  const cells = line.trim().split(/(?<!\\)\|/);
  const isRule = cells.every((cell) => /^\s*(?::?-+:?)?\s*$/.test(cell));
  return cells.map((cell) => (isRule ? cell.trim().replace(/-+/, '-') : cell.trim())).join('|');
}
