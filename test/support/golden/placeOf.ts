const isComment = (line: string): boolean => /^\s*(?:#|\/\/)/u.test(line);
const indentOf = (line: string): number => line.length - line.trimStart().length;

/**
 * Where a line stands: the lines that enclose it, from the outermost; of a comment also what it is about.
 * In Markdown the heading above it.
 */
export function placeOf(file: string, lines: readonly string[], at: number): string {
  if (file.endsWith('.md')) return headingAbove(lines, at);
  const above: string[] = [];
  const line = lines[at] ?? '';
  let next = at;
  while (next < lines.length && (isComment(lines[next] ?? '') || lines[next]?.trim() === '')) next += 1;
  let indent = indentOf(line.trim() === '' ? (lines[next] ?? '') : line);
  if (isComment(line)) above.push(headOf(lines[next] ?? ''));
  for (let index = Math.min(at, lines.length) - 1; index >= 0 && indent > 0; index -= 1) {
    const other = lines[index] ?? '';
    if (other.trim() === '' || isComment(other) || indentOf(other) >= indent) continue;
    indent = indentOf(other);
    if (/\w/u.test(other)) above.unshift(headOf(other));
  }
  return above.join(' > ');
}

function headingAbove(lines: readonly string[], at: number): string {
  return lines.slice(0, at + 1).findLast((line) => /^#+ /u.test(line)) ?? '';
}

/** The name in a line of code, without its value. */
function headOf(line: string): string {
  return line.trim().replace(/(?:[:=]| =|\().*$/u, '');
}
