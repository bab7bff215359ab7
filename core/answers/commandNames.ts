import { nameDistance } from '../facts/nearest.ts';

/** The commands beside the one that writes a repository, in the order of their use. */
export const commandNames = ['plan', 'resize', 'upgrade', 'celery', 'pgbouncer'] as const;

/** What people type for a flag: `help` would become a repository of that name. */
const words = ['help', 'version'] as const;

/**
 * The command or flag that a word was probably meant to be, where a folder is expected: `rezise`, `resize` after
 * `yo django-fargate`, `django-fargate:resize`, `help`. A path, with a slash or a dot at its start, is not a command.
 *
 * @returns as the user would type it: `resize`, `--help`
 */
export function findCommandName(word: string): string | undefined {
  if (/[/\\]|^\./u.test(word)) return undefined;
  const name = word.replace(/^django-fargate:/u, '');
  const near = [...commandNames, ...words]
    .map((known) => ({ known, distance: nameDistance(name, known) }))
    .filter(({ known, distance }) => distance <= (known.length < 6 ? 1 : 2))
    .toSorted((one, other) => one.distance - other.distance)[0]?.known;
  if (near === undefined) return word === name ? undefined : '--help';
  return words.some((flag) => flag === near) ? `--${near}` : near;
}
