import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'smol-toml';
import type { LockedPackage, RequirementNeed, RequirementsData } from '../../core/emit/requirements/data.ts';
import { exportLock, parseExport, type Exported } from './uv.ts';

interface Manifest {
  readonly project: {
    readonly dependencies: readonly string[];
    readonly 'optional-dependencies': Readonly<Record<string, readonly string[]>>;
  };
  readonly 'dependency-groups': Readonly<Record<string, readonly (string | object)[]>>;
}

/**
 * Which package is needed by whom, from pyproject.toml and uv.lock in a folder.
 *
 * Extras and groups are exported one at a time on top of the service with each Django, since packages such as
 * django-migration-linter need one: what comes on top is theirs.
 *
 * @param program path of uv
 */
export function requirementsData(program: string, folder: string): RequirementsData {
  const manifest = parse(readFileSync(path.join(folder, 'pyproject.toml'), 'utf8')) as unknown as Manifest;
  const optional = manifest.project['optional-dependencies'];
  const extras = Object.keys(optional);
  const djangos = extras.filter((extra) => extra.startsWith('django-'));
  const exported = (...options: readonly string[]) => parseExport(exportLock(program, folder, options));
  const packages = new Packages();

  const base = new Map(djangos.map((django) => [django, exported('--no-dev', '--extra', django)]));
  const all = [...base.values()];
  for (const [django, entries] of base) {
    for (const entry of entries) {
      packages.add(all.every((others) => others.some((other) => isSame(other, entry))) ? 'service' : django, entry);
    }
    const onTop = (need: RequirementNeed, options: readonly string[]) => {
      for (const entry of exported('--extra', django, ...options)) {
        if (!entries.some((other) => isSame(other, entry))) packages.add(need, entry);
      }
    };
    for (const extra of extras.filter((name) => !djangos.includes(name))) onTop(extra, ['--no-dev', '--extra', extra]);
    onTop('dev', []);
  }
  for (const entry of exported('--only-group', 'deploy')) packages.add('deploy', entry);

  return {
    declared: {
      service: manifest.project.dependencies,
      ...Object.fromEntries(Object.entries(optional).map(([name, list]) => [name, list.map(withoutMarker)])),
      ...Object.fromEntries(
        Object.entries(manifest['dependency-groups']).map(([name, list]) => [
          name,
          list.filter((entry) => typeof entry === 'string').map(withoutMarker),
        ]),
      ),
    },
    packages: packages.list(),
  };
}

/** Adds up who needs each version of each package. */
class Packages {
  readonly #blocks = new Map<
    string,
    Omit<LockedPackage, 'neededBy'> & { readonly neededBy: Record<RequirementNeed, string> }
  >();

  add(need: RequirementNeed, { name, version, marker, sha256 }: Exported): void {
    const key = keyOf({ name, version });
    const block = this.#blocks.get(key) ?? { name, version, neededBy: {}, sha256 };
    if ((block.neededBy[need] ?? marker) !== marker) {
      throw new Error(`${need} needs ${key} under several markers: ${block.neededBy[need]}, ${marker}`);
    }
    block.neededBy[need] = marker;
    this.#blocks.set(key, block);
  }

  /** In the order in which uv prints them. */
  list(): readonly LockedPackage[] {
    return [...this.#blocks.values()].toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
  }
}

/** No name holds the space that stands between. */
function keyOf({ name, version }: Pick<Exported, 'name' | 'version'>): string {
  return `${name} ${version}`;
}

function isSame(one: Exported, other: Exported): boolean {
  return one.name === other.name && one.version === other.version && one.marker === other.marker;
}

/** `django>=6.1.3,<6.2; python_version >= '3.12'` -> `django>=6.1.3,<6.2` */
function withoutMarker(requirement: string): string {
  return requirement.replace(/;.*$/, '').trimEnd();
}
