/** Who needs a package: the service whatever the answers, one of its extras, or a dependency group. */
export type RequirementNeed = string;

/** One package as uv locked it. */
export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  /** Who needs it, and the environment marker under which; an empty one means always. */
  readonly neededBy: Readonly<Record<RequirementNeed, string>>;
  /** SHA-256 of its wheels and of its source distribution. */
  readonly sha256: readonly string[];
}

/** What `npm run lock` writes to templates/requirements.json. */
export interface RequirementsData {
  /** The requirements as templates/versions/pyproject.toml declares them, without markers. */
  readonly declared: Readonly<Record<RequirementNeed, readonly string[]>>;
  /** Ordered by name. */
  readonly packages: readonly LockedPackage[];
}

/** The text of templates/requirements.json. */
export function renderData(data: RequirementsData): string {
  return `${JSON.stringify(data, null, 2)}\n`;
}

export function parseData(text: string): RequirementsData {
  return JSON.parse(text) as RequirementsData;
}
