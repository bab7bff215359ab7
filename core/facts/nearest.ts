import leven from 'leven';

/** Longer names are cut before they are compared: the distance costs the product of both lengths. */
const comparedLength = 64;

/** Edit distance of two names without regard to case. */
export function nameDistance(left: string, right: string): number {
  return leven(left.slice(0, comparedLength).toLowerCase(), right.slice(0, comparedLength).toLowerCase());
}

/** Whether `wanted` is how `known` begins, without regard to case; the empty string begins nothing. */
export function isBeginning(wanted: string, known: string): boolean {
  return wanted !== '' && known.toLowerCase().startsWith(wanted.toLowerCase());
}

/**
 * The `count` candidates with the smallest keys, best first. Keys are compared number by number, then the candidates'
 * own order decides, so that the answer never depends on anything else.
 */
export function nearestBy<T>(candidates: readonly T[], count: number, key: (candidate: T) => readonly number[]): T[] {
  return candidates
    .map((candidate) => ({ candidate, key: key(candidate) }))
    .toSorted((left, right) => compareKeys(left.key, right.key))
    .slice(0, Math.max(0, count))
    .map(({ candidate }) => candidate);
}

function compareKeys(left: readonly number[], right: readonly number[]): number {
  for (const [index, value] of left.entries()) {
    const difference = value - (right[index] ?? 0);
    if (difference !== 0) {
      return difference;
    }
  }
  return 0;
}
