import {
  fargateHourUsd,
  hoursPerMonth,
  multiAzFactor,
  pricesAsOf,
  rdsInstanceHourUsd,
  regionPricesUsd,
} from '../facts/prices.ts';
import { item } from './item.ts';
import { databaseStorageGiB } from './storage.ts';
import { beatSize } from './worker.ts';
import type { Item, PgbouncerPlan, Plan, SizingAnswers, WorkerPlan } from './types.ts';

const source = `list prices on demand, ${pricesAsOf}`;

/**
 * Dollars a month for the lowest number of tasks, the database and the load balancer. A price that the table does not
 * know is null, and the total then says what it leaves out.
 */
export function price(
  answers: SizingAnswers,
  memoryMiB: number,
  worker: WorkerPlan | undefined,
  pgbouncer: PgbouncerPlan | undefined,
): Plan['cost'] {
  const { minTasks, vcpu } = answers;
  const compute = computeCost(answers, { tasks: minTasks, vcpu, memoryMiB });
  const celery = worker === undefined ? undefined : workerCost(answers, worker);
  const pooler = pgbouncer === undefined ? undefined : poolerCost(answers, pgbouncer);
  const database = databaseCost(answers);
  const loadBalancer = loadBalancerCost(answers);
  const parts = {
    tasks: compute,
    database,
    'load balancer': loadBalancer,
    ...(celery && { 'Celery tasks': celery }),
    ...(pooler && { 'PgBouncer tasks': pooler }),
  };
  const known = Object.values(parts).filter((part) => part.value !== null);
  const missing = Object.entries(parts).flatMap(([name, part]) => (part.value === null ? [name] : []));
  const total = known.reduce((sum, part) => sum + (part.value ?? 0), 0);
  const leftOut = missing.length === 0 ? '' : `; without ${missing.join(' and ')}, whose price is not known here`;
  return {
    computeUsdPerMonth: compute,
    databaseUsdPerMonth: database,
    loadBalancerUsdPerMonth: loadBalancer,
    ...(celery && { workerUsdPerMonth: celery }),
    ...(pooler && { pgbouncerUsdPerMonth: pooler }),
    totalUsdPerMonth: item(
      known.length === 0 ? null : total,
      known.length === 0
        ? `no price of ${answers.region} is known here`
        : `at ${answers.minTasks} tasks${worker === undefined ? '' : ` and ${worker.minTasks.value} workers`}, without traffic, logs and NAT${leftOut}`,
      source,
    ),
  };
}

function monthly(usdPerHour: number): number {
  return Math.round(usdPerHour * hoursPerMonth);
}

function unknown(what: string): Item<null> {
  return item(null, `no price of ${what} is known here`, source);
}

interface Tasks {
  readonly tasks: number;
  readonly vcpu: number;
  readonly memoryMiB: number;
}

function computeCost({ region, architecture }: SizingAnswers, ...fleets: readonly Tasks[]): Item<number | null> {
  const hour = fargateHourUsd(region, architecture);
  if (hour === undefined) {
    return unknown(`${architecture} tasks in ${region}`);
  }
  const terms = fleets.map(({ tasks, vcpu, memoryMiB }) => {
    const gb = memoryMiB / 1024;
    return {
      usd: tasks * (vcpu * hour.vcpu + gb * hour.gb),
      why: `${tasks} tasks x (${vcpu} vCPU x $${hour.vcpu} + ${gb} GB x $${hour.gb})`,
    };
  });
  return item(
    monthly(terms.reduce((sum, { usd }) => sum + usd, 0)),
    `${terms.map(({ why }) => why).join(' + ')} x ${hoursPerMonth} h`,
    source,
  );
}

/** The lowest number of workers, and the scheduler; without what the broker costs, whose price is not known here. */
function workerCost(answers: SizingAnswers, { vcpu, memoryMiB, minTasks }: WorkerPlan): Item<number | null> {
  const workers = { tasks: minTasks.value, vcpu: vcpu.value, memoryMiB: memoryMiB.value };
  return computeCost(answers, workers, ...(answers.beat ? [{ tasks: 1, ...beatSize }] : []));
}

function poolerCost(answers: SizingAnswers, { tasks, vcpu, memoryMiB }: PgbouncerPlan): Item<number | null> {
  return computeCost(answers, { tasks: tasks.value, vcpu: vcpu.value, memoryMiB: memoryMiB.value });
}

function databaseCost(answers: SizingAnswers): Item<number | null> {
  const { region, rdsClass, multiAz } = answers;
  const hour = rdsInstanceHourUsd(region, rdsClass);
  const storage = regionPricesUsd(region)?.rdsStorageGbMonth;
  if (hour === undefined || storage === undefined) {
    return unknown(`${rdsClass} in ${region}`);
  }
  const factor = multiAz ? multiAzFactor : 1;
  return item(
    Math.round(factor * (hour * hoursPerMonth + databaseStorageGiB * storage)),
    `${multiAz ? `${multiAzFactor} x (` : ''}$${hour} x ${hoursPerMonth} h + ${databaseStorageGiB} GB gp3 x $${storage}${multiAz ? ')' : ''}`,
    source,
  );
}

function loadBalancerCost(answers: SizingAnswers): Item<number | null> {
  const prices = regionPricesUsd(answers.region);
  if (prices === undefined) {
    return unknown(`a load balancer in ${answers.region}`);
  }
  const { loadBalancerHour, loadBalancerCapacityUnitHour } = prices;
  return item(
    monthly(loadBalancerHour + loadBalancerCapacityUnitHour),
    `($${loadBalancerHour} + 1 LCU x $${loadBalancerCapacityUnitHour}) x ${hoursPerMonth} h`,
    source,
  );
}
