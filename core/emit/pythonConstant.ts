import { json, word } from './literals.ts';

/** Columns of a line: `line-length` in the emitted pyproject.toml. */
const lineWidth = 100;

/**
 * The lines of `NAME = "value"` in Python as ruff formats them: a domain that is too long for one line is split after dots.
 *
 * @param value empty, or a word of labels of at most 63 characters each
 */
export function pythonConstant(name: string, value: string): readonly string[] {
  const line = `${name} = ${json(value === '' ? '' : word(value))}`;
  if (line.length <= lineWidth) return [line];
  const pieces: string[] = [];
  for (const label of value.split(/(?<=\.)/)) {
    const longer = `${pieces.at(-1) ?? ''}${label}`;
    if (pieces.length > 0 && `    ${json(longer)}`.length <= lineWidth) pieces.splice(-1, 1, longer);
    else pieces.push(label);
  }
  return [`${name} = (`, ...pieces.map((piece) => `    ${json(piece)}`), ')'];
}
