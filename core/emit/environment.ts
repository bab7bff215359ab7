import type { Answers } from '../answers/types.ts';
import { features, isOn } from '../features/features.ts';

/**
 * `deploy/environment.json`: the variables and secrets of the project. The capabilities declare theirs, the user adds his own,
 * and a later run merges both by value.
 */
export function renderEnvironment(answers: Answers): string {
  const declared = features
    .filter((feature) => isOn(feature, answers))
    .flatMap(({ files }) => files.secrets?.(answers) ?? [])
    .map((secret) => (typeof secret === 'string' ? { name: secret } : secret))
    .map(({ name, ...more }) => `${JSON.stringify(name)}: ${JSON.stringify({ secret: true, ...more })}`);
  return declared.length === 0 ? '{}\n' : `{\n${declared.join(',\n')}\n}\n`;
}
