import { places } from './places.ts';
import type { Place } from './places.ts';
import { openPlaces } from './readPlaces.ts';
import type { ReadPlace } from './readPlaces.ts';

/** A size that stands in a file otherwise than the plan has it. */
export interface Drift {
  /** Where the file stands: relative POSIX path. */
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
  readonly ours: string;
}

/**
 * The sizes in a text that are not the plan's. What the text does not hold at all was deleted by its owner, and says no
 * other size.
 *
 * @returns nothing for a text that is not valid
 */
export function findDrift({ path, key, projectName, yours, ours }: Sized): readonly Drift[] {
  if (yours === ours) return [];
  const [there, wanted] = [openPlaces(path, yours), openPlaces(key, ours)];
  if (there === undefined || wanted === undefined) return [];
  return placesIn(key, projectName, ours).flatMap((place): readonly Drift[] => {
    const [where, item] = place;
    const [found, planned] = [readNumber(there, place), readNumber(wanted, place)];
    return found === undefined || planned === undefined || isSame(found, planned)
      ? []
      : [{ path, where, item, yours: found, plan: planned }];
  });
}

/** The places of one file. */
export function placesIn(key: string, projectName: string, ours: string): readonly Place[] {
  if (key === sizing) return placesOfSizing(ours);
  const row = key.startsWith(`${projectName}/`) ? `project/${key.slice(projectName.length + 1)}` : key;
  return places[row] ?? [];
}

/** What stands at a place: the number, or all of it where the user has written something else. */
export function readNumber(read: ReadPlace, [where, , pattern]: Place): string | undefined {
  const found = read(where);
  return pattern === undefined ? found : found && (pattern.exec(found)?.[1] ?? found);
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
