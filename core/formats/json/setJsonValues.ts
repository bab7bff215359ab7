import { jsonComments } from './jsonTokens.ts';
import { lostComments } from '../lines/lostComments.ts';
import { parseJson } from './parseJson.ts';
import { spliceJson } from './spliceJson.ts';
import { valueOf } from '../values/values.ts';
import type { Value } from '../values/values.ts';

export interface JsonChange {
  /** Names of fields from the top; objects that are missing on the way are made. */
  readonly path: readonly string[];
  /** What JSON can hold; undefined deletes the field. */
  readonly value: unknown;
}

/**
 * Sets some values of a JSON text and leaves every other byte as it is, other programs' fields included.
 *
 * @param order names of fields in the order in which new ones take their place; one that is not in it comes last
 * @returns undefined when that cannot be done safely: the text is not valid, a name on the way stands for something
 *   else than an object, or a comment would be lost
 */
export function setJsonValues(
  text: string,
  changes: readonly JsonChange[],
  order: readonly string[] = [],
): string | undefined {
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : '';
  const body = text.slice(mark.length);
  const parsed = parseJson(body);
  if (parsed.kind === 'fault') return undefined;
  let changed: Changed | undefined = { value: parsed.value };
  for (const { path, value } of changes) changed = changed && change(changed.value, path, value, order);
  if (changed?.value === undefined) return undefined;
  const spliced = spliceJson(body, changed.value, (value) => ({ lines: print(value), unit }));
  if (spliced === undefined || lostComments(jsonComments(body), jsonComments(spliced)).length > 0) return undefined;
  return mark + spliced;
}

const unit = '  ';

interface Changed {
  readonly value: Value | undefined;
}

/** The value with the change in it; undefined when the path leads through something else than objects. */
function change(
  value: Value | undefined,
  [name, ...rest]: readonly string[],
  wanted: unknown,
  order: readonly string[],
): Changed | undefined {
  if (name === undefined) return { value: wanted === undefined ? undefined : valueOf(wanted) };
  if (value === undefined && wanted === undefined) return { value };
  if (value !== undefined && value.kind !== 'fields') return undefined;
  const fields = new Map(value?.fields);
  const inner = change(fields.get(name), rest, wanted, order);
  if (inner === undefined) return undefined;
  if (inner.value === undefined) fields.delete(name);
  else if (fields.has(name)) fields.set(name, inner.value);
  else return { value: { kind: 'fields', fields: withField(fields, name, inner.value, order) } };
  return { value: { kind: 'fields', fields } };
}

/** The fields with a new one, before the first of those that come after it in the order. */
function withField(
  fields: ReadonlyMap<string, Value>,
  name: string,
  value: Value,
  order: readonly string[],
): Map<string, Value> {
  const later = new Set(order.includes(name) ? order.slice(order.indexOf(name) + 1) : []);
  const entries = [...fields];
  const at = entries.findIndex(([other]) => later.has(other));
  return new Map(entries.toSpliced(at < 0 ? entries.length : at, 0, [name, value]));
}

/** As `JSON.stringify` lays it out, one line each. */
function print(value: Value): readonly string[] {
  if (value.kind === 'scalar') return [value.text];
  const [open, close] = value.kind === 'list' ? '[]' : '{}';
  const inner =
    value.kind === 'list'
      ? value.items.map(print)
      : [...value.fields].map(([name, field]) => {
          const [first = '', ...rest] = print(field);
          return [`${JSON.stringify(name)}: ${first}`, ...rest];
        });
  if (inner.length === 0) return [`${open}${close}`];
  const lines = inner.flatMap((item, index) =>
    item.map((line, at) => unit + line + (at === item.length - 1 && index < inner.length - 1 ? ',' : '')),
  );
  return [String(open), ...lines, String(close)];
}
