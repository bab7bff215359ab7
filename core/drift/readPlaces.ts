import { parseJson } from '../merge/parseJson.ts';
import { parseYaml } from '../merge/parseYaml.ts';
import { writeValue } from '../merge/values.ts';
import type { Value } from '../merge/values.ts';

/**
 * Reads one place of a text; undefined where there is nothing.
 *
 * @param where the path of a value (JSON, YAML) or the name of an assignment (everything else)
 */
export type ReadPlace = (where: string) => string | undefined;

/**
 * Opens a text by the type of its file.
 *
 * - JSON and YAML by path: `containerDefinitions[web].stopTimeout`. An item of a list is named by the field that tells
 *   it apart, else by its position; `>` leads into a text that holds JSON itself.
 * - Everything else by assignment: the right side of `max_requests = 1200`, `"CONN_MAX_AGE": 600,` or `THREADS=2`; or by
 *   call: the second argument of `env.number("DB_LOCK_TIMEOUT_MS", 10000)` is `env.number(DB_LOCK_TIMEOUT_MS)`.
 *
 * @returns undefined where the text is not valid: nobody can tell what it says
 */
export function openPlaces(path: string, text: string): ReadPlace | undefined {
  const body = text.replace(/^\uFEFF/, '');
  if (path.endsWith('.json')) return ofValue(parseJson(body));
  if (/\.ya?ml$/.test(path)) return ofValue(parseYaml(body));
  return (where) => readAssignment(body, where);
}

function ofValue(parsed: { readonly kind: 'parsed'; readonly value: Value } | { readonly kind: 'fault' }) {
  if (parsed.kind === 'fault') return undefined;
  return (where: string): string | undefined => {
    const found = readPath(parsed.value, where);
    return found === undefined ? undefined : contentOf(found);
  };
}

function readPath(root: Value, where: string): Value | undefined {
  const [outer = '', ...inner] = where.split(' > ');
  const found = stepsOf(outer).reduce<Value | undefined>((value, step) => value && child(value, step), root);
  const [next] = inner;
  if (next === undefined || found === undefined) return found;
  const nested = parseJson(contentOf(found));
  return nested.kind === 'fault' ? undefined : readPath(nested.value, inner.join(' > '));
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
export function itemName(item: Value | undefined): string | undefined {
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
