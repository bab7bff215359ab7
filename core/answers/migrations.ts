import semver from 'semver';
import { UserError } from '../errors.ts';
import { keyToday } from './renamed.ts';
import type { Answers } from './types.ts';

/** A change of the form of stored answers. It is pure and works on a copy; old ones are never edited. */
export interface Migration {
  /** The first version whose answers have the new form. */
  readonly since: string;
  readonly migrate: (answers: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;
}

/** All of them, oldest first. */
export const migrations: readonly Migration[] = [
  {
    since: '0.2.0',
    migrate: (answers) => Object.fromEntries(Object.entries(answers).map(([key, value]) => [keyToday(key), value])),
  },
];

/**
 * What a repository has that does not store an answer, because it was written before the question was there: nothing new comes
 * unasked. A new repository takes the default of the declaration.
 */
export const beforeTheQuestion: Partial<Answers> = {
  media: 'none',
  user: 'django',
};

/**
 * Brings stored answers to the form of this version.
 *
 * @param from the version that stored them; undefined when nothing was written yet
 */
export function migrateAnswers(
  stored: Readonly<Record<string, unknown>>,
  from: string | undefined,
  steps: readonly Migration[] = migrations,
): Readonly<Record<string, unknown>> {
  if (from === undefined) return stored;
  const migrated = steps
    .filter(({ since }) => semver.lt(from, since))
    .toSorted((one, other) => semver.compare(one.since, other.since))
    .reduce((answers, { migrate }) => migrate(answers), stored);
  return Object.keys(migrated).length === 0 ? migrated : { ...beforeTheQuestion, ...migrated };
}

/**
 * Refuses to go back: an older version does not know what a newer one wrote.
 *
 * @param written the newest version of this package that wrote a file of the repository; undefined: none
 * @param installed this package's version
 * @throws UserError
 */
export function refuseDowngrade(written: string | undefined, installed: string): void {
  if (written !== undefined && semver.gt(written, installed)) {
    throw new UserError(
      `This repository was written by generator-django-fargate ${written}, and ${installed} is installed. ` +
        `Install ${written} or newer, then run the same command again.`,
    );
  }
}
