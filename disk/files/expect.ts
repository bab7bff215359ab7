import { exitCodes, UserError } from '../../core/errors.ts';
import type { FileSystem } from './fileSystem.ts';
import { sameBytes } from '../../core/sameBytes.ts';
import { readRegular } from './observe.ts';

/**
 * Looks whether a file still holds what it held.
 *
 * @throws UserError (exit 4) when it does not
 */
export async function expect(path: string, bytes: Uint8Array, fs: FileSystem): Promise<void> {
  const now = await readRegular(path, fs);
  if (now === undefined || !sameBytes(now, bytes)) throw changed(path);
}

export function changed(path: string): UserError {
  return new UserError(`${path} has changed while this command ran. Run the same command again.`, {
    exitCode: exitCodes.unsafe,
  });
}

/** Where the file system has no hard links, or refuses this one. */
export const linkRefused = ['EPERM', 'EACCES', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL', 'EMLINK', 'EXDEV'];
