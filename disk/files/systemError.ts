import { UserError } from '../../core/errors.ts';

const advice: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full. Free some space, then run the same command again.',
  EDQUOT: 'Your disk quota is used up. Free some space, then run the same command again.',
  EACCES: 'Permission was denied. Give yourself write permission there or choose another folder.',
  EPERM: 'The system does not permit it. Check the owner of the folder, or choose another one.',
  EROFS: 'It is on a read-only file system. Choose another folder.',
  ENOTDIR: 'A file is in the place of a folder. Move that file away, or choose another folder.',
  ENAMETOOLONG: 'The path is too long for this file system. Choose a folder with a shorter path.',
  EMFILE: 'Too many files are open. Close some programs, then run the same command again.',
};

/** Where the file system knows no modes or owners, or another owner's folder keeps its own. */
export const modeRefused: readonly string[] = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL'];

/** The code of an operating system error (`ENOENT`), or '' for anything else. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}

/**
 * Names the path and what to do in a failed call of the operating system.
 *
 * @returns the value of `act`
 * @throws UserError (exit 2) in place of an operating system error; any other error as it is
 */
export async function explain<Value>(verb: string, path: string, act: () => Promise<Value>): Promise<Value> {
  try {
    return await act();
  } catch (error) {
    const code = codeOf(error);
    if (code === '') throw error;
    const next = advice[code] ?? 'Check the disk and the folder, then run the same command again.';
    throw new UserError(`Cannot ${verb} ${path} (${code}). ${next}`, { cause: error });
  }
}

/**
 * Does `act`, and takes the given error codes for an answer.
 *
 * @returns the value of `act`, or undefined when it failed with one of `codes`
 */
export async function unless<Value>(codes: readonly string[], act: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await act();
  } catch (error) {
    if (codes.includes(codeOf(error))) return undefined;
    throw error;
  }
}
