import { solve } from '../../../core/plan/solve.ts';
import type { Item } from '../../../core/plan/item.ts';
import type { Plan, SizingAnswers } from '../../../core/plan/types.ts';
import { defaultAnswers } from '../../support/defaults.ts';

export function sizing(changes: Partial<SizingAnswers> = {}): SizingAnswers {
  return { ...defaultAnswers, ...changes };
}

export function planFor(changes: Partial<SizingAnswers> = {}): Plan {
  return solve(sizing(changes));
}

/** Every item of a plan by its path, such as `gunicorn.workers`. */
export function itemsOf(plan: Plan): readonly (readonly [string, Item<number | null>])[] {
  const { warnings: _warnings, ...sections } = plan;
  return Object.entries(sections).flatMap(([name, section]) =>
    Object.entries(section as Readonly<Record<string, Item<number | null>>>).map(
      ([key, item]) => [`${name}.${key}`, item] as const,
    ),
  );
}

/** The item at a path. */
export function itemAt(plan: Plan, path: string): Item<number | null> {
  const found = itemsOf(plan).find(([name]) => name === path);
  if (found === undefined) {
    throw new Error(`The plan has no ${path}`);
  }
  return found[1];
}

/** The values at some paths. */
export function valuesAt(plan: Plan, paths: readonly string[]): Readonly<Record<string, number | null>> {
  return Object.fromEntries(paths.map((path) => [path, itemAt(plan, path).value]));
}
