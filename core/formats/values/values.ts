/**
 * A value of a JSON, YAML or TOML file. What is absent is `undefined`, which no value is: `null` is a value.
 * `identity` tells which scalars are the same; `text` is how this one is written (`1.0` and `1` are the same number).
 */
export interface Scalar {
  readonly kind: 'scalar';
  readonly identity: string;
  readonly text: string;
}

export interface List {
  readonly kind: 'list';
  readonly items: readonly Value[];
  /** YAML's tag and anchor; part of the value. */
  readonly mark?: string;
}

export interface Fields {
  readonly kind: 'fields';
  /** In the order of the text, which is not part of the value. */
  readonly fields: ReadonlyMap<string, Value>;
  readonly mark?: string;
}

export type Value = Scalar | List | Fields;

/** A plain JSON value as a `Value`; fields that are undefined are absent. */
export function valueOf(plain: unknown): Value {
  if (Array.isArray(plain)) return { kind: 'list', items: plain.map(valueOf) };
  if (typeof plain === 'object' && plain !== null) {
    const entries = Object.entries(plain).filter(([, inner]) => inner !== undefined);
    return { kind: 'fields', fields: new Map(entries.map(([key, inner]) => [key, valueOf(inner)])) };
  }
  if (typeof plain === 'string') return text(plain);
  const written = String(plain);
  return typeof plain === 'number' && Number.isFinite(plain) ? number(written) : bareWord(written);
}

/** What a value of JSON stands for: the other way round from `valueOf`. */
export function toPlain(value: Value): unknown {
  if (value.kind === 'scalar') return JSON.parse(value.text) as unknown;
  if (value.kind === 'list') return value.items.map(toPlain);
  return Object.fromEntries([...value.fields].map(([name, field]) => [name, toPlain(field)]));
}

export function text(content: string): Scalar {
  return { kind: 'scalar', identity: `text ${content}`, text: JSON.stringify(content) };
}

/** A decimal number of any length, compared exactly: no digit is lost to binary floating point. */
export function number(written: string): Scalar {
  const [, minus = '', whole = '', fraction = '', exponent = '0'] =
    /^([-+]?)(\d*)\.?(\d*)(?:[eE]([-+]?\d+))?$/.exec(written) ?? [];
  const all = (whole + fraction).replace(/^0+/, '');
  const digits = all.replace(/0+$/, '');
  const scale = BigInt(exponent) - BigInt(fraction.length) + BigInt(all.length - digits.length);
  const identity = digits === '' ? 'number 0' : `number ${minus === '-' ? '-' : ''}${digits}e${scale}`;
  return { kind: 'scalar', identity, text: written };
}

/** `true`, `null`, a date: the same where it is written the same. */
export function bareWord(written: string): Scalar {
  return { kind: 'scalar', identity: `word ${written}`, text: written };
}

/** Whether two values are the same; absent is the same as absent alone. */
export function sameValue(one: Value | undefined, other: Value | undefined): boolean {
  if (one === other) return true;
  if (one === undefined || other === undefined) return false;
  if (one.kind === 'scalar') return other.kind === 'scalar' && one.identity === other.identity;
  if (one.kind === 'list') {
    return (
      other.kind === 'list' &&
      one.mark === other.mark &&
      one.items.length === other.items.length &&
      one.items.every((item, index) => sameValue(item, other.items[index]))
    );
  }
  return (
    other.kind === 'fields' &&
    one.mark === other.mark &&
    one.fields.size === other.fields.size &&
    [...one.fields].every(([key, inner]) => other.fields.has(key) && sameValue(inner, other.fields.get(key)))
  );
}

/** A text that is the same for the same values and for no others. */
export function identityOf(value: Value): string {
  if (value.kind === 'scalar') return JSON.stringify(value.identity);
  const mark = value.mark === undefined ? '' : JSON.stringify(value.mark);
  if (value.kind === 'list') return `${mark}[${value.items.map(identityOf).join()}]`;
  const fields = [...value.fields].map(([key, inner]) => `${JSON.stringify(key)}:${identityOf(inner)}`);
  return `${mark}{${fields.toSorted().join()}}`;
}

/** A value on one line, for people. */
export function writeValue(value: Value): string {
  if (value.kind === 'scalar') return value.text;
  if (value.kind === 'list') return `[${value.items.map(writeValue).join(', ')}]`;
  return `{${[...value.fields].map(([key, inner]) => `${key}: ${writeValue(inner)}`).join(', ')}}`;
}
