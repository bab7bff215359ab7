const longest = 60;

/** A piece of a file for one line of output: on one line, cut, never empty. */
export function readable(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  if (line === '') return text === '' ? 'nothing' : 'blank';
  const characters = [...line];
  return characters.length <= longest ? line : `${characters.slice(0, longest - 1).join('')}…`;
}
