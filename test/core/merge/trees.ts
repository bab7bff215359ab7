import * as fc from 'fast-check';

/** A value as it is written: a scalar's own text, which both JSON and YAML read the same way. */
export type Tree = string | readonly Tree[] | ReadonlyMap<string, Tree>;

/** An edit of a tree at a place that its number chooses. */
export interface TreeEdit {
  readonly at: number;
  readonly how: 'set' | 'remove' | 'add';
  readonly key: string;
  readonly value: Tree;
}

const key = fc.constantFrom('a', 'b', 'c', 'd', 'web', 'x y', 'constructor', '__proto__', 'on', '1');
const scalar = fc.constantFrom(
  '1',
  '2',
  '1.0',
  '-0.5',
  '1e3',
  '12345678901234567890',
  '12345678901234567891',
  'true',
  'null',
  '""',
  '"a"',
  '"b: #c"',
  '"// no comment"',
  '"ä\\n\\"{"',
);

/** A list of objects in which each has a name of its own. */
function named(fields: fc.Arbitrary<ReadonlyMap<string, Tree>>): fc.Arbitrary<Tree> {
  const name = fc.constantFrom('"A"', '"B"', '"C"', '"D"', '"E"');
  return fc
    .uniqueArray(fc.tuple(name, fields), { selector: ([own]) => own, minLength: 1, maxLength: 4 })
    .map((items) =>
      items.map(([own, inner]) => new Map([['name', own], ...[...inner].filter(([field]) => field !== 'name')])),
    );
}

export const tree = fc.letrec<{ value: Tree; fields: ReadonlyMap<string, Tree> }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    { weight: 5, arbitrary: scalar },
    { weight: 3, arbitrary: tie('fields') },
    { weight: 1, arbitrary: fc.array(scalar, { maxLength: 3 }) },
    { weight: 1, arbitrary: named(tie('fields') as fc.Arbitrary<ReadonlyMap<string, Tree>>) },
  ),
  fields: fc
    .uniqueArray(fc.tuple(key, tie('value')), { selector: ([own]) => own, maxLength: 5 })
    .map((entries) => new Map(entries)),
}));

export const treeEdits: fc.Arbitrary<readonly TreeEdit[]> = fc.array(
  fc.record({
    at: fc.nat(),
    how: fc.constantFrom('set' as const, 'set' as const, 'remove' as const, 'add' as const),
    key,
    value: fc.oneof({ weight: 4, arbitrary: scalar }, { weight: 1, arbitrary: tree.value }),
  }),
  { maxLength: 3 },
);

/** Applies edits one after the other; each to one of all the objects and lists of the tree. */
export function editTree(root: ReadonlyMap<string, Tree>, edits: readonly TreeEdit[]): ReadonlyMap<string, Tree> {
  return edits.reduce<ReadonlyMap<string, Tree>>((current, edit) => {
    const counter = { left: edit.at % countHolders(current) };
    return visit(current, edit, counter) as ReadonlyMap<string, Tree>;
  }, root);
}

export function isFields(value: Tree): value is ReadonlyMap<string, Tree> {
  return value instanceof Map;
}

function isNamed(value: readonly Tree[]): boolean {
  return value.length > 0 && value.every((item) => isFields(item) && item.has('name'));
}

function countHolders(value: Tree): number {
  if (typeof value === 'string') return 0;
  const inner = isFields(value) ? [...value.values()] : value;
  return inner.reduce<number>((sum, child) => sum + countHolders(child), 1);
}

function visit(value: Tree, edit: TreeEdit, counter: { left: number }): Tree {
  if (typeof value === 'string') return value;
  counter.left -= 1;
  if (counter.left === -1) return isFields(value) ? change(value, edit) : changeList(value, edit);
  if (isFields(value)) return new Map([...value].map(([own, child]) => [own, visit(child, edit, counter)]));
  return value.map((child) => visit(child, edit, counter));
}

function change(fields: ReadonlyMap<string, Tree>, { at, how, key: added, value }: TreeEdit): Tree {
  const entries = [...fields];
  const index = at % Math.max(1, entries.length);
  const existing = entries[index]?.[0];
  // Items of lists keep the names that tell them apart.
  if (how !== 'add' && existing !== undefined && existing !== 'name') {
    entries.splice(index, 1, ...(how === 'set' ? [[existing, value] as [string, Tree]] : []));
  } else if (!fields.has(added)) entries.splice(index, 0, [added, value]);
  return new Map(entries);
}

function changeList(items: readonly Tree[], { at, how, value }: TreeEdit): Tree {
  const index = at % Math.max(1, items.length);
  if (how === 'remove' && items.length > 1) return items.toSpliced(index, 1);
  if (!isNamed(items)) return typeof value === 'string' ? items.toSpliced(index, how === 'set' ? 1 : 0, value) : items;
  const names = new Set(items.map((item) => (isFields(item) ? item.get('name') : undefined)));
  const free = ['"A"', '"B"', '"C"', '"D"', '"E"', '"F"'].find((name) => !names.has(name));
  return free === undefined
    ? items
    : items.toSpliced(
        index,
        0,
        new Map<string, Tree>([
          ['name', free],
          ['v', '1'],
        ]),
      );
}

/**
 * Every leaf by its path; lists of named objects by those names, any other list as one leaf. What is empty has none:
 * a list may lose its last item to the user and another to the generator.
 */
export function flatten(value: Tree, normalize: (scalar: string) => string, path = ''): ReadonlyMap<string, string> {
  if (typeof value === 'string') return new Map([[path, normalize(value)]]);
  if (isFields(value)) {
    return new Map([...value].flatMap(([own, child]) => [...flatten(child, normalize, `${path}/${own}`)]));
  }
  if (value.length === 0) return new Map();
  if (!isNamed(value)) {
    return new Map([[path, `[${value.map((item) => (typeof item === 'string' ? normalize(item) : '?')).join()}]`]]);
  }
  return new Map(
    value.flatMap((item) => [
      ...flatten(item, normalize, `${path}[${isFields(item) ? String(item.get('name')) : ''}]`),
    ]),
  );
}
