import type { PlannedFile } from './planned.ts';
import { usualMode } from '../files/mode.ts';

/**
 * The permission bits (octal 7777) that a file ends with.
 *
 * @param mode those of the file that is there, if one is
 */
export function modeAfter(planned: PlannedFile, mode: number | undefined): number {
  return planned.mode ?? mode ?? usualMode(planned.executable);
}
