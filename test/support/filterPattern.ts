/**
 * CloudWatch's filter patterns, as far as the emitted stacks use them.
 *
 * Source, read 2026-11-25: CloudWatch Logs user guide, "Filter pattern syntax for metric filters". A pattern in square
 * brackets names the fields of a line: they are parted by spaces, but one in brackets or double quotes is one field, and
 * an ellipsis stands for any number of them. Otherwise every term must be in the line or, with question marks, any.
 */

/** The named fields of a line that matches; undefined for one that does not. */
export function matchFilter(pattern: string, line: string): Readonly<Record<string, string>> | undefined {
  const fields = /^\[(.*)\]$/u.exec(pattern)?.[1];
  if (fields !== undefined) {
    return matchFields(fields.split(',').map(parseField), fieldsOf(line));
  }
  const terms = [...pattern.matchAll(/(\??)"([^"]+)"/gu)].map(([, any, term = '']) => ({ any: any === '?', term }));
  const has = ({ term }: { readonly term: string }) => line.includes(term);
  if (terms.length === 0 || terms.some(({ any }) => any !== terms[0]?.any)) {
    throw new Error(`This model does not know the pattern ${pattern}`);
  }
  return (terms[0]?.any === true ? terms.some(has) : terms.every(has)) ? {} : undefined;
}

function fieldsOf(line: string): readonly string[] {
  return [...line.matchAll(/\[([^\]]*)\]|"([^"]*)"|([^ ]+)/gu)].map(
    ([, bracketed, quoted, plain]) => bracketed ?? quoted ?? plain ?? '',
  );
}

interface Field {
  readonly name: string;
  readonly operator: string;
  readonly operand: string;
}

function parseField(text: string): Field {
  const parts = /^(\w+|\.\.\.)(?: ?(=|!=|>=|<=|>|<) ?("[^"]*"|[\w.*-]+))?$/u.exec(text.trim());
  if (parts === null) {
    throw new Error(`This model does not know the field ${text}`);
  }
  const [, name = '', operator = '', operand = ''] = parts;
  return { name, operator, operand: operand.replaceAll('"', '') };
}

function matchFields(wanted: readonly Field[], given: readonly string[]): Readonly<Record<string, string>> | undefined {
  const [field, ...others] = wanted;
  if (field === undefined) {
    return given.length === 0 ? {} : undefined;
  }
  if (field.name === '...') {
    const starts = Array.from({ length: given.length + 1 }, (_, start) => start);
    return starts.map((start) => matchFields(others, given.slice(start))).find((found) => found !== undefined);
  }
  const [value, ...rest] = given;
  if (value === undefined || !holds(field, value)) {
    return undefined;
  }
  const found = matchFields(others, rest);
  return found && { [field.name]: value, ...found };
}

function holds({ operator, operand }: Field, value: string): boolean {
  const isLike = new RegExp(`^${operand.replaceAll('.', '\\.').replaceAll('*', '.*')}$`, 'u').test(value);
  const number = /^[+-]?\d+(\.\d+)?$/u.test(value) ? Number(value) : Number.NaN;
  const conditions: Readonly<Record<string, boolean>> = {
    '': true,
    '=': isLike,
    '!=': !isLike,
    '>=': number >= Number(operand),
    '<=': number <= Number(operand),
    '>': number > Number(operand),
    '<': number < Number(operand),
  };
  return conditions[operator] ?? false;
}
