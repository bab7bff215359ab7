import { isScalar } from 'yaml';
import type { ParsedNode, Scalar } from 'yaml';
import { text as textValue, bareWord } from '../values/values.ts';
import type { Value } from '../values/values.ts';

/** Tag and anchor are part of the value, as they are written. */
export function scalarValue(node: Scalar.Parsed, text: string): Value {
  const written = text.slice(node.range[0], node.range[1]).trim();
  const anchor = node.anchor === undefined ? '' : `&${node.anchor} `;
  if (node.tag !== undefined) {
    const content = `${anchor}${node.tag} ${String(node.source)}`;
    return { kind: 'scalar', identity: `tagged ${content}`, text: `${anchor}${node.tag} ${written}` };
  }
  const { identity } = isPlainSpecial(node) ? bareWord(node.source) : textValue(String(node.value));
  return { kind: 'scalar', identity: anchor + identity, text: anchor + written };
}

/** Written without quotes, and no text to every reader of YAML 1.1 and 1.2. */
function isPlainSpecial({ type, source }: Scalar.Parsed): boolean {
  return type === 'PLAIN' && !isTextToAll(source);
}

const specialWords = /^(?:y|yes|n|no|true|false|on|off|null|inf|nan)$/i;

function isTextToAll(written: string): boolean {
  // As options of a command: -c, --workers.
  const bare = written.replace(/^--?/, '');
  return /^[a-z_/]/i.test(bare) && !specialWords.test(bare);
}

/** What a pair is called: `on` and `"on"` are two names, since some readers take the first for a boolean. */
export function keyName(key: ParsedNode | null, text: string): string {
  if (key === null) return '';
  if (!isScalar(key) || key.tag !== undefined || key.anchor !== undefined) {
    return `? ${text.slice(key.range[0], key.range[1])}`;
  }
  if (key.type === 'PLAIN') return key.source;
  const name = String(key.value);
  return isTextToAll(name) ? name : JSON.stringify(name);
}
