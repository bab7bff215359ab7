import { parser } from '@lezer/python';
import { lineAt } from '../../formats/lines/lineAt.ts';
import { linesOf } from '../../formats/lines/splitLines.ts';
import type { Three } from '../../three.ts';

/** One definition in a text of which the last one counts, or the first: the other is lost without a word. */
interface Definition {
  /** For people: 'the target worker'. */
  readonly what: string;
  /** From 1. */
  readonly line: number;
}

export interface Doubled {
  readonly what: string;
  /** Where each side defines it, from 1. */
  readonly yours: number;
  readonly next: number;
}

/**
 * What a merged text defines more often than each side does: both added it, at different places, and a clean merge of
 * text keeps both.
 *
 * @param name of the file, in lower case
 */
export function findDoubled(
  name: string,
  merged: string,
  { yours, next }: Omit<Three<string>, 'last'>,
): readonly Doubled[] {
  const find = finders.find(([pattern]) => pattern.test(name))?.[1];
  if (find === undefined) return [];
  const [all, own, fresh] = [merged, yours, next].map((text) => byName(find(text))) as [
    LinesByName,
    LinesByName,
    LinesByName,
  ];
  return [...all].flatMap(([what, lines]) => {
    const [mine, generated] = [own.get(what) ?? [], fresh.get(what) ?? []];
    const [first, second] = [mine.at(-1), generated.at(-1)];
    if (first === undefined || second === undefined || lines.length <= Math.max(mine.length, generated.length))
      return [];
    return [{ what, yours: first, next: second }];
  });
}

type LinesByName = ReadonlyMap<string, readonly number[]>;

function byName(definitions: readonly Definition[]): LinesByName {
  const lines = new Map<string, number[]>();
  for (const { what, line } of definitions) lines.set(what, [...(lines.get(what) ?? []), line]);
  return lines;
}

type Find = (text: string) => readonly Definition[];

const finders: readonly (readonly [RegExp, Find])[] = [
  [/^(?:gnu)?makefile$|\.mk$/, inMakefile],
  [/^\.env/, inEnvironment],
  [/^\.editorconfig$|\.(?:ini|cfg)$/, inSections],
  [/^dockerfile/, inDockerfile],
  [/\.py$/, inPython],
];

/** Targets with a recipe, of which make takes the last; targets that begin with a dot are make's own. */
function inMakefile(text: string): readonly Definition[] {
  const lines = linesOf(text);
  return lines.flatMap((written, index): readonly Definition[] => {
    const line = index + 1;
    const [, variable] = /^([\w.-]+)[ \t]*(?:\?|::?:?)?=/.exec(written) ?? [];
    if (variable !== undefined) return [{ what: `the variable ${variable}`, line }];
    const [, targets] = /^([^\s#:=.][^#:=]*):(?![:=])/.exec(written) ?? [];
    if (targets === undefined || lines[index + 1]?.startsWith('\t') !== true) return [];
    return targets
      .trim()
      .split(/\s+/)
      .map((target) => ({ what: `the target ${target}`, line }));
  });
}

function inEnvironment(text: string): readonly Definition[] {
  return linesOf(text).flatMap((written, index) => {
    const [, variable] = /^(?:export[ \t]+)?([A-Za-z_]\w*)[ \t]*=/.exec(written) ?? [];
    return variable === undefined ? [] : [{ what: `the variable ${variable}`, line: index + 1 }];
  });
}

function inSections(text: string): readonly Definition[] {
  let section = '';
  return linesOf(text).flatMap((written, index) => {
    const line = index + 1;
    const [, opened] = /^\[(.+)\]\s*$/.exec(written) ?? [];
    if (opened !== undefined) {
      section = opened;
      return [{ what: `the section [${section}]`, line }];
    }
    const [, key] = /^([^\s;#=][^=]*?)[ \t]*=/.exec(written) ?? [];
    return key === undefined
      ? []
      : [{ what: section === '' ? `the key ${key}` : `the key ${key} of [${section}]`, line }];
  });
}

function inDockerfile(text: string): readonly Definition[] {
  return linesOf(text).flatMap((written, index) => {
    const [, stage] = /^FROM\s.*\sAS\s+(\S+)\s*$/i.exec(written) ?? [];
    return stage === undefined ? [] : [{ what: `the stage ${stage}`, line: index + 1 }];
  });
}

/** Functions, classes and variables of a module, and the functions of its classes. */
function inPython(text: string): readonly Definition[] {
  const found: Definition[] = [];
  const nameIn = (node: PythonNode): string => text.slice(node.from, node.to);
  const visit = (parent: PythonNode, prefix: string): void => {
    for (let child = parent.firstChild; child !== null; child = child.nextSibling) {
      const node = child.name === 'DecoratedStatement' ? (child.lastChild ?? child) : child;
      const own = node.getChild('VariableName');
      if (own === null) continue;
      const line = lineAt(text, node.from);
      const name = prefix + nameIn(own);
      if (node.name === 'FunctionDefinition') found.push({ what: `the function ${name}`, line });
      else if (node.name === 'ClassDefinition') {
        found.push({ what: `the class ${name}`, line });
        const body = node.getChild('Body');
        if (body !== null) visit(body, `${name}.`);
      } else if (
        node.name === 'AssignStatement' &&
        own.nextSibling?.name === 'AssignOp' &&
        node.firstChild?.from === own.from
      ) {
        // MIDDLEWARE = [*MIDDLEWARE, ...] adds to what is there.
        const isNew = !new RegExp(`\\b${nameIn(own)}\\b`).test(text.slice(own.to, node.to));
        if (isNew) found.push({ what: `the variable ${name}`, line });
      }
    }
  };
  visit(parser.parse(text).topNode, '');
  return found;
}

interface PythonNode {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly firstChild: PythonNode | null;
  readonly lastChild: PythonNode | null;
  readonly nextSibling: PythonNode | null;
  readonly getChild: (type: string) => PythonNode | null;
}
