/** Deeper than any configuration, and far from the end of the stack. */
export const deepest = 100;

/** The comments among the lexer's tokens, which announce a scalar by a token of its own. */
export function yamlComments(tokens: readonly string[]): readonly string[] {
  return tokens.filter((token, index) => token.startsWith('#') && tokens[index - 1] !== '\u001F');
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
