import type { Three } from '../../three.ts';
import type { ParsedYaml } from './parseYaml.ts';
import { parseYaml } from './parseYaml.ts';
import { splice } from '../values/splice.ts';
import type { Surgery } from '../values/splice.ts';
import { splitLines } from '../lines/splitLines.ts';
import type { Value } from '../values/values.ts';
import { insertInFlow, removeInFlow } from './yamlFlow.ts';
import { insertLines, removeLines, replaceValue } from './yamlLines.ts';
import type { YamlSource } from './yamlLines.ts';

/**
 * Changes the user's YAML text so that it holds `wanted`, and nothing else. `Document.toString` of the library would
 * reindent, requote and refold, and write `0755` as `755`.
 *
 * @returns undefined when that is not possible; the result is the caller's to verify
 */
export function spliceYaml({ last, yours, next }: Three<ParsedYaml>, wanted: Value): string | undefined {
  if (yours.documents !== 1 || next.documents !== 1) return undefined;
  const known = new Set(last.comments.map((comment) => comment.trim()));
  const kept = new Set(next.comments.map((comment) => comment.trim()));
  const source: YamlSource = {
    next,
    isNew: (comment) => !known.has(comment),
    isDropped: (comment) => known.has(comment) && !kept.has(comment),
  };
  return splice(yours.text, wanted, (text) => open(text, source));
}

function open(text: string, source: YamlSource): Surgery | undefined {
  const parsed = parseYaml(text);
  if (parsed.kind === 'fault') return undefined;
  const lineBreak = splitLines(text).commonEnd ?? '\n';
  return {
    value: parsed.value,
    replace: (value, target) => {
      const [own, inNext] = [parsed.children.get(value), source.next.children.get(target)];
      return own && inNext && [replaceValue(text, own, source.next.text, inNext, lineBreak)];
    },
    remove: (parent, index) => {
      const holder = parsed.holders.get(parent);
      const edit = holder && (holder.isFlow ? removeInFlow : removeLines)(text, holder, index, source.isDropped);
      return edit && [edit];
    },
    insert: (parent, index, target) => {
      const [holder, inNext] = [parsed.holders.get(parent), source.next.children.get(target)];
      if (holder === undefined || inNext === undefined) return undefined;
      if (holder.isFlow) return insertInFlow(text, holder, index, source.next.text, inNext, parent.kind === 'list');
      return insertLines(text, holder, index, source, inNext, lineBreak);
    },
  };
}
