import { dirname } from 'node:path';
import type { FileSystem } from './fileSystem.ts';
import { modeRefused, unless } from './systemError.ts';

/** Who owns a file, by numbers. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Who is to own what is made at a path. A file that takes another one's place keeps that one's owner. What is new belongs
 * to whom it would have belonged without us; only root, as in a container over a user's folder, gives it to the owner of
 * the folder.
 *
 * @param path absolute
 * @param like absolute path of the file whose place it takes, or of which it is a copy
 * @returns undefined to leave it to the system
 */
export async function ownerFor(path: string, fs: FileSystem, like?: string): Promise<Owner | undefined> {
  const before = like === undefined ? undefined : await unless(['ENOENT', 'ENOTDIR'], () => fs.lstat(like));
  if (before !== undefined) return before;
  return isRoot() ? fs.lstat(dirname(path)) : undefined;
}

/**
 * Gives a file or folder to its owner. Only root may give away; others may set a group that they belong to. Where neither
 * is permitted, it stays whose it is, as with every program that rewrites a file.
 *
 * @param now who owns it
 * @returns whether anything has changed; the system may then have taken bits of its mode away
 */
export async function giveTo(
  owner: Owner | undefined,
  now: Owner,
  chown: (uid: number, gid: number) => Promise<void>,
): Promise<boolean> {
  if (owner === undefined || (owner.uid === now.uid && owner.gid === now.gid)) return false;
  const isGiven = async (uid: number, gid: number): Promise<boolean> =>
    (await unless(modeRefused, async () => {
      await chown(uid, gid);
      return true;
    })) ?? false;
  return (await isGiven(owner.uid, owner.gid)) || (owner.gid !== now.gid && (await isGiven(now.uid, owner.gid)));
}

function isRoot(): boolean {
  return process.geteuid?.() === 0;
}
