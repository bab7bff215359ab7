import { promises } from 'node:fs';
import { join, posix } from 'node:path';
import { findSettingsModule, marksDjango, mayMarkDjango } from '../../core/facts/djangoMarks.ts';
import { nodeFileSystem } from '../files/fileSystem.ts';
import { readJournal } from '../journal/journal.ts';
import { byCodeUnit } from '../paths.ts';
import { sha256 } from '../files/sha256.ts';
import { explain, unless } from '../files/systemError.ts';

/** A Django project that was there before us. */
export interface DjangoProject {
  /** The file that tells, as a relative POSIX path: `backend/manage.py`. */
  readonly mark: string;
  /** The package that holds the settings, `shop` of `shop.settings`, where the file names it. */
  readonly package: string | undefined;
}

/** As deep as Heroku's buildpack for Python looks for a `manage.py`. */
const deepest = 3;
/** Not a project's own files: what tools keep, and what was installed. */
const skipped = /^(?:\..*|node_modules|bower_components|__pycache__|site-packages)$/u;

/**
 * Looks for a Django project in a folder and three levels below it. Follows no link to a folder. What a run of ours that
 * was killed has left there is no project of the user's.
 *
 * @param root absolute folder; need not exist
 * @returns the file nearest to the root that tells
 * @throws UserError (exit 2) for a folder or file that cannot be read, since nobody knows what it holds
 */
export async function findDjangoProject(root: string): Promise<DjangoProject | undefined> {
  const own = await ownFiles(root);
  let level = [''];
  for (let depth = 0; depth <= deepest && level.length > 0; depth += 1) {
    const below: string[] = [];
    for (const folder of level) {
      const { files, folders } = await list(root, folder);
      for (const path of files) {
        const text = await read(root, path);
        if (text === undefined || !marksDjango(path, text) || own.get(path) === sha256(Buffer.from(text))) continue;
        return { mark: path, package: findSettingsModule(text)?.split('.')[0] };
      }
      below.push(...folders);
    }
    level = below;
  }
  return undefined;
}

/** What a killed run has listed as its own, with the hash of what it wrote. */
async function ownFiles(root: string): Promise<ReadonlyMap<string, string | undefined>> {
  const journal = await readJournal(root, nodeFileSystem);
  if (journal === undefined || journal === 'torn') return new Map();
  return new Map(journal.files.map(({ path, sha256: hash }) => [path, hash]));
}

async function list(root: string, folder: string): Promise<{ files: string[]; folders: string[] }> {
  const full = join(root, folder);
  const found = await explain('read', full, () =>
    unless(['ENOENT'], () => promises.readdir(full, { withFileTypes: true })),
  );
  const entries = found ?? [];
  // A virtual environment, whatever it is called.
  if (entries.some(({ name }) => name === 'pyvenv.cfg')) return { files: [], folders: [] };
  const paths = (isWanted: (entry: (typeof entries)[number]) => boolean): string[] =>
    entries
      .filter(isWanted)
      .map(({ name }) => posix.join(folder, name))
      .toSorted(first);
  return {
    files: paths((entry) => !entry.isDirectory() && mayMarkDjango(posix.join(folder, entry.name))),
    folders: paths((entry) => entry.isDirectory() && !skipped.test(entry.name)),
  };
}

/** `manage.py` before all others: it tells most. */
function first(one: string, other: string): number {
  const rank = (path: string): number => (posix.basename(path) === 'manage.py' ? 0 : 1);
  return rank(one) - rank(other) || byCodeUnit(one, other);
}

/** A link to a file is read, too: a project is no less one for it. */
async function read(root: string, path: string): Promise<string | undefined> {
  const full = join(root, path);
  return explain('read', full, () =>
    unless(['ENOENT', 'ELOOP', 'ENOTDIR'], async () => {
      const stats = await promises.stat(full);
      return stats.isFile() ? promises.readFile(full, 'utf8') : undefined;
    }),
  );
}
