import { promises } from 'node:fs';
import { explain, unless } from '../files/systemError.ts';

/** Whether nothing stands at an absolute path, not even a link that leads nowhere. */
export async function isFree(path: string): Promise<boolean> {
  const stats = await explain('read', path, () => unless(['ENOENT', 'ENOTDIR'], () => promises.lstat(path)));
  return stats === undefined;
}
