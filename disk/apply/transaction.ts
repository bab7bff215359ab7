import type { FileSystem } from '../files/fileSystem.ts';
import type { Undo } from '../files/undo.ts';

/** What one run does to a folder: all of it or nothing. */
export interface Transaction {
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
