/**
 * A marker as it reads where no Python below `minimum` is used: what then always holds goes.
 *
 * @param minimum major and minor, such as `3.12`
 * @returns an empty text when it always holds, undefined when it never does
 */
export function simplifyMarker(marker: string, minimum: string): string | undefined {
  if (marker === '' || / or |\(/.test(marker)) return marker;
  const left: string[] = [];
  for (const clause of marker.split(' and ')) {
    const [, operator, version] = /^python_full_version (<|>=) '([\d.]+)'$/.exec(clause) ?? [];
    if (version === undefined || isBelow(minimum, version)) {
      left.push(clause);
    } else if (operator === '<') {
      return undefined;
    }
  }
  return left.join(' and ');
}

/** 3.9 comes before 3.13. */
function isBelow(one: string, other: string): boolean {
  const [left, right] = [one, other].map((version) => version.split('.').map(Number)) as [number[], number[]];
  for (const [index, number] of right.entries()) {
    const difference = (left[index] ?? 0) - number;
    if (difference !== 0) return difference < 0;
  }
  return false;
}
