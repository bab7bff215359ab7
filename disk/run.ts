import type { FileSystem } from './fileSystem.ts';
import type { Undo } from './undo.ts';

/** One run that changes a folder. */
export interface Run {
  /** Absolute folder. */
  readonly root: string;
  /** 16 hexadecimal digits, unique to this run: part of the name of every scratch file. */
  readonly run: string;
  readonly fs: FileSystem;
  /** Takes back what the run has done so far. */
  readonly undo: Undo;
  /** The number of the backup that the run takes back, if it is an undo. */
  readonly undoes: number | undefined;
}
