/**
 * Who owns an emitted file after its first writing.
 * - `merge`: both; later runs merge three ways.
 * - `once`: the user, from the first edit on; written only while nobody has edited it.
 * - `form`: the user fills it in. Its fields are the generator's and come and go with the answers; its values are the
 *   user's.
 * - `lock`: the generator while unedited; an edited one is left alone, since two hashed locks never merge.
 * - `binary`: compared by content only, never merged.
 */
export type Policy = 'merge' | 'once' | 'form' | 'lock' | 'binary';

/** One file of the emitted repository, rendered. */
export interface EmittedFile {
  /** Relative POSIX path inside the repository. */
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly executable: boolean;
  readonly policy: Policy;
}

/** Content of the templates and their fragments, by path under `templates/`; of the runtime's files, by path from the package. */
export type Templates = ReadonlyMap<string, Uint8Array>;
