import { emittedPath } from '../emit/emittedPath.ts';
import { places } from './places.ts';
import type { Place } from './place.ts';
import { openPlaces } from './readPlaces.ts';
import type { OpenText } from './readPlaces.ts';

/** A size in a file that differs from the plan. */
export interface Drift {
  /** The file: relative POSIX path. */
  readonly path: string;
  /** The place in it: the path of a value, or the name of an assignment. */
  readonly where: string;
  /** The number of the plan: `gunicorn.threads`; or the answer: `rdsClass`. */
  readonly item: string;
  readonly yours: string;
  readonly plan: string;
}

/** A text, and what the plan would have it say. */
export interface Sized {
  readonly path: string;
  /** The path under which it is rendered: another one where the user has moved the file. */
  readonly key: string;
  readonly projectName: string;
  readonly yours: string;
  readonly next: string;
}

/**
 * The sizes in a text that differ from the plan. A size that is missing was deleted by the owner of the text and does not
 * count; nor does a command in which the number is not found.
 *
 * @returns nothing for a text that is not valid
 */
export function findDrift({ path, key, projectName, yours, next }: Sized): readonly Drift[] {
  if (yours === next) return [];
  const [there, wanted] = [openPlaces(path, yours), openPlaces(key, next)];
  if (there === undefined || wanted === undefined) return [];
  return placesIn(key, projectName, next).flatMap((place): readonly Drift[] => {
    const [where, item] = place;
    const [found, planned] = [readNumber(there, place), readNumber(wanted, place)];
    return found === undefined || planned === undefined || isSame(found, planned)
      ? []
      : [{ path, where, item, yours: found, plan: planned }];
  });
}

/** The places of one file. */
export function placesIn(key: string, projectName: string, next: string): readonly Place[] {
  if (key === sizing) return placesOfSizing(next);
  return Object.entries(places).find(([row]) => emittedPath(row, projectName) === key)?.[1] ?? [];
}

/**
 * The number that stands at a place. Where a pattern covers all of a value (`workers = 2`), whatever else the user wrote
 * there takes the number's place. In a command or a pair, what does not hold the number says nothing about it.
 */
export function readNumber({ read }: OpenText, [where, , pattern]: Place): string | undefined {
  const found = read(where);
  if (pattern === undefined || found === undefined) return found;
  return pattern.exec(found)?.[1] ?? (/^\^.*\$$/.test(pattern.source) ? found : undefined);
}

const sizing = 'deploy/sizing.json';

function placesOfSizing(text: string): readonly Place[] {
  const sections = JSON.parse(text) as Readonly<Record<string, object>>;
  return Object.entries(sections).flatMap(([section, items]) =>
    Object.keys(items).map((name): Place => [`${section}.${name}.value`, `${section}.${name}`]),
  );
}

/** `1.0` is 1. */
function isSame(one: string, other: string): boolean {
  return one === other || (one !== '' && other !== '' && Number(one) === Number(other));
}
