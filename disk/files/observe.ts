import { constants } from 'node:fs';
import { join } from 'node:path';
import type { Observed } from '../../core/merge/observed.ts';
import type { FileSystem } from './fileSystem.ts';
import { pathFault } from '../../core/pathFault.ts';
import { foldName } from '../paths.ts';
import { codeOf, explain, unless } from './systemError.ts';

/** Larger files are not compared but left alone: none of ours comes near it. */
export const comparableBytes = 64 * 1024 * 1024;

/** Read, but never through a symbolic link and never waiting for a writer (the flags do not exist on Windows). */
export const readOnly = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

const special = (reason: string): Observed => ({ kind: 'special', reason });

/**
 * Looks at one path below `root` without following a symbolic link anywhere below `root`.
 *
 * @param path relative POSIX path
 * @param listings names found per folder, shared between the calls of one round
 * @throws UserError (exit 2) when the disk itself fails
 */
export async function observe(
  root: string,
  path: string,
  fs: FileSystem,
  listings: Map<string, readonly string[]> = new Map(),
): Promise<Observed> {
  const fault = pathFault(path);
  if (fault !== undefined) return special(fault);
  return explain('read', join(root, path), async () => {
    let here = root;
    const segments = path.split('/');
    for (const [index, segment] of segments.entries()) {
      const names = listings.get(here) ?? (await list(here, fs));
      if (typeof names === 'string') return special(names);
      listings.set(here, names);
      if (!names.includes(segment)) {
        const twin = names.find((name) => foldName(name) === foldName(segment));
        return twin === undefined ? { kind: 'absent' } : special(`differs only in case from ${twin}, which exists`);
      }
      here = join(here, segment);
      if (index === segments.length - 1) return look(here, fs);
      const stats = await fs.lstat(here);
      const parent = segments.slice(0, index + 1).join('/');
      if (stats.isSymbolicLink()) return special(`the folder ${parent} is a symbolic link`);
      if (!stats.isDirectory()) return special(`${parent} is not a folder`);
    }
    return { kind: 'absent' };
  });
}

async function list(folder: string, fs: FileSystem): Promise<readonly string[] | string> {
  try {
    return await fs.readdir(folder);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    if (['EACCES', 'EPERM'].includes(codeOf(error))) return `the folder ${folder} cannot be read`;
    throw error;
  }
}

async function look(path: string, fs: FileSystem): Promise<Observed> {
  try {
    const stats = await fs.lstat(path);
    if (stats.isSymbolicLink()) return special('is a symbolic link');
    if (stats.isDirectory()) return { kind: 'folder' };
    if (!stats.isFile()) return special('is not a regular file');
    if (stats.size > comparableBytes) return special('is larger than 64 MiB');
    const bytes = await fs.readFile(path, { flag: readOnly });
    return { kind: 'file', bytes, mode: stats.mode & 0o7777 };
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT') return { kind: 'absent' };
    if (code === 'ELOOP') return special('is a symbolic link');
    if (['EACCES', 'EPERM'].includes(code)) return special('cannot be read');
    throw error;
  }
}

/** The bytes of a regular file, or undefined when there is none or something else stands there. */
export async function readRegular(path: string, fs: FileSystem): Promise<Uint8Array | undefined> {
  const stats = await unless(['ENOENT'], () => fs.lstat(path));
  if (stats === undefined || !stats.isFile()) return undefined;
  return unless(['ENOENT', 'ELOOP'], () => fs.readFile(path, { flag: readOnly }));
}
