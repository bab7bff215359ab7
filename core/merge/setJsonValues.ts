import { jsonComments } from './jsonTokens.ts';
import { lostComments } from './lostComments.ts';
import { parseJson } from './parseJson.ts';
import { spliceJson } from './spliceJson.ts';
import { valueOf } from './values.ts';
import type { Value } from './values.ts';

export interface JsonChange {
  /** Names of fields from the top; objects that are missing on the way are made. */
  readonly path: readonly string[];
  /** What JSON can hold; undefined deletes the field. */
  readonly value: unknown;
}

/**
 * Sets some values of a JSON text and leaves every other byte as it is, other programs' fields included.
 *
 * @returns undefined when that cannot be done safely: the text is not valid, a name on the way stands for something
 *   else than an object, or a comment would be lost
 */
export function setJsonValues(text: string, changes: readonly JsonChange[]): string | undefined {
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : '';
  const body = text.slice(mark.length);
  const parsed = parseJson(body);
  if (parsed.kind === 'fault') return undefined;
  let changed: Changed | undefined = { value: parsed.value };
  for (const { path, value } of changes) changed = changed && change(changed.value, path, value);
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
function change(value: Value | undefined, [name, ...rest]: readonly string[], wanted: unknown): Changed | undefined {
  if (name === undefined) return { value: wanted === undefined ? undefined : valueOf(wanted) };
  if (value === undefined && wanted === undefined) return { value };
  if (value !== undefined && value.kind !== 'fields') return undefined;
  const fields = new Map(value?.fields);
  const inner = change(fields.get(name), rest, wanted);
  if (inner === undefined) return undefined;
  if (inner.value === undefined) fields.delete(name);
  else fields.set(name, inner.value);
  return { value: { kind: 'fields', fields } };
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
