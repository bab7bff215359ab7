import { brokerNodeIn } from '../../facts/celery.ts';
import { hoursPerMonth, regionPricesUsd, valkeyNodeHourUsd } from '../../facts/prices.ts';
import type { CostRow, Demand, FeaturePlan, SizeRow } from '../../plan/demand.ts';
import { item, plural } from '../../plan/item.ts';
import { costSource, monthly, priceTasks, unknown } from '../../plan/priceTasks.ts';
import type { SizingAnswers } from '../../plan/types.ts';
import { demandConnections } from './connections.ts';
import { beatSize, sizeCelery } from './size.ts';
import { warnOfCelery } from './warnings.ts';

/** Of the scaling policy: a formula of three. */
const policyMetrics = 3;
/** By the broker, whose metrics differ. */
const alarmMetrics = { none: 0, sqs: 7, redis: 10 } as const;
/** Metrics that lines of a log become: of tasks, and of a queue in Valkey, which CloudWatch does not know. */
const customMetrics = { none: 0, sqs: 3, redis: 6 } as const;
/** One node in each of two zones. */
const brokerNodes = 2;

function demand(answers: SizingAnswers): Demand {
  const { region, broker, beat, celeryMinTasks } = answers;
  const isRedis = broker === 'redis';
  const usd = regionPricesUsd(region)?.queueRequestsMillion;
  return {
    sections: { celery: sizeCelery(answers) },
    connections: demandConnections(answers),
    services: beat ? 2 : 1,
    endpoints: broker === 'sqs' ? ['sqs'] : [],
    secrets: isRedis ? ["the broker's"] : [],
    alarmMetrics: alarmMetrics[broker] + (beat ? 1 : 0) + (celeryMinTasks === 0 ? 1 : 0),
    policyMetrics,
    customMetrics: customMetrics[broker],
    cacheNodes: isRedis ? brokerNodes : 0,
    lowest: plural(celeryMinTasks, 'Celery worker'),
    byUse: isRedis ? [] : [`SQS requests${usd === undefined ? '' : ` ($${usd} a million)`}`],
  };
}

const costs: readonly CostRow[] = [
  {
    key: 'celeryUsdPerMonth',
    name: 'Celery tasks',
    place: 'tasks',
    price: (answers, { celery }) => {
      if (celery === undefined) return undefined;
      const { vcpu, memoryMiB, minTasks } = celery;
      const least = { tasks: minTasks.value, vcpu: vcpu.value, memoryMiB: memoryMiB.value };
      return priceTasks(answers, least, ...(answers.beat ? [{ tasks: 1, ...beatSize }] : []));
    },
  },
  {
    key: 'brokerUsdPerMonth',
    name: 'broker',
    place: 'around',
    price: ({ region, broker }) => {
      if (broker !== 'redis') return undefined;
      const node = brokerNodeIn(region);
      const hour = valkeyNodeHourUsd(region, node);
      const why = `${brokerNodes} x ${node}, Valkey, x $${hour} x ${hoursPerMonth} h`;
      return hour === undefined
        ? unknown(`Valkey on ${node} in ${region}`)
        : item(monthly(brokerNodes * hour), why, costSource);
    },
  },
];

const table: readonly SizeRow[] = [
  ['Celery CPU', ({ celery }) => celery?.cpuUnits, 'units'],
  ['Celery memory', ({ celery }) => celery?.memoryMiB, 'MiB'],
  ['Celery concurrency', ({ celery }) => celery?.concurrency],
  ['Celery workers, minimum', ({ celery }) => celery?.minTasks],
  ['Celery workers, maximum', ({ celery }) => celery?.maxTasks],
  ['Celery connections', ({ database }) => database.celeryConnections],
  ['beat connections', ({ database }) => database.beatConnections],
  ['task_time_limit', ({ celery }) => celery?.taskTimeLimitSeconds, 's'],
  ['visibility timeout', ({ celery }) => celery?.visibilityTimeoutSeconds, 's'],
  ['Celery shutdown', ({ celery }) => celery?.shutdownSeconds, 's'],
  ['task protection', ({ celery }) => celery?.protectionMinutes, 'min'],
  ['scale Celery at', ({ celery }) => celery?.busyTargetPercent, '% busy'],
];

export const celeryFeaturePlan: FeaturePlan = {
  demand,
  costs,
  warnings: warnOfCelery,
  table,
  inShort: ({ celery }) =>
    celery === undefined
      ? ''
      : `${celery.minTasks.value} to ${plural(celery.maxTasks.value, 'Celery worker')} x ${celery.concurrency.value}, `,
};
