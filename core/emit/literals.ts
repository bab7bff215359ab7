import { InternalError } from '../errors.ts';

/** A JSON string, which means the same text to JavaScript and Python, and, without lone surrogates, to YAML and TOML. */
export function json(value: string): string {
  return JSON.stringify(value).replaceAll(/[\u007F-\u009F\u2028\u2029\uFEFF\uFFFE\uFFFF]/g, escapeUnit);
}

/**
 * A word that needs no escaping in Python, JSON, YAML, TOML, shell, Dockerfiles and Makefiles, with quotes
 * or without. Names, regions and versions are such words; everything else goes through a literal. Whether YAML reads it
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
