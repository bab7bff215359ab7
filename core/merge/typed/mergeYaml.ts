import { mergeComments } from './mergeComments.ts';
import { mergeStructure } from './mergeStructure.ts';
import type { StructureMerge } from './mergeStructure.ts';
import { parseYaml } from '../../formats/yaml/parseYaml.ts';
import { spliceYaml } from '../../formats/yaml/spliceYaml.ts';
import { byteOrderMark, withoutByteOrderMark } from '../../formats/lines/splitLines.ts';
import type { Three } from '../../three.ts';

/**
 * Three-way merge of YAML, by its syntax: aliases, tags and anchors are merged as they are written.
 *
 * @throws InternalError when the new text is not valid
 */
export function mergeYaml(texts: Three<string>): StructureMerge {
  const mark = texts.yours.startsWith(byteOrderMark) ? byteOrderMark : '';
  return mergeStructure(texts, {
    parse: (text) => parseYaml(withoutByteOrderMark(text)),
    splice: (parsed, wanted) => {
      const spliced = spliceYaml(parsed, wanted);
      const yours = spliced === undefined ? undefined : parseYaml(spliced);
      if (yours?.kind !== 'parsed') return undefined;
      const merge = mergeComments({ ...parsed, yours });
      return { ...merge, text: mark + merge.text };
    },
  });
}
