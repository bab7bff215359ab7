import { parse, TomlDate, TomlError } from 'smol-toml';
import type { Fault } from './lineAt.ts';
import { mergeStructure } from './mergeStructure.ts';
import type { Parsed, StructureMerge } from './mergeStructure.ts';
import { withoutByteOrderMark } from './splitLines.ts';
import type { Three } from './types.ts';
import { number, text as textValue, word } from './values.ts';
import type { Value } from './values.ts';

/**
 * Three-way merge of TOML: as text, kept when the result holds the values that a merge by value gives.
 *
 * @throws InternalError when the new text is not valid
 */
export function mergeToml(texts: Three<string>): StructureMerge {
  return mergeStructure(texts, { parse: parseToml });
}

export function parseToml(text: string): Parsed | Fault {
  try {
    const table = parse(withoutByteOrderMark(text), { integersAsBigInt: true });
    // Comments need no watching: nothing is ever cut out of the text but whole lines that the user did not change.
    return { kind: 'parsed', value: convert(table), comments: [] };
  } catch (error) {
    if (error instanceof TomlError) return { kind: 'fault', line: error.line, what: 'is not valid TOML' };
    if (error instanceof RangeError) return { kind: 'fault', line: 1, what: 'is nested too deeply' };
    throw error;
  }
}

function convert(value: unknown): Value {
  if (Array.isArray(value)) return { kind: 'list', items: value.map(convert) };
  if (value instanceof TomlDate) return word(value.toISOString());
  if (typeof value === 'object' && value !== null) {
    return { kind: 'fields', fields: new Map(Object.entries(value).map(([key, inner]) => [key, convert(inner)])) };
  }
  if (typeof value === 'string') return textValue(value);
  if (typeof value === 'bigint') return number(String(value));
  // A float is no integer: 1.0 is not 1.
  if (typeof value !== 'number') return word(String(value));
  const written = Object.is(value, -0) ? '-0' : String(value);
  return { kind: 'scalar', identity: `float ${written}`, text: Number.isInteger(value) ? `${written}.0` : written };
}
