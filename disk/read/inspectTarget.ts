import { constants, promises } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { UserError } from '../../core/errors.ts';
import { codeOf, explain, unless } from '../files/systemError.ts';

/** Where a repository goes. */
export interface Target {
  /** Absolute, with the symbolic links of what exists of it resolved. */
  readonly folder: string;
  readonly exists: boolean;
}

/**
 * Checks the folder that a repository is written to. Makes nothing.
 *
 * @param folder as the user gave it; a relative one starts at the current folder
 * @param packageRoot our own package's folder, in which nothing is ever written
 * @throws UserError (exit 2) for a file, a link that leads nowhere, a folder that cannot be read or written, our package
 */
export async function inspectTarget(folder: string, packageRoot: string): Promise<Target> {
  if (folder === '' || folder.includes('\0')) throw refusal(JSON.stringify(folder), 'is not the name of a folder');
  const wanted = resolve(folder);
  const nearest = await nearestExisting(wanted);
  const real = await resolveLink(nearest);
  const stats = await explain('read', nearest, () => promises.stat(real));
  if (!stats.isDirectory()) throw refusal(nearest, 'is a file, not a folder');
  const target = join(real, relative(nearest, wanted));
  const own = await promises.realpath(packageRoot);
  if (target === own || target.startsWith(own + sep)) throw refusal(target, 'is inside this generator');
  const exists = nearest === wanted;
  const needed = constants.W_OK | constants.X_OK | (exists ? constants.R_OK : 0);
  await explain('write to', nearest, () => promises.access(real, needed));
  return { folder: target, exists };
}

async function nearestExisting(folder: string): Promise<string> {
  for (let here = folder; ; here = dirname(here)) {
    const stats = await explain('read', here, () => unless(['ENOENT', 'ENOTDIR'], () => promises.lstat(here)));
    if (stats !== undefined || dirname(here) === here) return here;
  }
}

async function resolveLink(path: string): Promise<string> {
  try {
    return await promises.realpath(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw refusal(path, 'is a symbolic link that leads nowhere');
    if (codeOf(error) === 'ELOOP') throw refusal(path, 'is a symbolic link that leads back to itself');
    return explain('read', path, () => Promise.reject(error));
  }
}

function refusal(folder: string, reason: string): UserError {
  return new UserError(`${folder} ${reason}. Name another folder for the repository; it need not exist yet.`);
}
