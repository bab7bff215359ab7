import { InternalError } from '../errors.ts';

/** A JSON string, also valid as a YAML double-quoted scalar and as a JavaScript string. */
export function json(value: string): string {
  return JSON.stringify(value).replaceAll(/[\u007F-\u009F\u2028\u2029\uFEFF\uFFFE\uFFFF]/g, escapeUnit);
}

/** A YAML double-quoted scalar. YAML forbids lone surrogates even as escapes, so they are refused. */
export function yaml(value: string): string {
  refuseLoneSurrogates(value, 'YAML');
  return json(value);
}

/** A TOML basic string. */
export function toml(value: string): string {
  refuseLoneSurrogates(value, 'TOML');
  return json(value);
}

/** A Python string in double quotes. */
export function python(value: string): string {
  return json(value);
}

/** One word for a POSIX shell, in single quotes. */
export function shell(value: string): string {
  if (value.includes('\0')) {
    throw new InternalError('A shell word cannot hold a NUL character.');
  }
  return `'${value.replaceAll("'", String.raw`'\''`)}'`;
}

/**
 * A word that cannot break out of its place in Python, JSON, YAML, TOML, shell, Dockerfiles and Makefiles, within quotes
 * and without. Names, regions and versions are such words; everything else goes through a literal. Whether YAML reads it
 * as a text is another matter: names such as `no` are reserved.
 */
export function word(value: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9_./-]*$/.test(value)) {
    throw new InternalError(`${JSON.stringify(value)} is not a plain word.`);
  }
  return value;
}

/** The text of one comment line in any language with line comments. */
export function comment(value: string): string {
  if (/[\p{Cc}\p{Zl}\p{Zp}\uFEFF]|\\$/u.test(value)) {
    throw new InternalError(`${JSON.stringify(value)} is not one line of a comment.`);
  }
  return value;
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function refuseLoneSurrogates(value: string, language: string): void {
  if (/\p{Cs}/u.test(value)) {
    throw new InternalError(`A ${language} string cannot hold a lone surrogate.`);
  }
}
