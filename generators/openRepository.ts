import semver from 'semver';
import { storageKey, storedSection } from '../core/answers/files.ts';
import { isObject } from '../core/answers/kinds.ts';
import { migrateAnswers, refuseDowngrade } from '../core/answers/migrations.ts';
import { readSettings } from '../core/answers/settings.ts';
import type { Settings } from '../core/answers/settings.ts';
import { exitCodes, UserError } from '../core/errors.ts';
import type { Baseline } from '../core/merge/baseline/baseline.ts';
import { readBaseline } from '../core/merge/baseline/readBaseline.ts';
import { observeAll } from '../disk/journal/observeAll.ts';
import { absolute, baselinePath, yoRcPath } from '../disk/paths.ts';
import { readJsonFile } from '../disk/read/readJson.ts';
import { sha256 } from '../disk/files/sha256.ts';
import type { Release } from './release.ts';

/** What earlier runs left in a folder. */
export interface Repository {
  readonly folder: string;
  /** Absent where the generator has not written yet; its answers in the form of this version. */
  readonly baseline: Baseline | undefined;
  /** The parsed `.yo-rc.json`, undefined when there is none; our answers in the form of this version. */
  readonly yoRc: unknown;
  readonly settings: Settings;
}

/**
 * Reads what earlier runs left.
 *
 * @param options.rebuild ignore the baseline, which will be rebuilt
 * @throws UserError for a damaged baseline (exit 4), a newer version's repository or a faulty `.yo-rc.json` (exit 2)
 */
export async function openRepository(
  folder: string,
  { version, migrations }: Release,
  options: { readonly rebuild?: boolean } = {},
): Promise<Repository> {
  const baseline = options.rebuild === true ? undefined : await openBaseline(folder);
  const writtenBy = newestVersion(baseline);
  refuseDowngrade(writtenBy, version);
  const yoRc = await readJsonFile(absolute(folder, yoRcPath));
  const section = storedSection(yoRc);
  // Of the version that wrote the answers, nothing is known without a baseline.
  const from = options.rebuild === true ? version : writtenBy;
  return {
    folder,
    baseline: baseline && { ...baseline, config: migrateAnswers(baseline.config, from, migrations) },
    yoRc:
      isObject(yoRc) && isObject(section) ? { ...yoRc, [storageKey]: migrateAnswers(section, from, migrations) } : yoRc,
    settings: readSettings(section),
  };
}

/** The version of the last run, which updated all unedited files to its own. */
function newestVersion(baseline: Baseline | undefined): string | undefined {
  return [...(baseline?.entries.values() ?? [])]
    .map(({ version }) => version)
    .toSorted(semver.compare)
    .at(-1);
}

async function openBaseline(folder: string): Promise<Baseline | undefined> {
  const found = (await observeAll(folder, [baselinePath])).get(baselinePath);
  if (found === undefined || found.kind === 'absent') return undefined;
  if (found.kind !== 'file') {
    throw new UserError(
      `${absolute(folder, baselinePath)} ${found.kind === 'folder' ? 'is a folder' : found.reason}, not a file. ` +
        'Put the file back, then run the same command again.',
      { exitCode: exitCodes.unsafe },
    );
  }
  return readBaseline(new TextDecoder().decode(found.bytes), sha256);
}
