/** Why a text is not what its file's type asks for. */
export interface Fault {
  readonly kind: 'fault';
  /** From 1. */
  readonly line: number;
  /** For people, after the line: 'is not valid JSON (comma expected)'. */
  readonly what: string;
}

/** The line, from 1, of an offset in UTF-16 code units. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split(/\r\n|\n|\r/).length;
}
