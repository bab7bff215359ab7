import { baselineSchema } from './baseline.ts';
import type { Entry } from './baseline.ts';

/**
 * Renders `.django-fargate/baseline.json`: what was last rendered, so that a later run can tell the user's edits from
 * its own text. Deterministic: keys sorted, one line per file, no time, a final newline.
 *
 * @param config the answers that the files were rendered for
 * @param entries what was rendered at each path; neither the baseline itself nor files that other programs write too
 */
export function renderBaseline(config: Readonly<Record<string, unknown>>, entries: ReadonlyMap<string, Entry>): string {
  const lines = [...entries]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([path, { policy, version, sha256, exec, text, state }]) => {
      const ordered = { policy, version, sha256, exec, state, text };
      return `    ${JSON.stringify(path)}: ${JSON.stringify(ordered)}`;
    });
  return [
    '{',
    `  "schema": ${baselineSchema},`,
    '  "generator": "generator-django-fargate",',
    `  "config": ${JSON.stringify(sortKeys(config), undefined, 2).replaceAll('\n', '\n  ')},`,
    lines.length === 0 ? '  "files": {}' : `  "files": {\n${lines.join(',\n')}\n  }`,
    '}',
    '',
  ].join('\n');
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const sorted = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(sorted.map(([key, inner]) => [key, sortKeys(inner)]));
}
