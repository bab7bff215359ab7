import { everywhereUsd } from '../../facts/prices.ts';
import type { CostRow, FeaturePlan, SizeRow } from '../../plan/demand.ts';
import { item } from '../../plan/item.ts';
import { costSource, priceTasks } from '../../plan/priceTasks.ts';
import type { Plan } from '../../plan/types.ts';
import { offerPgbouncer } from './refuse.ts';
import { routePooled } from './route.ts';
import { warnOfPgbouncer } from './warnings.ts';

/** The one in which it is found. */
const hostedZones = 1;

const costs: readonly CostRow[] = [
  {
    key: 'pgbouncerUsdPerMonth',
    name: 'PgBouncer tasks',
    place: 'tasks',
    price: (answers, { pgbouncer }) =>
      pgbouncer &&
      priceTasks(answers, {
        tasks: pgbouncer.tasks.value,
        vcpu: pgbouncer.vcpu.value,
        memoryMiB: pgbouncer.memoryMiB.value,
      }),
  },
  {
    key: 'dnsUsdPerMonth',
    name: 'private DNS zone',
    place: 'end',
    price: (_, { pgbouncer }) =>
      pgbouncer &&
      item(
        Math.round(hostedZones * everywhereUsd.hostedZoneMonth),
        `${hostedZones} x $${everywhereUsd.hostedZoneMonth}: the private zone with the name of PgBouncer`,
        costSource,
      ),
  },
];

const table: readonly SizeRow[] = [
  ['PgBouncer CPU', ({ pgbouncer }) => pgbouncer?.cpuUnits, 'units'],
  ['PgBouncer memory', ({ pgbouncer }) => pgbouncer?.memoryMiB, 'MiB'],
  ['PgBouncer tasks', ({ pgbouncer }) => pgbouncer?.tasks],
  ['default_pool_size', ({ pgbouncer }) => pgbouncer?.poolSize],
  ['max_client_conn', ({ pgbouncer }) => pgbouncer?.maxClientConnections],
  ['query_wait_timeout', ({ pgbouncer }) => pgbouncer?.queryWaitTimeoutSeconds, 's'],
];

/** A release leaves PgBouncer alone, and is refused while it is not that of the commit. */
function steps(before: Plan | undefined, { pgbouncer }: Plan): readonly string[] {
  return pgbouncer === undefined || JSON.stringify(before?.pgbouncer) === JSON.stringify(pgbouncer)
    ? []
    : ['deploy PgBouncer before the next release; see deploy/README.md, "PgBouncer"'];
}

export const pgbouncerPlan: FeaturePlan = {
  demand: () => ({ services: 1, alarmMetrics: 4, customMetrics: 2, hostedZones }),
  route: routePooled,
  offer: offerPgbouncer,
  costs,
  warnings: warnOfPgbouncer,
  table,
  steps,
};
