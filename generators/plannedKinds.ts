import type { Planned, PlannedFile } from '../disk/changes/planned.ts';
import { sameBytes } from '../core/sameBytes.ts';
import { stateFolder } from '../disk/paths.ts';

/** Whether it is what a run remembers, and no part of the repository that users see. */
export function isState({ path }: Planned): boolean {
  return path.startsWith(`${stateFolder}/`);
}

/** Whether the file stands there already, content and mode. */
export function isUnchanged({ bytes, replaces, mode }: PlannedFile): boolean {
  return mode === undefined && replaces !== undefined && sameBytes(bytes, replaces);
}
