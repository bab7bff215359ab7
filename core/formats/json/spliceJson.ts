import type { Node } from 'jsonc-parser';
import type { Edit } from '../lines/editText.ts';
import { insertChild, removeChild } from './jsonChildren.ts';
import { indentAt, indentUnit, writeSnippet } from '../lines/indentation.ts';
import type { Snippet } from '../lines/indentation.ts';
import { parseJson } from './parseJson.ts';
import { splice } from '../values/splice.ts';
import type { Surgery } from '../values/splice.ts';
import { splitLines } from '../lines/splitLines.ts';
import type { Value } from '../values/values.ts';

/** The text of a value that the user's text does not have yet; undefined where nobody wrote it in one piece. */
export type WriteNew = (value: Value) => Snippet | undefined;

/**
 * Changes a JSON text so that it holds `wanted`, and nothing else. `JSON.stringify` of the whole would lose comments and
 * layout, and so does `modify` of jsonc-parser (microsoft/node-jsonc-parser#108, #125).
 *
 * @param text without a byte order mark
 * @returns undefined when that is not possible; comments are the caller's to check
 */
export function spliceJson(text: string, wanted: Value, writeNew: WriteNew): string | undefined {
  return splice(text, wanted, (current) => open(current, writeNew));
}

function open(text: string, writeNew: WriteNew): Surgery | undefined {
  const parsed = parseJson(text);
  if (parsed.kind === 'fault') return undefined;
  const node = (value: Value): Node => parsed.nodes.get(value) ?? parsed.root;
  return {
    value: parsed.value,
    replace: (value, target) => {
      const snippet = writeNew(target);
      return snippet === undefined ? undefined : [replaceNode(text, node(value), snippet)];
    },
    remove: (parent, index) => removeChild(text, node(parent), index),
    insert: (parent, index, target, name) => {
      const snippet = writeNew(target);
      if (snippet === undefined) return undefined;
      const [first = '', ...rest] = snippet.lines;
      const start = name === undefined ? '' : JSON.stringify(name) + colonOf(text, node(parent));
      return insertChild(text, node(parent), index, { ...snippet, lines: [start + first, ...rest] });
    },
  };
}

function replaceNode(text: string, { offset, length }: Node, snippet: Snippet): Edit {
  const lineEnd = splitLines(text).commonEnd ?? '\n';
  const written = writeSnippet(snippet, indentAt(text, offset), indentUnit(text), lineEnd);
  return { start: offset, end: offset + length, text: written };
}

/** As it stands between name and value of a neighbour. */
function colonOf(text: string, parent: Node): string {
  const [key, value] = parent.children?.[0]?.children ?? [];
  const between = key === undefined || value === undefined ? '' : text.slice(key.offset + key.length, value.offset);
  return /^[ \t]*:[ \t]*$/.test(between) ? between : ': ';
}
