import { declarations } from '../core/answers/declarations.ts';
import { isObject } from '../core/answers/kinds.ts';
import { parseAnswers } from '../core/answers/resolve.ts';
import type { Answers, Raw } from '../core/answers/types.ts';
import { UserError } from '../core/errors.ts';
import { solve } from '../core/plan/solve.ts';
import type { Plan } from '../core/plan/types.ts';

/**
 * The answers for which the repository was rendered last.
 *
 * @param config the answers of that time, which anyone may have edited
 * @returns undefined if there are none, or they are no longer valid
 */
export function parsePrevious(config: unknown): Answers | undefined {
  if (!isObject(config)) return undefined;
  const door = new Map(
    declarations.flatMap(({ key }): readonly (readonly [string, Raw])[] =>
      config[key] === undefined ? [] : [[key, { value: config[key], origin: key }]],
    ),
  );
  return door.size === 0 ? undefined : orUndefined(() => parseAnswers([door], {}).answers);
}

/**
 * The plan for which the repository was rendered last, to compare the new one with. By the formulas of this version.
 *
 * @param config the answers of that time, which anyone may have edited
 * @returns undefined if there are none, or they no longer make a plan
 */
export function solvePrevious(config: unknown): Plan | undefined {
  const answers = parsePrevious(config);
  return answers === undefined ? undefined : orUndefined(() => solve(answers));
}

/** What is refused today was valid once, or was edited since: there is nothing to compare with. */
function orUndefined<T>(find: () => T): T | undefined {
  try {
    return find();
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
