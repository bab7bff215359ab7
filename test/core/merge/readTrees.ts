import { parseTree } from 'jsonc-parser';
import type { Node } from 'jsonc-parser';
import { parse as parseToml } from 'smol-toml';
import { isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type { Tree } from './trees.ts';

const withoutMark = (text: string): string => text.replace(/^\uFEFF/, '');

/** Fails for a text that is not valid. */
export function readJson(marked: string): Tree {
  const text = withoutMark(marked);
  const errors: unknown[] = [];
  const root = parseTree(text, errors as never[], { allowTrailingComma: true });
  if (root === undefined || errors.length > 0) throw new Error(`not JSON: ${text}`);
  const read = (node: Node): Tree => {
    if (node.type === 'array') return (node.children ?? []).map(read);
    if (node.type !== 'object') return text.slice(node.offset, node.offset + node.length);
    const entries = (node.children ?? []).map(({ children: [key, value] = [] }) => {
      if (key === undefined || value === undefined) throw new Error(`not JSON: ${text}`);
      return [String(key.value), read(value)] as const;
    });
    const fields = new Map(entries);
    if (fields.size !== entries.length) throw new Error(`a name twice: ${text}`);
    return fields;
  };
  return read(root);
}

/** Strings in the form of JSON, everything else as it is written. */
export function readYaml(text: string): Tree {
  const document = parseDocument(text, { uniqueKeys: true });
  if (document.errors.length > 0) throw new Error(`not YAML: ${text}`);
  const read = (node: unknown): Tree => {
    if (isSeq(node)) return node.items.map(read);
    if (isMap(node)) {
      return new Map(
        node.items.map(({ key, value }) => [isScalar(key) ? String(key.source ?? key.value) : '?', read(value)]),
      );
    }
    if (!isScalar(node)) throw new Error(`not a plain value: ${text}`);
    return typeof node.value === 'string' ? JSON.stringify(node.value) : String(node.source);
  };
  return document.contents === null ? new Map() : read(document.contents);
}

export function readToml(text: string): Tree {
  const read = (value: unknown): Tree => {
    if (Array.isArray(value)) return value.map(read);
    if (typeof value === 'object' && value !== null) {
      return new Map(Object.entries(value).map(([key, inner]) => [key, read(inner)]));
    }
    return typeof value === 'string'
      ? JSON.stringify(value)
      : typeof value === 'bigint'
        ? `${value}`
        : `float ${String(value)}`;
  };
  return read(parseToml(withoutMark(text), { integersAsBigInt: true }));
}
