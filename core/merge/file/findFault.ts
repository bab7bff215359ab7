import { parse as parseJsonc, printParseErrorCode } from 'jsonc-parser';
import type { ParseError } from 'jsonc-parser';
import { decodeText } from '../../formats/lines/decodeText.ts';
import { lineAt } from '../../formats/lines/lineAt.ts';
import type { Fault } from '../../formats/lines/lineAt.ts';
import { parseJson } from '../../formats/json/parseJson.ts';
import { parseToml } from '../../formats/toml/parseToml.ts';
import { parseYaml } from '../../formats/yaml/parseYaml.ts';
import { withoutByteOrderMark } from '../../formats/lines/splitLines.ts';

const parsers: readonly (readonly [RegExp, (text: string) => Fault | { readonly kind: 'parsed' }])[] = [
  [/\.json$/, parsePlainJson],
  [/\.ya?ml$/, parseYaml],
  [/\.toml$/, parseToml],
];

/**
 * Why what reads a file will refuse it; undefined when it will not, or when nobody can tell by its type. JSON must be plain: AWS
 * and Python's `json` take neither comments nor trailing commas.
 */
export function findFault(path: string, bytes: Uint8Array): Fault | undefined {
  const parse = parsers.find(([pattern]) => pattern.test(path))?.[1];
  const text = parse === undefined ? undefined : decodeText(bytes);
  if (parse === undefined || text === undefined) return undefined;
  const parsed = parse(withoutByteOrderMark(text));
  return parsed.kind === 'fault' ? parsed : undefined;
}

function parsePlainJson(text: string): Fault | { readonly kind: 'parsed' } {
  const parsed = parseJson(text);
  if (parsed.kind === 'fault') return parsed;
  const errors: ParseError[] = [];
  parseJsonc(text, errors, { disallowComments: true, allowTrailingComma: false });
  const [first] = errors;
  if (first === undefined) return { kind: 'parsed' };
  const isComment = printParseErrorCode(first.error) === 'InvalidCommentToken';
  // A comma is noticed at the bracket after it.
  const offset = isComment ? first.offset : text.lastIndexOf(',', first.offset);
  const what = isComment ? 'a comment' : 'a comma after the last entry';
  return { kind: 'fault', line: lineAt(text, offset), what: `is not plain JSON (${what})` };
}
