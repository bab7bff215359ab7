/**
 * Who owns an emitted file after its first writing.
 * - `merge`: both; later runs merge three ways.
 * - `once`: the user; written when the repository is created, then never again.
 * - `lock`: the generator while unedited; an edited one is left alone, since two hashed locks never merge.
 * - `binary`: compared by content only, never merged.
 */
export type Policy = 'merge' | 'once' | 'lock' | 'binary';

/** One file of the emitted repository, rendered. */
export interface EmittedFile {
  /** Relative POSIX path inside the repository. */
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly executable: boolean;
  readonly policy: Policy;
}
