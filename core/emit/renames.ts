/** A file that a version of this generator writes to another path than earlier versions. */
export interface Rename {
  readonly from: string;
  readonly to: string;
  /** The first version that writes `to`. */
  readonly since: string;
}

/** All of them, oldest first: the user's edits follow the file. Paths as in files.ts. */
export const renames: readonly Rename[] = [];
