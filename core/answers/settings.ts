import { UserError } from '../errors.ts';
import { pathFault } from '../pathFault.ts';
import { isObject } from './kinds.ts';

/** Settings of ours in `.yo-rc.json` beside the answers; never asked, written by hand. */
export const settingNames: readonly string[] = ['paths', 'unmanaged'];

/** How a user decides which files are updated, and where. */
export interface Settings {
  /** Where the user has moved files: rendered path -> path on disk. */
  readonly moved: ReadonlyMap<string, string>;
  /** Whether a path is the user's alone. */
  readonly isUnmanaged: (path: string) => boolean;
}

/**
 * Reads `paths` and `unmanaged` from our part of `.yo-rc.json`.
 *
 * @throws UserError that names the setting and what it may hold
 */
export function readSettings(section: unknown): Settings {
  const { paths = {}, unmanaged = [] } = isObject(section) ? section : {};
  if (!isObject(paths)) {
    throw refusal('paths', 'an object such as {"deploy/README.md": "docs/runbook.md"}');
  }
  for (const path of Object.entries(paths).flat()) {
    const fault = typeof path === 'string' ? pathFault(path) : 'is not a string';
    if (fault !== undefined) {
      throw new UserError(
        `.yo-rc.json: paths: ${JSON.stringify(path)} ${fault}; allowed: paths inside the repository.`,
      );
    }
  }
  if (!Array.isArray(unmanaged) || !unmanaged.every((glob) => typeof glob === 'string')) {
    throw refusal('unmanaged', 'a list of paths such as ["README.md", "deploy/**"]');
  }
  const globs = unmanaged.map(toPattern);
  return {
    moved: new Map(Object.entries(paths as Readonly<Record<string, string>>)),
    isUnmanaged: (path) => globs.some((glob) => glob.test(path)),
  };
}

function refusal(name: string, allowed: string): UserError {
  return new UserError(`.yo-rc.json: ${name}: not ${allowed}.`);
}

/** `*` and `?` match within a folder, `**` across folders; the name of a folder matches everything in it. */
function toPattern(glob: string): RegExp {
  const body = glob
    .replace(/\/+$/, '')
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll(/\*\*\/|\*\*|\*|\?/g, (sign) => ({ '**/': '(?:.*/)?', '**': '.*', '*': '[^/]*' })[sign] ?? '[^/]');
  return new RegExp(`^${body}(?:/.*)?$`, 'u');
}
