/** Deeper than any configuration, and far from the end of the stack. */
export const deepest = 100;

/** A comment as it is written, from its `#` to the end of the line. */
export interface Comment {
  /** Offset in UTF-16 code units. */
  readonly start: number;
  readonly text: string;
}

/** What the lexer says beside the text itself: a document starts, brackets end too early, a scalar follows. */
const announcements: ReadonlySet<string> = new Set(['\u0002', '\u0018', '\u001F']);

/** The comments among the lexer's tokens, which announce a scalar by a token of its own. */
export function yamlComments(tokens: readonly string[]): readonly Comment[] {
  let start = 0;
  return tokens.flatMap((token, index) => {
    if (announcements.has(token)) return [];
    start += token.length;
    const isComment = token.startsWith('#') && tokens[index - 1] !== '\u001F';
    return isComment ? [{ start: start - token.length, text: token.trimEnd() }] : [];
  });
}

/**
 * Asked before parsing, which goes deeper into the stack with every bracket, dash and step of indentation, until
 * Node.js dies.
 */
export function isTooDeep(tokens: readonly string[]): boolean {
  let [brackets, dashes] = [0, 0];
  return tokens.some((token, index) => {
    if (token === '[' || token === '{') brackets += 1;
    else if (token === ']' || token === '}') brackets -= 1;
    else if (token === '-' || token === '?') dashes += 1;
    else if (token.trim() !== '') dashes = 0;
    const isIndent = /^ +$/.test(token) && /^\r?\n$/.test(tokens[index - 1] ?? '');
    return brackets > deepest || dashes > deepest || (isIndent && token.length > deepest * 2);
  });
}
