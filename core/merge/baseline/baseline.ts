import type { Policy } from '../../emit/types.ts';

/** The form of the baseline file; a newer one is refused by an older generator. */
export const baselineSchema = 1;

/**
 * - `deleted-by-user`: it stays deleted.
 * - `released`: the generator dropped the file and the user has edited it, so that it is the user's now.
 * - `unresolved`: written with conflict markers, which are to be removed by hand.
 */
export type EntryState = 'deleted-by-user' | 'released' | 'unresolved';

/** What was last rendered at one path and brought to the disk. */
export interface Entry {
  readonly policy: Policy;
  /** Of this package, when it rendered the content: each file moves on by itself. */
  readonly version: string;
  readonly sha256: string;
  readonly exec: boolean;
  /** The content itself, where it is to be merged. */
  readonly text?: string;
  readonly state?: EntryState;
  /** It stood there, with this content, before the generator first wrote it: the generator never deletes it. */
  readonly adopted?: true;
}

/** `.django-fargate/baseline.json`, parsed. */
export interface Baseline {
  /** The answers that the last run rendered. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly entries: ReadonlyMap<string, Entry>;
  /** Paths whose entry cannot be trusted: its hash is not that of its text. */
  readonly broken: ReadonlySet<string>;
}

/** Of a folder that the generator has not written to yet. */
export const noBaseline: Baseline = { config: {}, entries: new Map(), broken: new Set() };

/** The hash of some bytes in lower-case hexadecimal. */
export type Sha256 = (bytes: Uint8Array) => string;
