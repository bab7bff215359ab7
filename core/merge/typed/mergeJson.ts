import type { Node } from 'jsonc-parser';
import { jsonComments } from '../../formats/json/jsonTokens.ts';
import { snippetOf } from '../../formats/lines/indentation.ts';
import type { Snippet } from '../../formats/lines/indentation.ts';
import { mergeStructure } from './mergeStructure.ts';
import type { Spliced, StructureMerge } from './mergeStructure.ts';
import type { ParsedText } from '../../formats/values/parsed.ts';
import { parseJson } from '../../formats/json/parseJson.ts';
import type { ParsedJson } from '../../formats/json/parseJson.ts';
import { spliceJson } from '../../formats/json/spliceJson.ts';
import { withoutByteOrderMark } from '../../formats/lines/splitLines.ts';
import type { Three } from '../../three.ts';
import type { Value } from '../../formats/values/values.ts';

interface JsonText extends ParsedText, ParsedJson {
  /** Without the byte order mark, which stands in `mark`. */
  readonly body: string;
  readonly mark: string;
}

/**
 * Three-way merge of JSON; comments and trailing commas are allowed where the user's text or the new one has them.
 *
 * @throws InternalError when the new text is not valid
 */
export function mergeJson(texts: Three<string>): StructureMerge {
  return mergeStructure<JsonText>(texts, { parse, splice, isStrict });
}

function parse(text: string): JsonText | Exclude<ReturnType<typeof parseJson>, ParsedJson> {
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : '';
  const body = text.slice(mark.length);
  const parsed = parseJson(body);
  return parsed.kind === 'fault' ? parsed : { ...parsed, body, mark, comments: jsonComments(body) };
}

function splice({ yours, next }: Three<JsonText>, wanted: Value): Spliced | undefined {
  const spliced = spliceJson(yours.body, wanted, (value) => writtenIn(next, value) ?? writtenIn(yours, value));
  return spliced === undefined ? undefined : { text: yours.mark + spliced };
}

function writtenIn({ body, nodes }: JsonText, value: Value): Snippet | undefined {
  const node: Node | undefined = nodes.get(value);
  return node === undefined ? undefined : snippetOf(body, node.offset, node.offset + node.length);
}

/** Without comments and trailing commas. */
function isStrict(text: string): boolean {
  try {
    JSON.parse(withoutByteOrderMark(text));
    return true;
  } catch {
    return false;
  }
}
