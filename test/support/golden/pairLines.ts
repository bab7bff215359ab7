/** Lines in place of others: `was` alone is what is gone, `is` alone is new, both are one line that differs. */
export interface Pair {
  readonly was: readonly string[];
  readonly is?: string;
}

/** Two lines are one line changed when they share so much of their words, or the name that a value follows. */
const enough = 0.6;

/** Which of the removed lines became which of the added ones, in order; the rest is gone or new. */
export function pairLines(removed: readonly string[], added: readonly string[]): readonly Pair[] {
  const width = added.length + 1;
  const best = new Float64Array((removed.length + 1) * width);
  const at = (row: number, column: number): number => best[row * width + column] ?? 0;
  const [old, current] = [removed.map(wordsOf), added.map(wordsOf)];
  const match = (row: number, column: number): number => {
    const likeness = likenessOf(old[row] ?? [], current[column] ?? []);
    const name = nameOf(removed[row] ?? '');
    return likeness >= enough ? likeness : name !== '' && name === nameOf(added[column] ?? '') ? enough : 0;
  };
  for (let row = removed.length - 1; row >= 0; row -= 1) {
    for (let column = added.length - 1; column >= 0; column -= 1) {
      const paired = match(row, column) === 0 ? 0 : match(row, column) + at(row + 1, column + 1);
      best[row * width + column] = Math.max(paired, at(row + 1, column), at(row, column + 1));
    }
  }
  return trace(removed, added, at, match);
}

function trace(
  removed: readonly string[],
  added: readonly string[],
  at: (row: number, column: number) => number,
  match: (row: number, column: number) => number,
): readonly Pair[] {
  const pairs: Pair[] = [];
  let gone: string[] = [];
  const leave = (): void => {
    if (gone.length > 0) pairs.push({ was: gone });
    gone = [];
  };
  let [row, column] = [0, 0];
  while (row < removed.length || column < added.length) {
    const [was, is] = [removed[row], added[column]];
    if (was !== undefined && (is === undefined || at(row, column) === at(row + 1, column))) {
      gone.push(was);
      row += 1;
    } else if (is !== undefined && (was === undefined || at(row, column) === at(row, column + 1))) {
      leave();
      pairs.push({ was: [], is });
      column += 1;
    } else if (was !== undefined && is !== undefined && match(row, column) > 0) {
      leave();
      pairs.push({ was: [was], is });
      row += 1;
      column += 1;
    }
  }
  leave();
  return pairs;
}

function wordsOf(line: string): readonly string[] {
  return line.match(/[\w.-]+/gu) ?? [];
}

function nameOf(line: string): string {
  return /^\s*[\w"#.-]+(?=:|\s*:?=)/u.exec(line)?.[0] ?? '';
}

/** From 0 to 1: the share of the words that both have. */
function likenessOf(one: readonly string[], other: readonly string[]): number {
  const left = new Map<string, number>();
  for (const word of one) left.set(word, (left.get(word) ?? 0) + 1);
  let shared = 0;
  for (const word of other) {
    const count = left.get(word) ?? 0;
    if (count > 0) {
      shared += 1;
      left.set(word, count - 1);
    }
  }
  return one.length + other.length === 0 ? 0 : (2 * shared) / (one.length + other.length);
}
