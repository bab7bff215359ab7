import { changed, expect } from './expect.ts';
import type { FileSystem } from './fileSystem.ts';
import { putBack } from './putBack.ts';
import type { Undo } from './undo.ts';

/** A file whose name is to go. Paths are absolute. */
export interface Leaving {
  readonly target: string;
  /** What the target must hold now. */
  readonly removes: Uint8Array;
  readonly old: string;
}

/**
 * Takes a file's name away. Its content keeps the name `old` until the run is complete, so that even what is written
 * into it at the last instant is noticed and comes back.
 *
 * @throws UserError (exit 4) when the file has changed; the operating system's error
 */
export async function withdraw({ target, removes, old }: Leaving, fs: FileSystem, undo: Undo): Promise<void> {
  await expect(target, removes, fs);
  let isMoved = false;
  undo.add(target, async () => {
    if (isMoved && !(await putBack(old, target, fs))) throw changed(target);
  });
  await fs.rename(target, old);
  isMoved = true;
  await expect(old, removes, fs);
}
