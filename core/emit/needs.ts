import type { Answers } from '../answers/types.ts';
import type { Feature } from '../features/feature.ts';
import { features } from '../features/features.ts';
import { sharedRelease, sharedSettings } from './shared.ts';

/** A part of the repository that an answer turns on, and the files that it needs. */
export interface Need {
  /** For people: what is turned on. */
  readonly feature: string;
  readonly answer: Feature['key'] | 'domain';
  /** The answer that turns it off; undefined: none given. */
  readonly off: string | undefined;
  /** Paths; `project/` stands for the project's package. Those count that change with the answer. */
  readonly files: readonly string[];
}

/** What each capability, and HTTPS, need of files that are there without it, too. */
export const needs: readonly Need[] = [
  ...features.map(({ name, key, off, files }): Need => ({ feature: name, answer: key, off, files: files.needs })),
  {
    feature: 'HTTPS',
    answer: 'domain',
    off: undefined,
    files: ['deploy/parameters.json', ...sharedSettings, ...sharedRelease],
  },
];

/**
 * The features that a run turns on or changes.
 *
 * @param config the answers that were rendered last, as they are stored
 */
export function turnedOn(config: Readonly<Record<string, unknown>>, answers: Answers): readonly Need[] {
  return needs.filter(({ answer, off }) => answers[answer] !== off && answers[answer] !== (config[answer] ?? off));
}
