/** A step of the page that a person takes: a command, a file that is written, or one that gets more lines. */
export type PageStep =
  | { readonly kind: 'run'; readonly heading: string; readonly text: string }
  | { readonly kind: 'write' | 'append'; readonly heading: string; readonly file: string; readonly text: string };

/** The steps of a page in order: its blocks of shell, and those of other languages below a line that names their file. */
export function stepsOf(markdown: string): readonly PageStep[] {
  const steps: PageStep[] = [];
  let heading = '';
  let above = '';
  for (const part of markdown.split(/^(```\w*\n[^]*?^```\n)/mu)) {
    const [, language, text = ''] = /^```(\w*)\n([^]*)```\n$/u.exec(part) ?? [];
    if (language === undefined) {
      heading = [...part.matchAll(/^#+ (.+)$/gmu)].at(-1)?.[1] ?? heading;
      above = part.trimEnd().split('\n').at(-1) ?? '';
    } else if (language === 'sh') {
      steps.push({ kind: 'run', heading, text });
    } else {
      steps.push({ ...placeOf(above), heading, text });
    }
  }
  return steps;
}

/** Which file the line above a block names, and whether the block is all of it. */
function placeOf(line: string): { readonly kind: 'write' | 'append'; readonly file: string } {
  const [, end, file] = /(at the end of )?`([\w./-]+)`:$/iu.exec(line) ?? [];
  if (file === undefined) {
    throw new Error(`no line above a block names its file: ${line}`);
  }
  return { kind: end === undefined ? 'write' : 'append', file };
}
