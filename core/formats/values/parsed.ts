import type { Value } from './values.ts';

/** A text that was understood. */
export interface ParsedText {
  readonly kind: 'parsed';
  readonly value: Value;
  readonly comments: readonly string[];
}
