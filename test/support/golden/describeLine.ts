import { diffArrays } from 'diff';

/** So many words before a difference, and after one that another follows, are enough to see where it stands. */
const [before, after] = [2, 1];

/** What differs between two versions of a line, as `git diff --word-diff` writes it; … is what both have. */
export function describeLine(was: string, is: string): string {
  const parts = diffArrays(tokensOf(was), tokensOf(is));
  return parts
    .map(({ value, added, removed }, index) => {
      const text = value.join('');
      if (removed) return `[-${text}-]`;
      if (added) return `{+${text}+}`;
      return shorten(text, { isFirst: index === 0, isLast: index === parts.length - 1 });
    })
    .join('')
    .replaceAll(/\[-(\s+)((?:(?!-\]).)*)-\]\{\+\1/gu, '$1[-$2-]{+');
}

/** Words with the space before them, so that a few equal spaces and signs do not tear a difference apart. */
function tokensOf(line: string): string[] {
  return line.match(/\s*(?:[\w.-]+|[^\w\s]+|$)/gu)?.filter((token) => token !== '') ?? [];
}

function shorten(text: string, { isFirst, isLast }: { readonly isFirst: boolean; readonly isLast: boolean }): string {
  const words = text.match(/\s*\S+|\s+$/gu) ?? [];
  const [head, tail] = [isFirst ? before : isLast ? 0 : after, isLast ? 0 : before];
  if (words.length <= head + tail + 1) return text;
  const end = tail === 0 ? '' : words.slice(-tail).join('');
  return `${words.slice(0, head).join('')} …${end}`;
}
