/** One choice of a factor: what it sets, which may be nothing. */
export type Level = Readonly<Record<string, unknown>>;

/** The choices of what varies; those of different factors set different things. */
export type Factors = Readonly<Record<string, readonly Level[]>>;

/** A level of each factor, by their places; undefined while it is not chosen. */
type Choice = readonly (number | undefined)[];

/** How many rows are tried before the one that adds most is taken, and before a pair counts as impossible. */
const tries = { row: 40, pair: 400 } as const;

/** Every combination of the factors' levels. */
export function everyRow(factors: Factors): readonly Level[] {
  return Object.values(factors).reduce<readonly Level[]>(
    (rows, levels) => rows.flatMap((row) => levels.map((level) => ({ ...row, ...level }))),
    [{}],
  );
}

/**
 * Few rows in which each level of a factor meets each level of every other: greedily, the row that adds most of some
 * comes next (Cohen, Dalal, Fredman, Patton: The AETG System, IEEE Transactions on Software Engineering 23, 1997). The
 * same factors give the same rows.
 *
 * @param isAllowed whether a whole row may be
 * @returns the rows, and the pairs that no allowed row was found for
 */
export function pairwise(
  factors: Factors,
  isAllowed: (row: Level) => boolean = () => true,
): { readonly rows: readonly Level[]; readonly impossible: readonly Level[] } {
  const levels = Object.values(factors);
  const random = createRandom();
  const toRow = (choice: Choice): Level =>
    Object.assign({}, ...choice.map((level, factor) => levels[factor]?.[level ?? -1])) as Level;
  const left = new Map(everyPair(levels).map((pair) => [nameOf(pair), pair]));
  const gain = (choice: Choice): number => pairsOf(choice).filter((pair) => left.has(pair)).length;

  /** A row with this pair in it; the other factors take their turns by chance, and levels by what they add. */
  const complete = (pair: Choice, isGreedy: boolean): Choice =>
    shuffled([...levels.keys()], random).reduce<Choice>((choice, factor) => {
      if (choice[factor] !== undefined) return choice;
      const options = shuffled([...(levels[factor] ?? []).keys()], random).map((level) => choice.with(factor, level));
      return isGreedy ? mostOf(options, gain) : (options[0] ?? choice);
    }, pair);
  const tryOut = (pair: Choice, count: number, isGreedy: boolean): readonly Choice[] =>
    Array.from({ length: count }, () => complete(pair, isGreedy)).filter((choice) => isAllowed(toRow(choice)));

  const rows: Level[] = [];
  const impossible: Level[] = [];
  for (const [name, pair] of left) {
    const greedy = tryOut(pair, tries.row, true);
    const found = greedy.length > 0 ? greedy : tryOut(pair, tries.pair, false);
    if (found.length === 0) {
      impossible.push(toRow(pair));
      left.delete(name);
    } else {
      const best = mostOf(found, gain);
      rows.push(toRow(best));
      pairsOf(best).forEach((covered) => left.delete(covered));
    }
  }
  return { rows, impossible };
}

function everyPair(levels: readonly (readonly Level[])[]): readonly Choice[] {
  const none: Choice = levels.map(() => undefined);
  return levels.flatMap((ones, one) =>
    levels.flatMap((others, other) =>
      other <= one ? [] : ones.flatMap((_, a) => others.map((_level, b) => none.with(one, a).with(other, b))),
    ),
  );
}

/** The names of all pairs in a row. */
function pairsOf(choice: Choice): readonly string[] {
  const chosen = choice.flatMap((level, factor) => (level === undefined ? [] : [`${factor}:${level}`]));
  return chosen.flatMap((one, index) => chosen.slice(index + 1).map((other) => `${one} ${other}`));
}

function nameOf(pair: Choice): string {
  return pairsOf(pair).join();
}

function mostOf<T>(items: readonly T[], measure: (item: T) => number): T {
  return items.reduce((a, b) => (measure(b) > measure(a) ? b : a));
}

/** Numbers from 0 up to 1, the same ones each time: a linear congruential generator (Park and Miller, 1988). */
function createRandom(): () => number {
  let state = 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

function shuffled<T>(items: readonly T[], random: () => number): readonly T[] {
  return items
    .map((item) => ({ item, place: random() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ item }) => item);
}
