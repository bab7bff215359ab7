import type { EmittedFile } from '../../core/emit/types.ts';

/** A file to write. */
export interface PlannedFile extends EmittedFile {
  /** What must stand there now for the file to be overwritten; without it nothing is ever overwritten. */
  readonly replaces?: Uint8Array;
  /**
   * The permission bits (octal 7777) that the file ends with. Without it a new file gets 0644 or 0755 and an existing
   * one keeps its own. An existing file with the same content is touched only when `replaces` equals `bytes`.
   */
  readonly mode?: number;
}

/** A file to remove. */
export interface PlannedRemoval {
  /** Relative POSIX path inside the repository. */
  readonly path: string;
  /** What must stand there now for the file to be removed. */
  readonly removes: Uint8Array;
}

export type Planned = PlannedFile | PlannedRemoval;

export function isRemoval(planned: Planned): planned is PlannedRemoval {
  return 'removes' in planned;
}
