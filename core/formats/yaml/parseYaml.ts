import { isAlias, isScalar, isSeq, Lexer, LineCounter, parseAllDocuments } from 'yaml';
import type { ParsedNode } from 'yaml';
import type { Fault } from '../lines/lineAt.ts';
import { bareWord } from '../values/values.ts';
import type { Value } from '../values/values.ts';
import { holderOf } from './yamlHolders.ts';
import type { YamlChild, YamlHolder } from './yamlHolders.ts';
import { keyName, scalarValue } from './yamlScalars.ts';
import { deepest, isTooDeep, yamlComments } from './yamlTokens.ts';
import type { Comment } from './yamlTokens.ts';

export interface ParsedYaml {
  readonly kind: 'parsed';
  readonly text: string;
  readonly value: Value;
  readonly comments: readonly string[];
  /** The same comments with their offsets. */
  readonly commentPlaces: readonly Comment[];
  readonly documents: number;
  /** Where the children of each object and list stand; none for one that cannot be edited. */
  readonly holders: ReadonlyMap<Value, YamlHolder>;
  /** The pair or item in which each value stands. */
  readonly children: ReadonlyMap<Value, YamlChild>;
}

/**
 * Parses YAML by its syntax: alias, tag and anchor are part of a value and are not followed. A plain scalar is the same
 * where it is written the same, unless every version of YAML reads it as a text: `0755` and `on` mean different things
 * to different readers. Keys that stand twice and aliases without an anchor before them are faults.
 *
 * @param text without a byte order mark
 */
export function parseYaml(text: string): ParsedYaml | Fault {
  const lineCounter = new LineCounter();
  const holders = new Map<Value, YamlHolder>();
  const children = new Map<Value, YamlChild>();
  const anchors = new Set<string>();
  let problem: Fault | undefined;
  const fault = (offset: number, what: string): void => {
    problem ??= { kind: 'fault', line: Math.max(1, lineCounter.linePos(offset).line), what };
  };

  const convert = (node: ParsedNode | null, depth: number): Value => {
    if (node === null || problem !== undefined) return bareWord('');
    if (depth > deepest) fault(node.range[0], 'is nested too deeply');
    if (isAlias(node)) {
      if (!anchors.has(node.source)) fault(node.range[0], `has the alias *${node.source} without its anchor`);
      return bareWord(`*${node.source}`);
    }
    if (node.anchor !== undefined) anchors.add(node.anchor);
    if (isScalar(node)) return scalarValue(node, text);
    const mark = `${node.tag ?? ''} ${node.anchor ?? ''}`;
    const value: Value = isSeq(node)
      ? { kind: 'list', items: node.items.map((item) => convert(item as ParsedNode, depth + 1)), mark }
      : { kind: 'fields', fields: fieldsOf(node.items as readonly PairNode[], depth), mark };
    const holder = holderOf(node);
    if (holder !== undefined) {
      holders.set(value, holder);
      const inner = value.kind === 'list' ? value.items : [...value.fields.values()];
      for (const [index, child] of inner.entries()) {
        const place = holder.children[index];
        if (place !== undefined) children.set(child, place);
      }
    }
    return value;
  };
  const fieldsOf = (pairs: readonly PairNode[], depth: number): ReadonlyMap<string, Value> => {
    const fields = new Map<string, Value>();
    for (const { key, value } of pairs) {
      const name = keyName(key, text);
      if (fields.has(name)) fault(key?.range[0] ?? 0, `has the key ${name} twice`);
      if (key !== null && !isScalar(key)) convert(key, depth + 1);
      else if (key?.anchor !== undefined) anchors.add(key.anchor);
      fields.set(name, convert(value, depth + 1));
    }
    return fields;
  };

  const tokens = [...new Lexer().lex(text)];
  if (isTooDeep(tokens)) return { kind: 'fault', line: 1, what: 'is nested too deeply' };
  const documents = [
    ...parseAllDocuments<ParsedNode>(text, {
      keepSourceTokens: true,
      lineCounter,
      logLevel: 'silent',
      prettyErrors: false,
    }),
  ];
  const [error] = documents.flatMap(({ errors }) => errors);
  if (error !== undefined) fault(error.pos[0], `is not valid YAML (${error.code.toLowerCase().replaceAll('_', ' ')})`);
  const values = documents.map(({ contents }) => {
    anchors.clear();
    return convert(contents, 0);
  });
  const value: Value = values.length === 1 && values[0] !== undefined ? values[0] : severalDocuments(values);
  const commentPlaces = yamlComments(tokens);
  return (
    problem ?? {
      kind: 'parsed',
      text,
      value,
      comments: commentPlaces.map((comment) => comment.text),
      commentPlaces,
      documents: values.length,
      holders,
      children,
    }
  );
}

interface PairNode {
  readonly key: ParsedNode | null;
  readonly value: ParsedNode | null;
}

/** Each document merges by itself while both sides have the same number of them. */
function severalDocuments(values: readonly Value[]): Value {
  const fields = new Map(values.map((value, index) => [`document ${index + 1}`, value]));
  return { kind: 'fields', fields, mark: `${values.length} documents` };
}
