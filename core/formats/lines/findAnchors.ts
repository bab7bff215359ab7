/** A line that two texts share: its number in each, from 0. */
export interface Anchor {
  readonly last: number;
  readonly side: number;
}

/**
 * The most of the lines that stand exactly once in each of two texts, in an order that both have: patience diff
 * (Bram Cohen, https://bramcohen.livejournal.com/73318.html). O(n log n), whatever the texts hold.
 */
export function findAnchors(last: readonly number[], side: readonly number[]): readonly Anchor[] {
  const places = onceIn(side);
  const candidates = [...onceIn(last)].flatMap(([token, index]): readonly Anchor[] => {
    const other = places.get(token);
    return other === undefined ? [] : [{ last: index, side: other }];
  });
  // The longest sequence that rises on both sides: the top of each pile, and what it was put behind.
  const piles: Anchor[] = [];
  const behind = new Map<Anchor, Anchor | undefined>();
  for (const anchor of candidates) {
    let [low, high] = [0, piles.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((piles[middle] as Anchor).side < anchor.side) low = middle + 1;
      else high = middle;
    }
    behind.set(anchor, piles[low - 1]);
    piles[low] = anchor;
  }
  const found: Anchor[] = [];
  for (let anchor = piles.at(-1); anchor !== undefined; anchor = behind.get(anchor)) found.push(anchor);
  return found.toReversed();
}

/** Where each token stands that stands once, in the order of the text. */
function onceIn(tokens: readonly number[]): ReadonlyMap<number, number> {
  const places = new Map<number, number>();
  const seen = new Set<number>();
  for (const [index, token] of tokens.entries()) {
    if (seen.has(token)) places.delete(token);
    else places.set(token, index);
    seen.add(token);
  }
  return places;
}
