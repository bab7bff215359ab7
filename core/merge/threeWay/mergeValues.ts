import { listKey } from '../../formats/values/listKey.ts';
import { mergeLines, size } from './mergeLines.ts';
import type { Piece } from './mergeLines.ts';
import { refuseReturns } from './refuseReturns.ts';
import type { Three } from '../../three.ts';
import { identityOf, sameValue } from '../../formats/values/values.ts';
import type { Fields, List, Value } from '../../formats/values/values.ts';

/** A place where both sides changed a value, differently. Absent is undefined. */
export interface ValueConflict extends Three<Value | undefined> {
  /** Names of fields; an item of a list as `[name]` or `[index]`. */
  readonly path: readonly string[];
}

export interface ValueMerge {
  /** Without conflicts: what all must hold. With them, yours stands in each place of conflict. */
  readonly value: Value | undefined;
  readonly conflicts: readonly ValueConflict[];
}

/**
 * Three-way merge of values. Fields merge one by one. A list is one value, except a list of objects: its items merge by
 * the field that names them (`name`, `id`, `containerPort`) when each list has it once per item, in the user's order;
 * otherwise, as the steps of a workflow, by their sequence, as lines of a text do. What both sides add under one name
 * must be equal.
 *
 * Values that are not made new are those of `yours` or `next` themselves.
 */
export function mergeValues(three: Three<Value | undefined>): ValueMerge {
  const conflicts: ValueConflict[] = [];
  return { value: merge(three, [], conflicts), conflicts };
}

function merge(three: Three<Value | undefined>, path: readonly string[], found: ValueConflict[]): Value | undefined {
  const { last, yours, next } = three;
  if (sameValue(yours, next) || sameValue(next, last)) return yours;
  if (sameValue(yours, last)) return next;
  if (areFields(three)) return mergeFields(three, path, found);
  const list = areLists(three) ? mergeLists(three, path, found) : undefined;
  if (list !== undefined) return list;
  found.push({ path, ...three });
  return yours;
}

function areFields(three: Three<Value | undefined>): three is Three<Fields> {
  const marks = [three.last, three.yours, three.next].map((value) => value?.kind === 'fields' && (value.mark ?? ''));
  return marks.every((mark) => mark !== false && mark === marks[0]);
}

function areLists(three: Three<Value | undefined>): three is Three<List> {
  const marks = [three.last, three.yours, three.next].map((value) => value?.kind === 'list' && (value.mark ?? ''));
  return marks.every((mark) => mark !== false && mark === marks[0]);
}

function mergeFields({ last, yours, next }: Three<Fields>, path: readonly string[], found: ValueConflict[]): Fields {
  const fields = mergeEntries(
    { last: last.fields, yours: yours.fields, next: next.fields },
    (key) => [...path, key],
    found,
  );
  return { ...yours, fields };
}

/** In the order of `yours`; each new one follows its predecessor in `next`. */
function mergeEntries(
  { last, yours, next }: Three<ReadonlyMap<string, Value>>,
  pathOf: (key: string) => readonly string[],
  found: ValueConflict[],
): ReadonlyMap<string, Value> {
  const merged = new Map<string, Value | undefined>();
  for (const key of new Set([...yours.keys(), ...next.keys()])) {
    const three = { last: last.get(key), yours: yours.get(key), next: next.get(key) };
    merged.set(key, merge(three, pathOf(key), found));
  }
  const order = [...yours.keys()];
  let previous = 0;
  for (const key of next.keys()) {
    if (yours.has(key)) previous = order.indexOf(key) + 1;
    else if (merged.get(key) !== undefined) order.splice(previous++, 0, key);
  }
  return new Map(
    order.flatMap((key) => {
      const value = merged.get(key);
      return value === undefined ? [] : [[key, value]];
    }),
  );
}

function mergeLists(three: Three<List>, path: readonly string[], found: ValueConflict[]): List | undefined {
  const lists = [three.last, three.yours, three.next];
  if (!lists.every(({ items }) => items.every(({ kind }) => kind === 'fields'))) return undefined;
  const key = listKey(lists);
  return key === undefined ? mergeSequence(three, path, found) : mergeNamed(three, key, path, found);
}

function mergeNamed(
  { last, yours, next }: Three<List>,
  key: string,
  path: readonly string[],
  found: ValueConflict[],
): List {
  const texts = new Map<string, string>();
  const byName = ({ items }: List): ReadonlyMap<string, Value> =>
    new Map(
      items.map((item) => {
        const name = item.kind === 'fields' ? item.fields.get(key) : undefined;
        const identity = name === undefined ? '' : identityOf(name);
        texts.set(identity, name?.kind === 'scalar' ? name.text : '');
        return [identity, item];
      }),
    );
  const entries = mergeEntries(
    { last: byName(last), yours: byName(yours), next: byName(next) },
    (identity) => [...path, `[${texts.get(identity)?.replaceAll('"', '') ?? ''}]`],
    found,
  );
  return { ...yours, items: [...entries.values()] };
}

/** Undefined where the items of both sides cannot be told apart. */
function mergeSequence(three: Three<List>, path: readonly string[], conflicts: ValueConflict[]): List | undefined {
  const identities = ({ items }: List): readonly string[] => items.map(identityOf);
  const all = { last: identities(three.last), yours: identities(three.yours), next: identities(three.next) };
  const pieces = refuseReturns(mergeLines(all), all);
  const items: Value[] = [];
  const inside: ValueConflict[] = [];
  for (const piece of pieces) {
    const { kind, last, yours, next } = piece;
    if (kind === 'next') items.push(...three.next.items.slice(next.start, next.end));
    else if (kind !== 'conflict') items.push(...three.yours.items.slice(yours.start, yours.end));
    else if (isChangedByBoth(all, piece) && size(last) === size(yours) && size(last) === size(next)) {
      for (let index = 0; index < size(yours); index += 1) {
        const item = {
          last: three.last.items[last.start + index],
          yours: three.yours.items[yours.start + index],
          next: three.next.items[next.start + index],
        };
        const value = merge(item, [...path, `[${yours.start + index}]`], inside);
        if (value !== undefined) items.push(value);
      }
    } else return undefined;
  }
  conflicts.push(...inside);
  return { ...three.yours, items };
}

/** A piece can be a conflict although one side alone changed it: where nobody can tell what belongs together. */
function isChangedByBoth(identities: Three<readonly string[]>, { last, yours, next }: Piece): boolean {
  const joined = identities.last.slice(last.start, last.end).join();
  return [identities.yours.slice(yours.start, yours.end), identities.next.slice(next.start, next.end)].every(
    (side) => side.join() !== joined,
  );
}
