/**
 * The text of some bytes, a byte order mark included.
 *
 * @returns undefined when they are no text: invalid UTF-8, or with a NUL
 */
export function decodeText(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
