/** Whether a line is a comment; `#GUNICORN_WORKERS=2` of `.env.example` is a setting. */
export function isComment(line: string): boolean {
  return /^\s*[#;](?!GUNICORN_)/.test(line);
}

/** The comment that ends on the line before. */
export function commentAbove(lines: readonly string[], line: number): readonly string[] {
  let start = line;
  while (start > 0 && isComment(lines[start - 1] ?? '')) start -= 1;
  return lines.slice(start, line);
}

/** Fewer words than these may be in the reason by chance. */
const tellingWords = 4;

/**
 * Tells which lines above the user's number, from 0, are the generator's. A reason of other sizes has the same words and
 * other numbers, so that its lines may break elsewhere: a line is the generator's if it is a line of the reason, or if
 * its words follow each other in the reason, a short line's together with the words of a line beside it.
 *
 * @param reason the generator's comment above its number
 * @param there the comment above the user's number
 */
export function isReasonIn(reason: readonly string[], there: readonly string[]): (index: number) => boolean {
  const whole = ` ${wordsOf(reason).join(' ')} `;
  const known = new Set(reason.map((line) => wordsOf([line]).join(' ')));
  const holds = (lines: readonly string[]): boolean => {
    const words = wordsOf(lines);
    return (
      words.filter((word) => /[\p{L}\p{N}]/u.test(word)).length >= tellingWords &&
      whole.includes(` ${words.join(' ')} `)
    );
  };
  return (index) => {
    const [before, line = '', after] = [there[index - 1], there[index], there[index + 1]];
    if (known.has(wordsOf([line]).join(' ')) || holds([line])) return true;
    return (before !== undefined && holds([before, line])) || (after !== undefined && holds([line, after]));
  };
}

/** Words and marks of punctuation, every number as 0. */
function wordsOf(lines: readonly string[]): readonly string[] {
  const plain = lines.map((line) => line.replace(/^\s*[#;]\s?/, '').replaceAll(/\bdb\.\w+\.\w+|\d[\d.]*/g, '0'));
  return plain.join(' ').match(/[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu) ?? [];
}
