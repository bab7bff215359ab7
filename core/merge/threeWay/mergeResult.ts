/**
 * Why one place of a file could not be merged: what stands there in each of the three contents, cut to something
 * readable. Where the file as a whole cannot be merged, `last` and `next` are empty and `yours` says why.
 */
export interface ConflictReason {
  /** The path of a value (`services.web.cpu`), `line 12` of the user's file, or `the file`. */
  readonly where: string;
  readonly last: string;
  readonly yours: string;
  readonly next: string;
}

export type MergeResult =
  | {
      readonly kind: 'merged';
      readonly bytes: Uint8Array;
      /** For people: '2 hunks of the generator; your 5 lines kept'. */
      readonly note: string;
    }
  | {
      readonly kind: 'conflict';
      /** Never empty. */
      readonly reasons: readonly ConflictReason[];
      /** The text with conflict markers in it, where the file's type can bear them. */
      readonly markers?: string;
    };
