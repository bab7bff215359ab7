import * as fc from 'fast-check';

const parts = [
  ...['"', "'", '`', '\\', '\\\\', '\n', '\r', '\r\n', '\t', '\0', '\b', '\f', '\u001b', '\u007f', '\u0085', '\u009b'],
  ...[
    '$',
    '$$',
    '$(id)',
    '${HOME}',
    '${{ secrets.X }}',
    '#',
    ' #',
    '# ',
    ': ',
    '- ',
    '&a',
    '*a',
    '!!str',
    '%',
    '%s',
    '@',
  ],
  ...[
    '<%',
    '%>',
    '<%= x %>',
    '"""',
    "'''",
    '"; import os',
    "'; rm -rf /",
    '\\"',
    "\\'",
    '{{',
    '}}',
    '[',
    ']',
    '{',
    '}',
  ],
  ...[
    '\u00a0',
    '\u2028',
    '\u2029',
    '\ufeff',
    '\ufffe',
    '\uffff',
    '😀',
    '𝕏',
    'é',
    '日',
    '\u202e',
    '\\u0041',
    '\\x41',
    '\\N{DEL}',
  ],
  ...[
    '~',
    '|',
    '>',
    '?',
    '=',
    '<<',
    '...',
    '---',
    'null',
    'yes',
    '1e3',
    '0x1F',
    '.inf',
    '<',
    '&amp;',
    '*',
    '!',
    ';',
    ' ',
  ],
];
const loneSurrogates = ['\ud800', '\udfff', 'a\udc00b'];

/** Texts that try to break out of a literal in any of the languages. */
export const hostileText = texts(parts);

/** The same with lone surrogates, which some languages cannot hold. */
export const hostileUnits = texts([...parts, ...loneSurrogates]);

function texts(from: readonly string[]): fc.Arbitrary<string> {
  const one = fc.constantFrom(...from);
  return fc.oneof(
    one,
    fc.array(fc.oneof(one, fc.string({ maxLength: 3 })), { maxLength: 8 }).map((found) => found.join('')),
    fc.string({ unit: 'binary', maxLength: 20 }),
  );
}

/** Several hundred different texts for a tool that is started once for all of them; the same in every run. */
export function batch(arbitrary: fc.Arbitrary<string>, count = 600): readonly string[] {
  return [...new Set([...parts, ...fc.sample(arbitrary, { numRuns: count, seed: 20 })])];
}
