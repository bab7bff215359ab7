import { decodeText } from './decodeText.ts';
import { joinLines, splitLines, withoutByteOrderMark } from './splitLines.ts';

/**
 * The bytes of a text with `\n` at its line ends and without a byte order mark, as the generator writes: editors and
 * version control (`core.autocrlf`) change both in whole files.
 *
 * @returns undefined for what is no text
 */
export function withPlainEnds(bytes: Uint8Array): Uint8Array | undefined {
  const text = decodeText(bytes);
  if (text === undefined) return undefined;
  return new TextEncoder().encode(withoutByteOrderMark(text).replace(/\r\n?/g, '\n'));
}

/** The generator's bytes with the line ends and the byte order mark that the user's have; as they are for no text. */
export function withEndsOf(yours: Uint8Array, next: Uint8Array): Uint8Array {
  const [own, text] = [decodeText(yours), decodeText(next)];
  if (own === undefined || text === undefined) return next;
  const { hasByteOrderMark, commonEnd } = splitLines(own);
  const lines = splitLines(text);
  const ends = lines.ends.map((end) => (end === '' ? end : (commonEnd ?? end)));
  return new TextEncoder().encode(joinLines({ ...lines, ends, hasByteOrderMark }));
}
