import { nameDistance } from '../facts/nearest.ts';
import type { Parsed } from './types.ts';

/** A value as a message shows it: quoted if its end could not be seen otherwise. */
export function showValue(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  const cut = text.length > 80 ? `${text.slice(0, 80)}...` : text;
  if (/^[\w.:/@-]+$/.test(cut)) return cut;
  // Control characters of the second block, line separators and changes of direction, which JSON leaves as they are.
  return JSON.stringify(cut).replaceAll(
    /[\u007F-\u009F\u2028-\u202E]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** `a, b or c` */
export function listOr(values: readonly (string | number)[]): string {
  return values.length < 2 ? values.join('') : `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`;
}

/** A number, or the text of one; undefined for everything else. */
export function asNumber(value: unknown): number | undefined {
  if (typeof value === 'number') {
    return Number.isFinite(value) ? value : undefined;
  }
  return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
}

/** A text; numbers are taken as their text, since command lines turn `--project-name 8` into one. */
export function asText(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

export function parseWhole(value: unknown, unit: string, minimum: number, maximum: number): Parsed<number> {
  const number = asNumber(value);
  const allowed = `allowed: a whole number of ${unit} from ${minimum} to ${maximum}`;
  if (number === undefined || !Number.isInteger(number)) {
    return { problem: `not a whole number; ${allowed}` };
  }
  if (number < minimum || number > maximum) {
    return {
      problem: `${number < minimum ? 'too small' : 'too large'}; ${allowed}; nearest: ${number < minimum ? minimum : maximum}`,
    };
  }
  return { value: number };
}

/** One of a few texts or numbers; the problem names all of them and the nearest. */
export function parseChoice<T extends string | number>(value: unknown, allowed: readonly T[], what: string): Parsed<T> {
  const found = allowed.find((one) => (typeof one === 'number' ? asNumber(value) === one : asText(value) === one));
  if (found !== undefined) {
    return { value: found };
  }
  return { problem: `not ${what}; allowed: ${allowed.join(', ')}${nearestChoice(value, allowed)}` };
}

function nearestChoice<T extends string | number>(value: unknown, allowed: readonly T[]): string {
  const number = asNumber(value);
  if (number !== undefined && allowed.every((one) => typeof one === 'number')) {
    const least = Math.min(...allowed.map((one) => Math.abs(one - number)));
    return `; nearest: ${listOr(allowed.filter((one) => typeof one === 'number' && Math.abs(one - number) === least))}`;
  }
  const text = asText(value);
  if (text === undefined) {
    return '';
  }
  const ranked = allowed.toSorted(
    (left, right) => nameDistance(text, String(left)) - nameDistance(text, String(right)),
  );
  const nearest = ranked[0];
  return nearest !== undefined && nameDistance(text, String(nearest)) <= 3 ? `; nearest: ${nearest}` : '';
}

export function parseBoolean(value: unknown): Parsed<boolean> {
  if (value === true || value === 'true') {
    return { value: true };
  }
  return value === false || value === 'false' ? { value: false } : { problem: 'allowed: true or false' };
}

/** A JSON object: neither a list nor null. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
