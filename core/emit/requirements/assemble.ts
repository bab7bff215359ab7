import { InternalError } from '../../errors.ts';
import type { LockedPackage, RequirementNeed, RequirementsData } from './data.ts';
import { simplifyMarker } from './markers.ts';

/**
 * The pinned, hashed requirements, as `uv pip compile` prints them.
 *
 * @param needs whose packages
 * @param minimum lowest Python of the environment, such as `3.12`
 * @throws InternalError when two needs name different markers for one package
 */
export function assembleLock(data: RequirementsData, needs: readonly RequirementNeed[], minimum: string): string {
  return data.packages
    .flatMap((locked) => {
      const marker = markerFor(locked, needs, minimum);
      if (marker === undefined) return [];
      const hashes = locked.sha256.map((hash) => ` \\\n    --hash=sha256:${hash}`);
      return [`${locked.name}==${locked.version}${marker === '' ? '' : ` ; ${marker}`}${hashes.join('')}\n`];
    })
    .join('');
}

/** The declared requirements of these needs, one a line, ordered. */
export function assembleDeclared({ declared }: RequirementsData, needs: readonly RequirementNeed[]): string {
  const lines = needs.flatMap((need) => declared[need] ?? []).toSorted((one, other) => (one < other ? -1 : 1));
  return `${lines.join('\n')}\n`;
}

/** The marker of a package for these needs: empty when it is always needed, undefined when it never is. */
function markerFor(
  { name, neededBy }: LockedPackage,
  needs: readonly RequirementNeed[],
  minimum: string,
): string | undefined {
  const markers = new Set<string>();
  for (const need of needs) {
    const marker = neededBy[need];
    const left = marker === undefined ? undefined : simplifyMarker(marker, minimum);
    if (left !== undefined) markers.add(left);
  }
  if (markers.has('')) return '';
  const [marker, ...others] = markers;
  if (others.length > 0) throw new InternalError(`${name} has several markers: ${[...markers].join(', ')}`);
  return marker;
}
