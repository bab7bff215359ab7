import type { Answers } from '../answers/types.ts';

/** A part of the repository that an answer turns on, and the files that it needs. */
export interface Need {
  /** For people: what is turned on. */
  readonly feature: string;
  readonly answer: 'broker' | 'pooler' | 'static' | 'domain';
  /** The answer that turns it off; undefined: none given. */
  readonly off: string | undefined;
  /** Paths; `project/` stands for the project's package. Those count that change with the answer. */
  readonly files: readonly string[];
}

const stacks = ['network', 'platform', 'data', 'service'].map((name) => `deploy/cloudformation/${name}.yaml`);
const settings = ['project/__init__.py', 'project/settings/base.py', 'project/settings/production.py'];
const release = ['deploy/release.py', 'deploy/ecs/web.json', ...stacks];

/** The shared files that each feature needs. Texts for people and tests do not count. */
export const needs: readonly Need[] = [
  { feature: 'Celery', answer: 'broker', off: 'none', files: ['requirements.in', ...settings, ...release] },
  { feature: 'PgBouncer', answer: 'pooler', off: 'none', files: [...settings, ...release] },
  {
    feature: 'Static files on S3',
    answer: 'static',
    off: 'whitenoise',
    files: ['requirements.in', ...settings, ...release],
  },
  { feature: 'HTTPS', answer: 'domain', off: undefined, files: ['deploy/parameters.json', ...settings, ...release] },
];

/**
 * The features that a run turns on or changes.
 *
 * @param config the answers that were rendered last, as they are stored
 */
export function turnedOn(config: Readonly<Record<string, unknown>>, answers: Answers): readonly Need[] {
  return needs.filter(({ answer, off }) => answers[answer] !== off && answers[answer] !== (config[answer] ?? off));
}
