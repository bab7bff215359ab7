import type { Planned, PlannedFile } from '../disk/changes/planned.ts';
import { sameBytes } from '../core/sameBytes.ts';
import { stateFolder } from '../disk/paths.ts';

/** Whether it is the stored state of a run, not a part of the repository that users see. */
export function isState({ path }: Planned): boolean {
  return path.startsWith(`${stateFolder}/`);
}

/** Whether the file already exists with this content and mode. */
export function isUnchanged({ bytes, replaces, mode }: PlannedFile): boolean {
  return mode === undefined && replaces !== undefined && sameBytes(bytes, replaces);
}
