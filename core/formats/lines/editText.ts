/** A piece of a text to put in the place of another; offsets in UTF-16 code units. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Makes all edits at once. Insertions at one offset stay in their order, before what is replaced from there on.
 *
 * @returns undefined when two edits overlap
 */
export function editText(text: string, edits: readonly Edit[]): string | undefined {
  const sorted = edits.toSorted(
    (one, other) => one.start - other.start || Number(one.end > one.start) - Number(other.end > other.start),
  );
  let edited = '';
  let done = 0;
  for (const edit of sorted) {
    if (edit.start < done) return undefined;
    edited += text.slice(done, edit.start) + edit.text;
    done = edit.end;
  }
  return edited + text.slice(done);
}
