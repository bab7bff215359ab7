import { changed, expect, linkRefused } from './expect.ts';
import type { FileSystem } from './fileSystem.ts';
import { sameBytes } from '../../core/sameBytes.ts';
import { readRegular } from './observe.ts';
import { removeFile } from './remove.ts';
import { codeOf } from './systemError.ts';
import type { Undo } from './undo.ts';
import { writeNew } from './writeNew.ts';

/** A file whose new content stands complete beside its target. Paths are absolute. */
export interface Staged {
  readonly target: string;
  readonly bytes: Uint8Array;
  /** What the target must hold now, and its mode; undefined when there must be nothing. */
  readonly before: { readonly bytes: Uint8Array; readonly mode: number } | undefined;
  /** Permission bits (octal 7777). */
  readonly mode: number;
  readonly fresh: string;
  readonly reserved: string;
  readonly old: string;
}

/**
 * Gives the staged content its name.
 *
 * @throws UserError (exit 4) when something has appeared at the target or changed there; the operating system's error
 */
export async function publish(staged: Staged, fs: FileSystem, undo: Undo): Promise<void> {
  return staged.before === undefined ? create(staged, fs, undo) : replace(staged, staged.before, fs, undo);
}

/** `link` never overwrites, whatever appears at the target in the meantime. */
async function create(staged: Staged, fs: FileSystem, undo: Undo): Promise<void> {
  const { target, fresh } = staged;
  try {
    await fs.link(fresh, target);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw changed(target);
    if (!linkRefused.includes(codeOf(error))) throw error;
    return createByRename(staged, fs, undo);
  }
  undo.add(target, () => removeWritten(target, staged.bytes, fs));
  await fs.unlink(fresh);
}

/**
 * Without hard links: an empty file takes the name, which fails if anything is there, and only that empty file is
 * overwritten. (What another program writes into it in the instant before the renaming is the one thing that such a
 * file system leaves no way to notice.) The name `reserved` tells the next run, should this one be killed, that an
 * empty target is ours.
 */
async function createByRename(staged: Staged, fs: FileSystem, undo: Undo): Promise<void> {
  const { target, fresh, reserved } = staged;
  const empty = new Uint8Array();
  undo.add(reserved, () => removeFile(reserved, fs));
  await fs.rename(fresh, reserved);
  try {
    await writeNew(target, empty, staged.mode, fs);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw changed(target);
    throw error;
  }
  let written: Uint8Array = empty;
  undo.add(target, () => removeWritten(target, written, fs));
  await expect(target, empty, fs);
  await fs.rename(reserved, target);
  written = staged.bytes;
}

/**
 * The earlier content keeps a second name until the run is complete; with a hard link even what is written into it at
 * the last instant is noticed and comes back.
 */
async function replace(
  staged: Staged,
  before: NonNullable<Staged['before']>,
  fs: FileSystem,
  undo: Undo,
): Promise<void> {
  const { target, fresh, old } = staged;
  let isReplaced = false;
  undo.add(target, async () => {
    if (!isReplaced) return removeFile(old, fs);
    const now = await readRegular(target, fs);
    if (now === undefined || !sameBytes(now, staged.bytes)) throw changed(target);
    return fs.rename(old, target);
  });
  try {
    await fs.link(target, old);
  } catch (error) {
    if (!linkRefused.includes(codeOf(error))) throw error;
    await writeNew(old, before.bytes, before.mode, fs, target);
  }
  await expect(target, before.bytes, fs);
  await fs.rename(fresh, target);
  isReplaced = true;
  await expect(old, before.bytes, fs);
}

/** Takes back a created file, unless somebody has written to it since. */
async function removeWritten(target: string, written: Uint8Array, fs: FileSystem): Promise<void> {
  const now = await readRegular(target, fs);
  if (now === undefined) return;
  if (!sameBytes(now, written)) throw changed(target);
  await fs.unlink(target);
}
