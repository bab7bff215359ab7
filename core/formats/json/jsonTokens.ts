import { createScanner } from 'jsonc-parser';

/** The numbers of jsonc-parser's `SyntaxKind`, a const enum, which cannot be imported. */
const kinds: Readonly<Record<number, JsonToken['kind']>> = {
  5: 'comma',
  12: 'comment',
  13: 'comment',
  14: 'line break',
  15: 'blank',
  17: 'end',
};

export interface JsonToken {
  readonly kind: 'comma' | 'comment' | 'line break' | 'blank' | 'end' | 'other';
  readonly start: number;
  readonly end: number;
}

/** The tokens from an offset on; the offset must not lie inside one. The last one has the kind `end`. */
export function* jsonTokens(text: string, offset = 0): Generator<JsonToken, void> {
  const scanner = createScanner(text, false);
  scanner.setPosition(offset);
  for (let kind: JsonToken['kind'] = 'other'; kind !== 'end';) {
    kind = kinds[scanner.scan()] ?? 'other';
    const start = scanner.getTokenOffset();
    yield { kind, start, end: start + scanner.getTokenLength() };
  }
}

/** The comments of a text, in order. */
export function jsonComments(text: string): readonly string[] {
  return [...jsonTokens(text)].filter(({ kind }) => kind === 'comment').map(({ start, end }) => text.slice(start, end));
}
