import { mergeStructure } from './mergeStructure.ts';
import type { StructureMerge } from './mergeStructure.ts';
import { parseToml } from '../../formats/toml/parseToml.ts';
import type { Three } from '../../three.ts';

/**
 * Three-way merge of TOML: as text, kept when the result holds the values that a merge by value gives.
 *
 * @throws InternalError when the new text is not valid
 */
export function mergeToml(texts: Three<string>): StructureMerge {
  return mergeStructure(texts, { parse: parseToml });
}
