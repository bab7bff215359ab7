import { parse, TomlDate, TomlError } from 'smol-toml';
import type { Fault } from '../lines/lineAt.ts';
import type { ParsedText } from '../values/parsed.ts';
import { withoutByteOrderMark } from '../lines/splitLines.ts';
import { number, text as textValue, bareWord } from '../values/values.ts';
import type { Value } from '../values/values.ts';

export function parseToml(text: string): ParsedText | Fault {
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
  if (value instanceof TomlDate) return bareWord(value.toISOString());
  if (typeof value === 'object' && value !== null) {
    return { kind: 'fields', fields: new Map(Object.entries(value).map(([key, inner]) => [key, convert(inner)])) };
  }
  if (typeof value === 'string') return textValue(value);
  if (typeof value === 'bigint') return number(String(value));
  // A float is no integer: 1.0 is not 1.
  if (typeof value !== 'number') return bareWord(String(value));
  const written = Object.is(value, -0) ? '-0' : String(value);
  return { kind: 'scalar', identity: `float ${written}`, text: Number.isInteger(value) ? `${written}.0` : written };
}
