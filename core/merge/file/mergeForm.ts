import { decodeText } from '../../formats/lines/decodeText.ts';
import { mergeFile } from './mergeFile.ts';
import type { MergeInput } from './mergeFile.ts';
import { mergeValues } from '../threeWay/mergeValues.ts';
import type { ValueConflict } from '../threeWay/mergeValues.ts';
import { parseJson } from '../../formats/json/parseJson.ts';
import { readable } from '../threeWay/readable.ts';
import { setJsonValues } from '../../formats/json/setJsonValues.ts';
import type { JsonChange } from '../../formats/json/setJsonValues.ts';
import { withoutByteOrderMark } from '../../formats/lines/splitLines.ts';
import type { Three } from '../../three.ts';
import type { MergeResult } from '../threeWay/mergeResult.ts';
import { toPlain, writeValue } from '../../formats/values/values.ts';
import type { Value } from '../../formats/values/values.ts';

/** A form as it was generated last may be unknown: earlier versions kept its hash alone. */
export type FormInput = Omit<MergeInput, 'last'> & { readonly last: Uint8Array | undefined };

/**
 * Merges a form of JSON: the fields are the generator's, what stands in them is the user's. A field that the generator
 * drops goes with its value, since nothing takes it any more; the note says which. Fields that the user added stay.
 *
 * @returns a conflict where the user's text is not JSON, or is no tree of objects at the place
 */
export function mergeForm({ path, last: known, yours, next }: FormInput): MergeResult {
  const last = known ?? withoutNewFields(yours, next);
  const parsed = { last: parse(last), yours: parse(yours), next: parse(next) };
  if (parsed.last === undefined || parsed.yours === undefined || parsed.next === undefined) {
    return mergeFile({ path, last, yours, next });
  }
  const { conflicts } = mergeValues({ last: parsed.last, yours: parsed.yours, next: parsed.next });
  const dropped = conflicts.filter((conflict) => conflict.next === undefined);
  // As if the user had never filled in what goes, and the generator had never changed what stays.
  const gone = dropped.map((conflict): JsonChange => ({ path: conflict.path, value: undefined }));
  const kept = conflicts
    .filter((conflict) => conflict.next !== undefined)
    .map((conflict): JsonChange => ({ path: conflict.path, value: toPlain(conflict.next as Value) }));
  const settled = { last: change(last, [...gone, ...kept]), yours: change(yours, gone), next };
  if (settled.last === undefined || settled.yours === undefined) return mergeFile({ path, last, yours, next });
  const merged = mergeFile({ path, ...(settled as Three<Uint8Array>) });
  return merged.kind === 'merged' ? { ...merged, note: [merged.note, ...dropped.map(describe)].join('; ') } : merged;
}

/** Every field that the user's text lacks is new then, and none is dropped. */
function withoutNewFields(yours: Uint8Array, next: Uint8Array): Uint8Array {
  const [there, rendered] = [parse(yours), parse(next)];
  if (there === undefined || rendered === undefined) return next;
  const missing = (one: Value, other: Value, path: readonly string[]): readonly JsonChange[] =>
    one.kind !== 'fields' || other.kind !== 'fields'
      ? []
      : [...one.fields].flatMap(([name, field]): readonly JsonChange[] => {
          const inner = other.fields.get(name);
          const place = [...path, name];
          return inner === undefined ? [{ path: place, value: undefined }] : missing(field, inner, place);
        });
  return change(next, missing(rendered, there, [])) ?? next;
}

function parse(bytes: Uint8Array): Value | undefined {
  const text = decodeText(bytes);
  const parsed = text === undefined ? undefined : parseJson(withoutByteOrderMark(text));
  return parsed?.kind === 'parsed' ? parsed.value : undefined;
}

function change(bytes: Uint8Array, changes: readonly JsonChange[]): Uint8Array | undefined {
  const text = changes.length === 0 ? undefined : decodeText(bytes);
  if (text === undefined) return bytes;
  const changed = setJsonValues(text, changes);
  return changed === undefined ? undefined : new TextEncoder().encode(changed);
}

function describe({ path, yours }: ValueConflict): string {
  const value = yours === undefined ? '' : `, with your value ${readable(writeValue(yours))}`;
  return `${path.join('.')} was removed${value}`;
}
