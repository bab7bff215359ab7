import { parseTree } from 'jsonc-parser';
import type { Node } from 'jsonc-parser';

/** How one file is changed, by the user or by a newer version of the generator. */
export type How = 'insert' | 'replace' | 'delete';

/**
 * Changes a text at a place that a number chooses. What is added holds the token, by which it is found again.
 *
 * @param file its name says how a comment is written
 */
export function editText(file: string, text: string, { how, at }: { how: How; at: number }, token: string): string {
  return file.endsWith('.json') ? editJson(text, how, at, token) : editLines(file, text, how, at, token);
}

/** Lines with their ends. */
export function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/gu) ?? [];
}

const contentOf = (line: string): string => line.replace(/\r?\n$/u, '');

function editLines(file: string, text: string, how: How, at: number, token: string): string {
  const lines = linesOf(text);
  const index = at % Math.max(1, lines.length);
  const line = lines[index] ?? '\n';
  const end = line.slice(contentOf(line).length);
  const comment = file.endsWith('.md') ? token : `# ${token}`;
  if (how === 'delete') return lines.toSpliced(index, 1).join('');
  if (how === 'replace') return lines.toSpliced(index, 1, `${contentOf(line)} ${comment}${end}`).join('');
  const indent = /^[ \t]*/u.exec(line)?.[0] ?? '';
  return lines.toSpliced(index, 0, `${indent}${comment}${end === '' ? '\n' : end}`).join('');
}

function editJson(text: string, how: How, at: number, token: string): string {
  const errors: never[] = [];
  const root = parseTree(text, errors);
  if (root === undefined || errors.length > 0) return text;
  const nodes = [...descend(root)];
  const put = (start: number, end: number, added: string): string => text.slice(0, start) + added + text.slice(end);
  if (how === 'replace') {
    const scalars = nodes.filter(
      ({ type, parent }) => !['object', 'array', 'property'].includes(type) && parent?.children?.[0] !== undefined,
    );
    const values = scalars.filter((node) => node.parent?.type !== 'property' || node.parent.children?.[1] === node);
    const chosen = values[at % Math.max(1, values.length)];
    return chosen === undefined ? text : put(chosen.offset, chosen.offset + chosen.length, `"${token}"`);
  }
  const objects = nodes.filter(({ type }) => type === 'object');
  const parent = objects[at % Math.max(1, objects.length)];
  if (parent === undefined) return text;
  const children = parent.children ?? [];
  if (how === 'insert')
    return put(parent.offset + 1, parent.offset + 1, `"${token}": 1${children.length > 0 ? ', ' : ''}`);
  const index = at % Math.max(1, children.length);
  const [child, previous, next] = [children[index], children[index - 1], children[index + 1]];
  if (child === undefined) return text;
  if (next !== undefined) return put(child.offset, next.offset, '');
  return put(
    previous === undefined ? child.offset : previous.offset + previous.length,
    child.offset + child.length,
    '',
  );
}

function* descend(node: Node): Generator<Node> {
  yield node;
  for (const child of node.children ?? []) yield* descend(child);
}
