import { baselineSchema } from './baseline.ts';
import type { Entry } from './baseline.ts';

/**
 * Renders `.django-fargate/baseline.json`: what was last rendered, so that a later run can tell the user's edits from
 * its own text. Deterministic: keys sorted, no time, a final newline. Laid out as a formatter of JSON leaves it.
 *
 * @param config the answers that the files were rendered for
 * @param entries what was rendered at each path; neither the baseline itself nor files that other programs write too
 */
export function renderBaseline(config: Readonly<Record<string, unknown>>, entries: ReadonlyMap<string, Entry>): string {
  const files = [...entries]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([path, { policy, version, sha256, exec, text, state, adopted }]) => {
      return [path, { policy, version, sha256, exec, state, adopted, text }] as const;
    });
  const baseline = {
    schema: baselineSchema,
    generator: 'generator-django-fargate',
    config: sortKeys(config),
    files: Object.fromEntries(files),
  };
  return `${JSON.stringify(baseline, undefined, 2)}\n`;
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const sorted = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(sorted.map(([key, inner]) => [key, sortKeys(inner)]));
}
