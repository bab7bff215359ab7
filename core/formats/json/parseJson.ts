import { parseTree, printParseErrorCode } from 'jsonc-parser';
import type { Node, ParseError } from 'jsonc-parser';
import { lineAt } from '../lines/lineAt.ts';
import type { Fault } from '../lines/lineAt.ts';
import { number, text as textValue, bareWord } from '../values/values.ts';
import type { Value } from '../values/values.ts';

export interface ParsedJson {
  readonly kind: 'parsed';
  readonly value: Value;
  readonly root: Node;
  /** Where each value stands in the text. */
  readonly nodes: ReadonlyMap<Value, Node>;
}

/** Deeper than any configuration, and far from the end of the stack. */
const deepest = 200;

/**
 * Parses JSON with comments and trailing commas, without a byte order mark. Numbers keep all their digits; a name that
 * stands twice in an object is a fault.
 */
export function parseJson(text: string): ParsedJson | Fault {
  const fault = (offset: number, what: string): Fault => ({ kind: 'fault', line: lineAt(text, offset), what });
  const nodes = new Map<Value, Node>();
  let problem: Fault | undefined;

  const convert = (node: Node, depth: number): Value => {
    if (depth > deepest) problem ??= fault(node.offset, 'is nested too deeply');
    const value = problem === undefined ? convertInside(node, depth) : bareWord('null');
    nodes.set(value, node);
    return value;
  };
  const convertInside = (node: Node, depth: number): Value => {
    const children = node.children ?? [];
    if (node.type === 'array') return { kind: 'list', items: children.map((child) => convert(child, depth + 1)) };
    if (node.type === 'object') {
      const fields = new Map<string, Value>();
      for (const { children: [key, value] = [] } of children) {
        if (key === undefined || value === undefined) continue;
        const name = String(key.value);
        if (fields.has(name)) problem ??= fault(key.offset, `has the name ${JSON.stringify(name)} twice`);
        fields.set(name, convert(value, depth + 1));
      }
      return { kind: 'fields', fields };
    }
    if (node.type === 'string') return textValue(String(node.value));
    const written = text.slice(node.offset, node.offset + node.length);
    return node.type === 'number' ? number(written) : bareWord(written);
  };

  const errors: ParseError[] = [];
  let root: Node | undefined;
  try {
    root = parseTree(text, errors, { allowTrailingComma: true });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return fault(0, 'is nested too deeply');
  }
  const [first] = errors;
  if (first !== undefined || root === undefined) {
    return fault(first?.offset ?? 0, `is not valid JSON (${words(first)})`);
  }
  const value = convert(root, 0);
  return problem ?? { kind: 'parsed', value, root, nodes };
}

/** `CommaExpected` as `comma expected`. */
function words(error: ParseError | undefined): string {
  const name = error === undefined ? 'ValueExpected' : printParseErrorCode(error.error);
  return name.replaceAll(/(?<=.)[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();
}
