import { costNames } from './costNames.ts';
import type { CostPart, Plan } from './types.ts';

/** The cost as a table shows it: one figure, and what it is made of. */
export interface DescribedCost {
  readonly figure: string;
  readonly why: string;
}

/** One figure a month: the sum; what it is at least, where a part of it has no known price; or that nothing is known. */
export function describeCost({ cost }: Plan): DescribedCost {
  const { totalUsdPerMonth: total, knownUsdPerMonth: known } = cost;
  const least = known.value === 0 ? 'unknown' : `at least $${known.value}`;
  return { figure: total.value === null ? least : `$${total.value}`, why: total.why };
}

/**
 * What a change of the plan does to the cost: two whole sums are compared, and nothing else. Where either lacks a part, the
 * parts that both know are.
 * @returns undefined where no part changes
 */
export function compareCosts(before: Plan, after: Plan): DescribedCost | undefined {
  const keys = (Object.keys(costNames) as CostPart[]).filter((key) => {
    const [was, is] = [before.cost[key], after.cost[key]];
    return was?.value !== is?.value || (is?.value === null && was?.why !== is.why);
  });
  if (keys.length === 0) {
    return undefined;
  }
  const now = describeCost(after);
  const [was, is] = [before.cost.totalUsdPerMonth.value, after.cost.totalUsdPerMonth.value];
  if (was !== null && is !== null) {
    return { figure: was === is ? now.figure : `$${was} -> ${now.figure}`, why: now.why };
  }
  const parts = keys.map((key) => `${costNames[key]} ${show(before, key)} -> ${show(after, key)}`);
  return {
    figure: now.figure,
    why: `not compared with before, because a price is missing; ${parts.join(', ')}. ${now.why}`,
  };
}

function show({ cost }: Plan, key: CostPart): string {
  const part = cost[key];
  return part === undefined ? 'none' : String(part.value ?? 'unknown');
}
