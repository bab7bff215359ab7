import { lineAt } from '../formats/lines/lineAt.ts';
import { parseJson } from '../formats/json/parseJson.ts';
import { parseYaml } from '../formats/yaml/parseYaml.ts';
import { withoutByteOrderMark } from '../formats/lines/splitLines.ts';
import { writeValue } from '../formats/values/values.ts';
import type { Value } from '../formats/values/values.ts';

/** A text that was opened, to be read place by place. */
export interface OpenText {
  /**
   * What stands at a place; undefined where there is nothing.
   *
   * @param where the path of a value (JSON, YAML) or the name of an assignment (everything else)
   */
  readonly read: (where: string) => string | undefined;
  /** The line, from 0, on which the value begins; undefined where its type of file does not tell. */
  readonly lineOf: (where: string) => number | undefined;
}

/**
 * Opens a text by the type of its file.
 *
 * - JSON and YAML by path: `containerDefinitions[web].stopTimeout`. An item of a list is named by the field that tells
 *   it apart, else by its position; `>` leads into a text that holds JSON itself.
 * - Everything else by assignment: the right side of `max_requests = 1200`, `"CONN_MAX_AGE": 600,` or `THREADS=2`; or by
 *   call: the second argument of `env.number("DB_LOCK_TIMEOUT_MS", 10000)` is `env.number(DB_LOCK_TIMEOUT_MS)`.
 *
 * @returns undefined if the text is invalid
 */
export function openPlaces(path: string, text: string): OpenText | undefined {
  const body = withoutByteOrderMark(text);
  if (path.endsWith('.json')) return openJson(body);
  if (/\.ya?ml$/.test(path)) return openYaml(body);
  return { read: (where) => readAssignment(body, where), lineOf: () => undefined };
}

function openJson(text: string): OpenText | undefined {
  const parsed = parseJson(text);
  return parsed.kind === 'fault'
    ? undefined
    : openValue(text, parsed.value, (value) => parsed.nodes.get(value)?.offset);
}

function openYaml(text: string): OpenText | undefined {
  const parsed = parseYaml(text);
  if (parsed.kind === 'fault') return undefined;
  return openValue(text, parsed.value, (value) => parsed.children.get(value)?.indicatorEnd);
}

/** @param offsetOf where a value begins in the text */
function openValue(text: string, root: Value, offsetOf: (value: Value) => number | undefined): OpenText {
  /** The value at the outer path, and the text that it holds itself, where the path leads into it. */
  const follow = (
    where: string,
  ): { readonly found: Value | undefined; readonly inner?: readonly [OpenText, string] } => {
    const [outer = '', ...rest] = where.split(' > ');
    const found = stepsOf(outer).reduce<Value | undefined>((value, step) => value && child(value, step), root);
    const held = rest.length === 0 || found === undefined ? undefined : openJson(contentOf(found));
    if (held !== undefined) return { found, inner: [held, rest.join(' > ')] };
    return { found: rest.length === 0 ? found : undefined };
  };
  return {
    read(where) {
      const { found, inner } = follow(where);
      if (inner !== undefined) return inner[0].read(inner[1]);
      return found === undefined ? undefined : contentOf(found);
    },
    lineOf(where) {
      const { found, inner } = follow(where);
      const offset = found === undefined ? undefined : offsetOf(found);
      if (offset === undefined) return undefined;
      const line = lineAt(text, offset) - 1;
      if (inner === undefined) return line;
      // The text of a block begins on the line after its bar.
      return line + 1 + (inner[0].lineOf(inner[1]) ?? 0);
    },
  };
}

/** `a.b[c].d`: names of fields, and items of lists in brackets. */
function stepsOf(where: string): readonly string[] {
  return where.match(/\[[^\]]*\]|[^.[\]]+/g) ?? [];
}

function child(value: Value, step: string): Value | undefined {
  if (value.kind === 'fields') return value.fields.get(step);
  const name = /^\[(.*)\]$/.exec(step)?.[1];
  if (value.kind !== 'list' || name === undefined) return undefined;
  const named = value.items.filter((item) => itemName(item) === name);
  return named.length === 1
    ? named[0]
    : itemName(value.items[Number(name)]) === undefined
      ? value.items[Number(name)]
      : undefined;
}

/** Fields that name an item: of ECS, of CloudFormation, of a dashboard. */
const names = ['name', 'Name', 'Key', 'Id', 'containerPath', 'label'];

/** What an item of a list is called. */
function itemName(item: Value | undefined): string | undefined {
  if (item?.kind !== 'fields') return undefined;
  const field = names.map((name) => item.fields.get(name)).find((found) => found?.kind === 'scalar');
  if (field !== undefined) return contentOf(field);
  const properties = item.fields.get('properties');
  const title = properties?.kind === 'fields' ? properties.fields.get('title') : undefined;
  return title?.kind === 'scalar' ? contentOf(title) : undefined;
}

/** What a scalar says, without quotes and tags; anything else on one line. */
function contentOf(value: Value): string {
  if (value.kind !== 'scalar') return writeValue(value);
  const [, text] = /^(?:text|word|tagged \S+) ([^]*)$/.exec(value.identity) ?? [];
  return text ?? value.text;
}

function readAssignment(text: string, name: string): string | undefined {
  const [, called = '', variable = ''] = /^([\w.]+)\((\w+)\)$/.exec(name) ?? [];
  const found =
    called === ''
      ? new RegExp(`^[ \\t]*"?${quote(name)}"?[ \\t]*[=:][ \\t]*([^\\r\\n]*?),?[ \\t]*(?:#.*)?$`, 'm')
      : new RegExp(`${quote(called)}\\(\\s*"${variable}",\\s*([^\\s,)]+)`);
  return found.exec(text)?.[1];
}

function quote(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
