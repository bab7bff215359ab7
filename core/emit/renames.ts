/** A file that a version of this generator writes under another path than the versions before it. */
export interface Rename {
  readonly from: string;
  readonly to: string;
  /** The first version that writes `to`. */
  readonly since: string;
}

/** All of them, oldest first: what the user has written into a file follows it. Paths as in files.ts. */
export const renames: readonly Rename[] = [];
