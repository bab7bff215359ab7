import type { Answers } from '../../answers/types.ts';
import { djangoVersions } from '../../facts/django.ts';

/**
 * The optional dependencies of templates/versions/pyproject.toml, and the answers that need each. A new one is a line
 * there and a line here; `npm run lock` writes the rest.
 */
export const extras: Readonly<Record<string, (answers: Answers) => boolean>> = {
  ...Object.fromEntries(
    djangoVersions.map(({ version }) => [
      `django-${version.replace('.', '-')}`,
      ({ django }: Answers): boolean => django === version,
    ]),
  ),
  whitenoise: (answers) => answers.static === 'whitenoise',
  sqs: ({ broker }) => broker === 'sqs',
  redis: ({ broker }) => broker === 'redis',
};
