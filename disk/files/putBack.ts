import { linkRefused } from './expect.ts';
import type { FileSystem } from './fileSystem.ts';
import { codeOf, unless } from './systemError.ts';

/**
 * Gives a file its earlier name back, unless something else has taken it. (Without hard links, what takes the name in
 * the instant between looking and renaming cannot be noticed.)
 *
 * @returns whether it has its name back
 */
export async function putBack(old: string, target: string, fs: FileSystem): Promise<boolean> {
  try {
    await fs.link(old, target);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    if (!linkRefused.includes(codeOf(error))) throw error;
    const stats = await unless(['ENOENT'], () => fs.lstat(target));
    if (stats !== undefined) return false;
    await fs.rename(old, target);
    return true;
  }
  await fs.unlink(old);
  return true;
}
