import type { List, Scalar } from './values.ts';

/** Fields that name an item of a list: containers, environment, secrets; volumes; port mappings. */
const keys = ['name', 'id', 'containerPort'] as const;

/**
 * The field by which the items of all these lists can be told apart: in each list, every item has it as a scalar and
 * no two items the same.
 */
export function listKey(lists: readonly List[]): string | undefined {
  return keys.find((key) =>
    lists.every((list) => {
      const names = list.items.map((_, index) => nameOf(list, index, key)?.identity);
      return names.every((name) => name !== undefined) && new Set(names).size === names.length;
    }),
  );
}

/** What the field `key` of an item holds, when that names it. */
export function nameOf(list: List, index: number, key: string): Scalar | undefined {
  const item = list.items[index];
  const name = item?.kind === 'fields' ? item.fields.get(key) : undefined;
  return name?.kind === 'scalar' ? name : undefined;
}
