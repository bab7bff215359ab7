/** A fenced block of a Markdown page. */
export interface Block {
  readonly language: string;
  /** Its lines. */
  readonly lines: readonly string[];
}

/** The fenced blocks of a page, by the heading that they stand under, in order; headings without any are left out. */
export function blocksOf(markdown: string): ReadonlyMap<string, readonly Block[]> {
  const found = new Map<string, Block[]>();
  let heading = '';
  let open: { readonly language: string; readonly lines: string[] } | undefined;
  for (const line of markdown.split('\n')) {
    const fence = /^```(\w*)$/u.exec(line);
    if (open === undefined) {
      heading = /^#+ (.+)$/u.exec(line)?.[1] ?? heading;
      if (fence !== null) open = { language: fence[1] ?? '', lines: [] };
    } else if (fence !== null) {
      found.set(heading, [...(found.get(heading) ?? []), open]);
      open = undefined;
    } else {
      open.lines.push(line);
    }
  }
  if (open !== undefined) throw new Error(`a block under "${heading}" is not closed`);
  return found;
}

/** The cells of the first table under a heading, its titles left out. */
export function tableOf(markdown: string, heading: string): readonly (readonly string[])[] {
  const section = markdown.split(/^#+ /mu).find((text) => text.startsWith(`${heading}\n`)) ?? '';
  const [table = ''] = /^\|.*\n(?:\|.*\n)+/mu.exec(section) ?? [];
  const rows = table.trimEnd().split('\n');
  const cells = rows.map((row) =>
    row
      .split(/(?<!\\)\|/u)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  return cells.slice(2);
}

/** What is written as code in a text. */
export function codeIn(text: string): readonly string[] {
  return [...text.matchAll(/`([^`]+)`/gu)].map(([, code = '']) => code);
}
