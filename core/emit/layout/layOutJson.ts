import { parseTree } from 'jsonc-parser';
import type { Node, ParseError } from 'jsonc-parser';
import { InternalError } from '../../errors.ts';
import { lineWidth } from './lineWidth.ts';

/**
 * JSON as prettier prints it: an object is on one line when it fits and its first name stood on the line of its brace
 * (https://prettier.io/docs/rationale#objects); a list is when it fits, unless it holds several lists or objects of
 * several items each. Strings and numbers stay as they are written.
 *
 * @throws InternalError when the text is not JSON
 */
export function layOutJson(text: string): string {
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { disallowComments: true });
  if (tree === undefined || errors.length > 0) throw new InternalError(`This is not JSON:\n${text}`);
  return `${write(text, tree, '', 0)}\n`;
}

/** @param used columns that stand on the value's line beside it */
function write(text: string, node: Node, indent: string, used: number): string {
  const flat = writeFlat(text, node);
  if (flat !== undefined && used + flat.length <= lineWidth) return flat;
  const { children = [] } = node;
  if (children.length === 0) return sourceOf(text, node);
  const inner = `${indent}  `;
  const lines = children.map((child, index) => {
    const comma = index < children.length - 1 ? ',' : '';
    const [name, value = child] = child.type === 'property' ? (child.children ?? []) : [];
    const start = `${inner}${name === undefined ? '' : `${sourceOf(text, name)}: `}`;
    return `${start}${write(text, value, inner, start.length + comma.length)}${comma}`;
  });
  const [open, close] = node.type === 'object' ? '{}' : '[]';
  return [open, ...lines, `${indent}${close}`].join('\n');
}

/** All on one line; undefined for what is never written so. */
function writeFlat(text: string, node: Node): string | undefined {
  const { type, offset, children = [] } = node;
  if (children.length === 0) return sourceOf(text, node);
  const isSpread = type === 'object' && text.slice(offset, children[0]?.offset).includes('\n');
  const parts = children.map((child) => writeFlat(text, child));
  if (isSpread || isGrid(node) || parts.includes(undefined)) return undefined;
  if (type === 'property') return parts.join(': ');
  return type === 'object' ? `{ ${parts.join(', ')} }` : `[${parts.join(', ')}]`;
}

/** Several lists, or several objects, of several items each. */
function isGrid({ type, children: items = [] }: Node): boolean {
  const [first] = items;
  const isHolder = first?.type === 'array' || first?.type === 'object';
  const isLarge = (item: Node): boolean => item.type === first?.type && (item.children?.length ?? 0) > 1;
  return type === 'array' && isHolder && items.length > 1 && items.every(isLarge);
}

function sourceOf(text: string, { offset, length }: Node): string {
  return text.slice(offset, offset + length);
}
