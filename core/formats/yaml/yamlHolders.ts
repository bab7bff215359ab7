import { isMap } from 'yaml';
import type { CST, ParsedNode, YAMLMap, YAMLSeq } from 'yaml';

/** A pair of an object or an item of a list, as it stands in the text; offsets in UTF-16 code units. */
export interface YamlChild {
  /** Of the key, or of the dash before an item. */
  readonly start: number;
  /** After the colon or the dash; `start` where there is none. */
  readonly indicatorEnd: number;
  /** After the value; white space may still belong to it. */
  readonly end: number;
}

export interface YamlHolder {
  readonly children: readonly YamlChild[];
  /** In braces or brackets, the first at `start`, the second before `end`. */
  readonly isFlow: boolean;
  readonly start: number;
  readonly end: number;
}

type Collection = YAMLMap.Parsed | YAMLSeq.Parsed;

/** Undefined for an object or a list in a form that is rare: `? key`, or pairs in a list in brackets. */
export function holderOf(node: Collection): YamlHolder | undefined {
  const { srcToken: token, range } = node;
  if (token === undefined) return undefined;
  const children = isMap(node) ? pairsOf(node) : itemsOf(node, token);
  if (children === undefined) return undefined;
  return { children, isFlow: token.type === 'flow-collection', start: range[0], end: range[1] };
}

function pairsOf(node: YAMLMap.Parsed): readonly YamlChild[] | undefined {
  const children = node.items.map(({ key, value, srcToken }) => {
    const colon = srcToken?.sep?.find(({ type }) => type === 'map-value-ind');
    const isRare = key === null || srcToken?.start.some(({ type }) => rareBeforeKey.has(type));
    if (isRare !== false || colon === undefined) return undefined;
    const indicatorEnd = colon.offset + colon.source.length;
    return { start: key.range[0], indicatorEnd, end: Math.max(indicatorEnd, value?.range[1] ?? 0) };
  });
  return children.every((child) => child !== undefined) ? children : undefined;
}

const rareBeforeKey: ReadonlySet<string> = new Set(['explicit-key-ind', 'anchor', 'tag']);

function itemsOf(node: YAMLSeq.Parsed, token: CST.BlockSequence | CST.FlowCollection | CST.BlockMap) {
  const isFlow = token.type === 'flow-collection';
  const tokens: readonly CST.CollectionItem[] = token.items;
  const items = tokens.filter(({ start, value }) =>
    isFlow ? value !== undefined : start.some(({ type }) => type === 'seq-item-ind'),
  );
  if (items.length !== node.items.length || items.some(({ key, sep }) => key !== undefined || sep !== undefined)) {
    return undefined;
  }
  return node.items.map((item: ParsedNode, index): YamlChild => {
    const before = items[index]?.start ?? [];
    const first = before.find(
      ({ type }) => type === (isFlow ? 'anchor' : 'seq-item-ind') || (isFlow && type === 'tag'),
    );
    const start = first?.offset ?? item.range[0];
    const indicatorEnd = isFlow ? start : start + 1;
    return { start, indicatorEnd, end: Math.max(indicatorEnd, item.range[1]) };
  });
}

/** Where the child ends, without white space and line breaks behind its value. */
export function endOfChild(text: string, { indicatorEnd, end }: YamlChild): number {
  return indicatorEnd + text.slice(indicatorEnd, end).trimEnd().length;
}
