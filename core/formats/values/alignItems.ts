import { diffLines } from '../lines/diffLines.ts';
import { listKey, nameOf } from './listKey.ts';
import { identityOf } from './values.ts';
import type { List } from './values.ts';

export interface Aligned {
  /** Positions in the two lists; only one where the item is to be removed or added. */
  readonly from?: number;
  readonly to?: number;
  /** The position in the list as it is, at which to remove or add. */
  readonly at: number;
}

/** Which item becomes which: by the field that names them, else by what they hold. */
export function alignItems(value: List, target: List): readonly Aligned[] {
  const key = listKey([value, target]);
  const labels = (list: List): readonly string[] =>
    list.items.map((item, index) =>
      key === undefined ? identityOf(item) : (nameOf(list, index, key)?.identity ?? ''),
    );
  const aligned: Aligned[] = [];
  let [from, to] = [0, 0];
  const pairUntil = (end: number): void => {
    for (; from < end; from += 1, to += 1) aligned.push({ from, to, at: from });
  };
  for (const { last, side } of diffLines(labels(value), labels(target))) {
    pairUntil(last.start + Math.min(last.end - last.start, side.end - side.start));
    for (; from < last.end; from += 1) aligned.push({ from, at: from });
    for (; to < side.end; to += 1) aligned.push({ to, at: from });
  }
  pairUntil(value.items.length);
  return aligned;
}
