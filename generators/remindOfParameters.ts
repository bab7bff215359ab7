import { isObject } from '../core/answers/kinds.ts';
import type { EmittedFile } from '../core/emit/types.ts';
import type { Baseline } from '../core/merge/baseline/baseline.ts';
import type { Run } from './planRun.ts';

const form = 'deploy/parameters.json';

/**
 * What only the user knows and this run needs for the first time: it must be filled in before the next release. Fields for
 * existing resources (`Existing...`) may stay empty.
 */
export function remindOfParameters({ next, baseline, collected }: Run): readonly string[] {
  const rendered = next.find(({ path }) => path === form);
  const last = baseline.entries.get(form);
  if (rendered === undefined || last === undefined) return [];
  const known = fieldsOf(last.text);
  const added = [...fieldsOf(textOf(rendered))].filter(
    ([name, value]) => !known.has(name) && value === '' && !/\.Existing/u.test(name),
  );
  return [
    ...(last.text === undefined || added.length === 0
      ? []
      : [`# fill in ${added.map(([name]) => name).join(', ')} in ${form}; see deploy/README.md`]),
    ...remindOfProvider(baseline, collected.answers.ci, known, rendered),
  ];
}

/** Fields of the same name that mean another provider's repository now. */
function remindOfProvider(
  { config }: Baseline,
  ci: string,
  known: ReadonlyMap<string, unknown>,
  rendered: EmittedFile,
): readonly string[] {
  const was = config['ci'];
  if (typeof was !== 'string' || was === ci) return [];
  const names = ['Repository', 'Branch', 'ExistingOidcProviderArn'].map((name) => `platform.${name}`);
  const now = fieldsOf(textOf(rendered));
  const kept = names.filter((name) => known.has(name) && now.has(name));
  return kept.length === 0
    ? []
    : [`# check ${kept.join(', ')} in ${form}: they now refer to the repository at ${ci}, no longer at ${was}`];
}

function textOf({ bytes }: EmittedFile): string {
  return new TextDecoder().decode(bytes);
}

function fieldsOf(text: string | undefined): ReadonlyMap<string, unknown> {
  const stacks: unknown = text === undefined ? {} : JSON.parse(text);
  if (!isObject(stacks)) return new Map();
  return new Map(
    Object.entries(stacks).flatMap(([stack, fields]) =>
      isObject(fields) ? Object.entries(fields).map(([name, value]) => [`${stack}.${name}`, value] as const) : [],
    ),
  );
}
