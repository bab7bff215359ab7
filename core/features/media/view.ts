import type { Answers } from '../../answers/types.ts';
import { word } from '../../emit/literals.ts';
import { toSlug } from '../../facts/derivedNames.ts';

/** What the templates see of it; its numbers are in `plan.media`. */
export function viewMedia({ media, projectName, broker }: Answers) {
  const slug = toSlug(projectName);
  return {
    media,
    // The roles whose code reads and writes uploads, and the resource that says so.
    mediaRoles: [
      { resource: 'UploadsOfWeb', name: word(`${slug}-task`) },
      ...(broker === 'none' ? [] : [{ resource: 'UploadsOfWorker', name: word(`${slug}-worker`) }]),
      { resource: 'UploadsOfOps', name: word(`${slug}-ops`) },
    ],
  };
}
