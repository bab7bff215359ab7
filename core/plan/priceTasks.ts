import { fargateHourUsd, hoursPerMonth, pricesAsOf } from '../facts/prices.ts';
import { item, plural } from './item.ts';
import type { Item } from './item.ts';
import type { SizingAnswers } from './types.ts';

export const costSource = `AWS list prices on demand, ${pricesAsOf}, rounded to whole dollars`;

/** Null where no price is known. */
export type Price = Item<number | null>;

/** Whole dollars a month. */
export function monthly(usdPerHour: number): number {
  return Math.round(usdPerHour * hoursPerMonth);
}

export function unknown(what: string): Item<null> {
  return item(null, `no price of ${what} is known`, costSource);
}

/** Fargate tasks that always run. */
interface PricedFleet {
  readonly tasks: number;
  readonly vcpu: number;
  readonly memoryMiB: number;
}

/** What fleets of Fargate tasks cost a month. */
export function priceTasks({ region, architecture }: SizingAnswers, ...fleets: readonly PricedFleet[]): Price {
  const hour = fargateHourUsd(region, architecture);
  if (hour === undefined) {
    return unknown(`${architecture} tasks in ${region}`);
  }
  const terms = fleets.map((fleet) => {
    const gb = fleet.memoryMiB / 1024;
    return {
      usd: fleet.tasks * (fleet.vcpu * hour.vcpu + gb * hour.gb),
      why: `${plural(fleet.tasks, 'task')} x (${fleet.vcpu} vCPU x $${hour.vcpu} + ${gb} GB x $${hour.gb})`,
    };
  });
  const why = terms.map((term) => term.why).join(' + ');
  return item(
    monthly(terms.reduce((sum, { usd }) => sum + usd, 0)),
    `${terms.length === 1 ? why : `(${why})`} x ${hoursPerMonth} h`,
    `${costSource}; confidence: ${hour.confidence}`,
  );
}
