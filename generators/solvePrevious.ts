import { declarations } from '../core/answers/declarations.ts';
import { isObject } from '../core/answers/kinds.ts';
import { parseAnswers } from '../core/answers/resolve.ts';
import type { Raw } from '../core/answers/types.ts';
import { UserError } from '../core/errors.ts';
import { solve } from '../core/plan/solve.ts';
import type { Plan } from '../core/plan/types.ts';

/**
 * The plan for which the repository was rendered last, to compare the new one with. By the formulas of this version.
 *
 * @param config the answers of that time, which anyone may have edited
 * @returns undefined where there are none, or they make no plan any more
 */
export function solvePrevious(config: unknown): Plan | undefined {
  if (!isObject(config)) return undefined;
  const door = new Map(
    declarations.flatMap(({ key }): readonly (readonly [string, Raw])[] =>
      config[key] === undefined ? [] : [[key, { value: config[key], origin: key }]],
    ),
  );
  if (door.size === 0) return undefined;
  try {
    return solve(parseAnswers([door], {}).answers);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
