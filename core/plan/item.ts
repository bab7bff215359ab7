/** One computed size: the value, one sentence with the numbers that gave it, and where the rule comes from. */
export interface Item<T = number> {
  readonly value: T;
  readonly why: string;
  readonly source: string;
}

export type Section<Keys extends string> = Readonly<Record<Keys, Item>>;

/**
 * @param value the size
 * @param why one sentence that holds the numbers it was computed from
 * @param source where the rule or limit comes from
 */
export function item<T = number>(value: T, why: string, source: string): Item<T> {
  return { value, why, source };
}

/** A number as people write it: at most `digits` decimals and no trailing zeros. */
export function show(value: number, digits = 2): string {
  return String(Number(value.toFixed(digits)));
}

/** A count with its word: `1 worker`, `2 workers`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
