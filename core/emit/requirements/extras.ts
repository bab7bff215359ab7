import type { Answers } from '../../answers/types.ts';
import { features } from '../../features/features.ts';

/**
 * The optional dependencies of templates/versions/pyproject.toml that these answers need. A new one is a line there and a
 * line in its capability; `npm run lock` writes the rest.
 */
export function extrasFor(answers: Answers): readonly string[] {
  return [
    `django-${answers.django.replace('.', '-')}`,
    // Only where the tasks serve the static files themselves.
    ...(answers.static === 'whitenoise' ? ['whitenoise'] : []),
    ...features.flatMap(({ files }) => files.extras?.(answers) ?? []),
  ];
}
