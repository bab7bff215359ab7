/** A text as lines, with everything that is needed to write it again byte for byte. */
export interface Lines {
  readonly hasByteOrderMark: boolean;
  /** Each line without its end. */
  readonly contents: readonly string[];
  /** The end of each line, `\n`, `\r\n` or `\r`; empty for a last line without one. */
  readonly ends: readonly string[];
  /** An empty text counts as ended: nothing is missing. */
  readonly isEnded: boolean;
  /** The line end that most lines have; undefined when none has one. */
  readonly commonEnd: string | undefined;
}

export const byteOrderMark = '\uFEFF';

/** Splits a text into lines. Joined again they are the text. */
export function splitLines(text: string): Lines {
  const hasByteOrderMark = text.startsWith(byteOrderMark);
  const contents: string[] = [];
  const ends: string[] = [];
  const counts = new Map<string, number>();
  let start = hasByteOrderMark ? 1 : 0;
  for (const { 0: end, index } of text.matchAll(/\r\n|\n|\r/g)) {
    contents.push(text.slice(start, index));
    ends.push(end);
    counts.set(end, (counts.get(end) ?? 0) + 1);
    start = index + end.length;
  }
  const isEnded = start === text.length;
  if (!isEnded) {
    contents.push(text.slice(start));
    ends.push('');
  }
  const [most] = [...counts].toSorted(([, one], [, other]) => other - one);
  return { hasByteOrderMark, contents, ends, isEnded, commonEnd: most?.[0] };
}

/** What `splitLines` took apart. */
export function joinLines({ hasByteOrderMark, contents, ends }: Lines): string {
  return (hasByteOrderMark ? byteOrderMark : '') + contents.map((content, index) => content + ends[index]).join('');
}

/** The lines of a text without their ends, and without a byte order mark before the first. */
export function linesOf(text: string): readonly string[] {
  return splitLines(text).contents;
}

export function withoutByteOrderMark(text: string): string {
  return text.startsWith(byteOrderMark) ? text.slice(1) : text;
}
