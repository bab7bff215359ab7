/** Where a text stops being JSON, and what should stand there. */
export interface JsonFault {
  /** In UTF-16 code units from the start. */
  readonly offset: number;
  readonly expected: string;
}

/** What the grammar allows next. */
type Expected = 'value' | 'value or end' | 'name' | 'name or end' | 'colon' | 'comma or end' | 'nothing';

const blanks = /[\t\n\r ]+/y;
const literal = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-])/y;
const plainCharacters = /[^"\\\u0000-\u001f]+/y;
const escapeSequence = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/**
 * Finds the first fault of a text that `JSON.parse` has refused, since its own message often names no position.
 * Iterative, so that depth costs no stack.
 */
export function jsonFault(text: string): JsonFault {
  const closers: string[] = [];
  let place: Expected = 'value';
  let offset = 0;

  const match = (pattern: RegExp): boolean => {
    pattern.lastIndex = offset;
    const found = pattern.exec(text);
    offset += found?.[0].length ?? 0;
    return found !== null;
  };
  const take = (character: string | undefined): boolean => {
    if (character === undefined || text[offset] !== character) return false;
    offset += 1;
    return true;
  };
  const open = (character: string, closer: string, inside: Expected): boolean => {
    if (!take(character)) return false;
    closers.push(closer);
    place = inside;
    return true;
  };
  const after = (): Expected => (closers.length === 0 ? 'nothing' : 'comma or end');
  const close = (): boolean => {
    if (!take(closers.at(-1))) return false;
    closers.pop();
    place = after();
    return true;
  };
  /** Stops inside a string that is not closed, or at the character that must not stand in it. */
  const string = (): 'none' | 'whole' | 'broken' => {
    if (!take('"')) return 'none';
    while (match(plainCharacters) || match(escapeSequence));
    return take('"') ? 'whole' : 'broken';
  };
  const fault = (expected: string): JsonFault => ({ offset, expected });
  const brokenString = 'the rest of a text in double quotes';

  for (;;) {
    match(blanks);
    if (place === 'nothing') return fault('nothing more');
    if (place === 'colon') {
      if (!take(':')) return fault('":"');
      place = 'value';
    } else if (place === 'comma or end') {
      if (close()) continue;
      if (!take(',')) return fault(`"," or "${closers.at(-1) ?? ''}"`);
      place = closers.at(-1) === '}' ? 'name' : 'value';
    } else if (place === 'name' || place === 'name or end') {
      if (place === 'name or end' && close()) continue;
      const name = string();
      if (name !== 'whole') return fault(name === 'broken' ? brokenString : 'a name in double quotes');
      place = 'colon';
    } else {
      if (place === 'value or end' && close()) continue;
      if (open('{', '}', 'name or end') || open('[', ']', 'value or end')) continue;
      const value = string();
      if (value === 'broken') return fault(brokenString);
      if (value === 'none' && !match(literal)) return fault('a value');
      place = after();
    }
  }
}
