const comment = /^(\s*(?:#|\/\/))(?:\s|$)/u;

/**
 * The lines of a text without what only its width decides: a comment that is wrapped is one line, and the columns of a
 * table are not padded. Indentation stays.
 */
export function logicalLines(text: string): readonly string[] {
  const lines: string[] = [];
  let run: string | undefined;
  for (const line of text.split('\n')) {
    const mark = comment.exec(line)?.[1];
    if (mark !== undefined && mark === run && line.trim() !== mark.trim()) {
      lines.push(`${lines.pop() ?? ''} ${line.slice(mark.length).trim()}`);
    } else {
      lines.push(/^\s*\|.*\|$/u.test(line) ? unpad(line) : line);
    }
    run = mark;
  }
  return lines;
}

function unpad(row: string): string {
  return row.replaceAll(/(?<=\S) {2,}/gu, ' ').replaceAll(/-{3,}/gu, '---');
}
