import * as fc from 'fast-check';
import { isFields } from './trees.ts';
import type { Tree } from './trees.ts';

/** How a text is laid out: by the generator always in the same way, by users in any. */
export interface Layout {
  readonly indent: string;
  readonly lineEnd: string;
  /** From this depth on, everything stands on one line. */
  readonly oneLineFrom: number;
  readonly hasTrailingCommas: boolean;
  /** Where to put comments and blank lines; read in a circle. */
  readonly dice: readonly number[];
  readonly isEnded: boolean;
  readonly hasByteOrderMark: boolean;
  /** Whether the generator's comment stands above what is called `web`. */
  readonly hasAbout: boolean;
  /** Quotes left out or changed where the value stays the same. */
  readonly isRequoted: boolean;
}

export const plainLayout: Layout = {
  indent: '  ',
  lineEnd: '\n',
  oneLineFrom: 2,
  hasTrailingCommas: false,
  dice: [0],
  isEnded: true,
  hasByteOrderMark: false,
  hasAbout: true,
  isRequoted: false,
};

/** Mostly the generator's, with single things changed; sometimes all of them. */
export const layout: fc.Arbitrary<Layout> = fc
  .record({
    indent: fc.constantFrom('  ', '    ', '\t'),
    lineEnd: fc.constantFrom('\n', '\r\n'),
    oneLineFrom: fc.constantFrom(0, 1, 2, 9),
    hasTrailingCommas: fc.boolean(),
    dice: fc.array(fc.nat(7), { minLength: 1, maxLength: 9 }),
    isEnded: fc.boolean(),
    hasByteOrderMark: fc.boolean(),
    hasAbout: fc.boolean(),
    isRequoted: fc.boolean(),
  })
  .chain((changes) => fc.subarray(Object.entries(changes)))
  .map((changes) => ({ ...plainLayout, ...Object.fromEntries(changes) }));

/** Gives 0 to 7 in the order of the layout's dice. */
export function roller({ dice }: Layout): () => number {
  let rolled = 0;
  return () => dice[rolled++ % dice.length] ?? 0;
}

function finish(lines: readonly string[], { lineEnd, isEnded, hasByteOrderMark }: Layout): string {
  return (hasByteOrderMark ? '\uFEFF' : '') + lines.join(lineEnd) + (isEnded ? lineEnd : '');
}

export function printJson(root: ReadonlyMap<string, Tree>, own: Layout): string {
  const roll = roller(own);
  let comments = 0;
  const comment = (): string => `mine ${(comments += 1)}`;

  const print = (value: Tree, depth: number): readonly string[] => {
    if (typeof value === 'string') return [value];
    const [open, close] = isFields(value) ? ['{', '}'] : ['[', ']'];
    const inner = isFields(value)
      ? [...value].map(([key, child]) => {
          const [first = '', ...rest] = print(child, depth + 1);
          return [`${JSON.stringify(key)}: ${first}`, ...rest];
        })
      : value.map((child) => print(child, depth + 1));
    if (inner.length === 0) return [open + close];
    const commas = inner.map((_, index) => (index < inner.length - 1 || own.hasTrailingCommas ? ',' : ''));
    if (depth >= own.oneLineFrom && inner.every((lines) => lines.length === 1)) {
      const items = inner.map(([line], index) => line + (roll() === 7 ? ` /* ${comment()} */` : '') + commas[index]);
      return [open === '[' ? `[${items.join(' ')}]` : `{ ${items.join(' ')} }`];
    }
    const lines = inner.flatMap((item, index) => {
      const rolled = roll();
      const about = own.hasAbout && item[0]?.startsWith('"web": ') === true ? ['// about web'] : [];
      const before = rolled === 1 ? [`// ${comment()}`, ...about] : rolled === 2 ? ['', ...about] : about;
      const after = rolled === 3 ? ` // ${comment()}` : rolled === 4 ? ` /* ${comment()} */` : '';
      const gap = rolled === 5 ? ` /* ${comment()} */` : '';
      return [...before, ...item.slice(0, -1), String(item.at(-1)) + gap + commas[index] + after];
    });
    return [open, ...lines.map((line) => (line === '' ? '' : own.indent + line)), close];
  };
  return finish(print(root, 0), own);
}

/** Block style, with flow style for what stands on one line. */
export function printYaml(root: ReadonlyMap<string, Tree>, own: Layout): string {
  const roll = roller(own);
  const indent = own.indent === '\t' ? '   ' : own.indent;
  let comments = 0;
  const scalar = (text: string): string => {
    if (!own.isRequoted || !text.startsWith('"') || text.includes('\\')) return text;
    return text === '"a"' ? 'a' : `'${text.slice(1, -1)}'`;
  };
  const flow = (value: Tree): string => {
    if (typeof value === 'string') return scalar(value);
    if (!isFields(value)) return `[${value.map(flow).join(', ')}]`;
    return `{${[...value].map(([key, child]) => `${key}: ${flow(child)}`).join(', ')}}`;
  };
  const block = (value: Tree, depth: number): readonly string[] => {
    const isFlow = typeof value === 'string' || (isFields(value) ? value.size : value.length) === 0;
    if (isFlow || depth >= own.oneLineFrom) return [flow(value)];
    const items = isFields(value) ? [...value] : [...value].map((child) => ['', child] as const);
    return items.flatMap(([key, child]) => {
      const rolled = roll();
      const about = own.hasAbout && key === 'web' ? ['# about web'] : [];
      const before = rolled === 1 ? [`# mine ${(comments += 1)}`, ...about] : rolled === 2 ? ['', ...about] : about;
      const after = rolled === 3 ? ` # mine ${(comments += 1)}` : '';
      const inner = block(child, depth + 1);
      const [first = '', ...rest] = inner;
      const isInline = typeof child === 'string' || first === flow(child);
      if (isFields(value)) {
        if (isInline) return [...before, `${key}: ${first}${after}`];
        return [...before, `${key}:${after}`, ...inner.map((line) => (line === '' ? '' : indent + line))];
      }
      if (isInline) return [...before, `- ${first}${after}`];
      if (first === '' || first.startsWith('#')) {
        return [...before, `-${after}`, ...inner.map((line) => (line === '' ? '' : `  ${line}`))];
      }
      return [...before, `- ${first}`, ...rest.map((line) => (line === '' ? '' : `  ${line}`))];
    });
  };
  return finish(block(root, 0), { ...own, hasByteOrderMark: false });
}

/** Tables with headers at the first two levels, inline below. */
export function printToml(root: ReadonlyMap<string, Tree>, own: Layout): string {
  const roll = roller(own);
  let comments = 0;
  const name = (key: string): string => (/^[\w-]+$/.test(key) ? key : JSON.stringify(key));
  const scalar = (text: string): string => {
    if (text === 'null') return '"null"';
    if (/^\d{20}$/.test(text)) return text.slice(0, 18);
    return own.isRequoted && text === '"a"' ? "'a'" : text;
  };
  const inline = (value: Tree): string => {
    if (typeof value === 'string') return scalar(value);
    if (!isFields(value)) return `[${value.map(inline).join(', ')}]`;
    const fields = [...value].map(([key, child]) => `${name(key)} = ${inline(child)}`);
    return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
  };
  const table = (fields: ReadonlyMap<string, Tree>, path: readonly string[]): readonly string[] => {
    const isTable = (value: Tree): value is ReadonlyMap<string, Tree> => isFields(value) && path.length < 2;
    const plain = [...fields].flatMap(([key, child]) => {
      if (isTable(child)) return [];
      const rolled = roll();
      const about = own.hasAbout && key === 'web' ? ['# about web'] : [];
      const before = rolled === 1 ? [`# mine ${(comments += 1)}`, ...about] : rolled === 2 ? ['', ...about] : about;
      const after = rolled === 3 ? ` # mine ${(comments += 1)}` : '';
      return [...before, `${name(key)} = ${inline(child)}${after}`];
    });
    const tables = [...fields].flatMap(([key, child]) => {
      if (!isTable(child)) return [];
      const inner = [...path, name(key)];
      return ['', `[${inner.join('.')}]`, ...table(child, inner)];
    });
    return [...plain, ...tables];
  };
  return finish(table(root, []), own);
}
