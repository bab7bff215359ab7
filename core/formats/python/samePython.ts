/**
 * Whether some lines of Python are the same but for their layout: what a formatter (black, `ruff format`) changes
 * in line breaks between brackets, blank lines, spaces, quotes and commas before a closing bracket. Comments, and the
 * indentation of statements, count.
 *
 * @param one and `other`: no part of a string of several lines (`stringLines`)
 */
export function samePython(one: readonly string[], other: readonly string[]): boolean {
  const [first, second] = [tokensOf(one), tokensOf(other)];
  return first !== undefined && second !== undefined && first.join('\u0000') === second.join('\u0000');
}

const token = /#[^\n]*|[rbfu]{0,2}(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|[\w.]+|\n[ \t]*|[ \t]+|./gi;

/** Words before a parenthesis that do not make it a call. */
const keywords =
  /^(?:and|as|assert|await|case|del|elif|else|except|for|from|if|in|is|lambda|match|not|or|raise|return|while|with|yield)$/;

/** Undefined where a text of several lines begins or ends: its blanks count, and nobody can tell which are its own. */
function tokensOf(lines: readonly string[]): readonly string[] | undefined {
  const text = `\n${lines.join('\n')}`;
  if (/"""|'''/.test(text)) return undefined;
  const tokens: string[] = [];
  const open: { readonly isTuple: boolean; commas: number }[] = [];
  for (const [written] of text.matchAll(token)) {
    const last = tokens.at(-1);
    const bracket = open.at(-1);
    if (/^[ \t]/.test(written)) continue;
    if (written.startsWith('\n')) {
      if (last?.startsWith('\n') === true) tokens.pop();
      if (bracket === undefined) tokens.push(written);
    } else if (/^[([{]$/.test(written)) {
      // A call takes no notice of the comma, and an index does.
      const isAfterValue = last !== undefined && /[\w)\]}"']$/.test(last) && !keywords.test(last);
      open.push({ isTuple: written === '(' ? !isAfterValue : written === '[' && isAfterValue, commas: 0 });
      tokens.push(written);
    } else if (/^[)\]}]$/.test(written)) {
      // The comma of a tuple of one makes it a tuple.
      const isOptional = bracket !== undefined && (!bracket.isTuple || bracket.commas > 1);
      if (last === ',' && isOptional) tokens.pop();
      open.pop();
      tokens.push(written);
    } else {
      if (written === ',' && bracket !== undefined) bracket.commas += 1;
      tokens.push(withPlainQuotes(written));
    }
  }
  if (tokens.at(-1)?.startsWith('\n') === true) tokens.pop();
  return tokens;
}

function withPlainQuotes(written: string): string {
  const [, prefix = '', content] = /^([a-z]*)'([^"'\\]*)'$/i.exec(written) ?? [];
  return content === undefined ? written : `${prefix}"${content}"`;
}
