const longest = 60;
/** What stands before a difference, so that it can be found. */
const lead = 12;

/** A piece of a file for one line of output: on one line, cut, never empty. */
export function readable(text: string): string {
  return cut(onOneLine(text), longest);
}

/**
 * Several versions of one piece, each as `readable` gives it, but cut around what differs: versions that differ never look
 * alike.
 */
export function readableVersions<const Texts extends readonly string[]>(texts: Texts): { [Key in keyof Texts]: string };
export function readableVersions(texts: readonly string[]): readonly string[] {
  const lines = texts.map(onOneLine);
  const different = new Set(lines).size;
  if (lines.every((line) => [...line].length <= longest)) return lines;
  const long = lines.map((line) => [...line]);
  const from = Math.max(0, commonStart(long) - lead);
  // One character less than the ellipsis would hide nothing.
  const head = from > 1 ? from : 0;
  const rests = long.map((line) => line.slice(head).join(''));
  for (let most = longest; ; most *= 2) {
    for (const shorten of [cut, inTheMiddle]) {
      const shown = rests.map((rest) => `${head === 0 ? '' : '…'}${shorten(rest, most)}`);
      if (new Set(shown).size === different) return shown;
    }
  }
}

function onOneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line === '' ? (text === '' ? 'nothing' : 'blank') : line;
}

function cut(line: string, most: number): string {
  const characters = [...line];
  return characters.length <= most ? line : `${characters.slice(0, most - 1).join('')}…`;
}

/** Both ends tell: the one where versions begin to differ, and the one where they end to. */
function inTheMiddle(line: string, most: number): string {
  const characters = [...line];
  if (characters.length <= most) return line;
  const half = Math.floor((most - 1) / 2);
  return `${characters.slice(0, half).join('')}…${characters.slice(-half).join('')}`;
}

/** How many characters all of them begin with. */
function commonStart(lines: readonly (readonly string[])[]): number {
  const [first = [], ...others] = lines;
  const index = first.findIndex((character, at) => others.some((other) => other[at] !== character));
  return index === -1 ? first.length : index;
}
