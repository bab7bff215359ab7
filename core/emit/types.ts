import type { Answers } from '../answers/types.ts';

/**
 * Who owns an emitted file after its first writing.
 * - `merge`: both; later runs merge three ways.
 * - `once`: the user, from the first edit on; written only while nobody has edited it.
 * - `form`: the user fills it in. Its fields are the generator's and come and go with the answers; its values are the
 *   user's.
 * - `lock`: the generator while unedited; an edited one is left alone, because hashed lock files cannot be merged.
 * - `binary`: compared by content only, never merged.
 */
export type Policy = 'merge' | 'once' | 'form' | 'lock' | 'binary';

/** One file of the emitted repository: where its text comes from and who owns it afterwards. */
export interface FileRow {
  /** Path under `templates/`; a name that ends in `.ejs` is rendered, any other is copied. */
  readonly template: string;
  /** Path in the repository; `project/` at its start stands for the project's package. */
  readonly path: string;
  readonly policy: Policy;
  readonly executable?: true;
  readonly when?: (answers: Answers) => boolean;
  /** Makes the text from what the template holds, where that is data. */
  readonly assemble?: (content: string, answers: Answers) => string;
}

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
