import { lineWidth } from './lineWidth.ts';

/**
 * YAML with every flow collection (`[...]` or `{...}`) that makes its line too long laid out as prettier does: on a line
 * of its own if it fits there, else one item a line. Block scalars and comments stay.
 */
export function breakFlows(text: string): string {
  // What is indented by more belongs to a block scalar.
  let scalarIndent = Infinity;
  const lines = text.split('\n').flatMap((line) => {
    if (line.trim() === '' || line.search(/\S/) > scalarIndent) return [line];
    scalarIndent = /(?:^|\s)[|>][-+\d]*$/.test(line) ? indentOfScalar(line) : Infinity;
    return line.length <= lineWidth ? [line] : breakLine(line);
  });
  return lines.join('\n');
}

/** Where the key of a block scalar stands, or the dash of an item that is one. */
function indentOfScalar(line: string): number {
  const [, dashes = '', rest = ''] = /^(\s*(?:- )*)(.*)$/.exec(line) ?? [];
  return rest.includes(':') ? dashes.length : line.search(/\S/);
}

/** A key and a tag, either or both of which may be missing, before a collection. */
const beforeFlow = String.raw`([\w"'./-]+: )?(![\w:]+ )?`;
const flowLine = new RegExp(String.raw`^(\s*(?:- )*)${beforeFlow}([\[{].*)$`);
const flowItem = new RegExp(String.raw`^${beforeFlow}([\[{].*)$`);

function breakLine(line: string): readonly string[] {
  const [, start = '', key = '', tag = '', flow = ''] = flowLine.exec(line) ?? [];
  if (itemsOf(flow) === undefined) return [line];
  const indent = ' '.repeat(start.length);
  if (key === '') return writeFlow(`${start}${tag}`, flow, indent, '');
  return [`${start}${key.trimEnd()}`, ...writeFlow(`${indent}  ${tag}`, flow, `${indent}  `, '')];
}

/** The lines of a collection between `start` and `end`. */
function writeFlow(start: string, flow: string, indent: string, end: string): readonly string[] {
  const items = itemsOf(flow);
  if (items === undefined || start.length + flow.length + end.length <= lineWidth) return [`${start}${flow}${end}`];
  const inner = `${indent}  `;
  const lines = items.flatMap((item) => {
    const [, key = '', tag = '', nested = item] = flowItem.exec(item) ?? [];
    return writeFlow(`${inner}${key}${tag}`, nested, inner, ',');
  });
  return [`${start}${flow[0]}`, ...lines, `${indent}${flow.at(-1)}${end}`];
}

/** The items of a collection; undefined for any other text, and where something stands behind it. */
function itemsOf(flow: string): readonly string[] | undefined {
  const tokens = flow.match(/"(?:[^"\\]|\\.)*"|'[^']*'|[[\]{},]|[^"'[\]{},]+/g) ?? [];
  const items = [''];
  let depth = 0;
  for (const [index, token] of tokens.entries()) {
    if (token === ']' || token === '}') depth -= 1;
    const isOuter = index === 0 || index === tokens.length - 1;
    if (depth < 1 && !isOuter) return undefined;
    if (depth === 1 && token === ',') items.push('');
    else if (!isOuter) items.push(`${items.pop() ?? ''}${token}`);
    if (token === '[' || token === '{') depth += 1;
  }
  return depth === 0 && tokens.length > 2 ? items.map((item) => item.trim()) : undefined;
}
