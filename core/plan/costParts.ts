import { brokerNodeIn } from '../facts/celery.ts';
import { interfaceEndpoints, networkZones } from '../facts/network.ts';
import {
  everywhereUsd,
  fargateHourUsd,
  hoursPerMonth,
  multiAzFactor,
  pricesAsOf,
  rdsInstanceHourUsd,
  rdsPriceConfidence,
  regionPricesUsd,
  valkeyNodeHourUsd,
  type RegionPrices,
} from '../facts/prices.ts';
import { takeInventory } from './inventory.ts';
import { item, plural } from './item.ts';
import { databaseStorageGiB, keepData } from './storage.ts';
import { beatSize } from './celery.ts';
import type { Item, PgbouncerPlan, Plan, SizingAnswers, CeleryPlan } from './types.ts';

export const costSource = `AWS list prices on demand, ${pricesAsOf}, rounded to whole dollars`;

type Price = Item<number | null>;
type Parts = Omit<Plan['cost'], 'knownUsdPerMonth' | 'totalUsdPerMonth'>;
type Around = Omit<Parts, 'computeUsdPerMonth' | 'databaseUsdPerMonth' | 'loadBalancerUsdPerMonth'>;

interface Priced {
  readonly answers: SizingAnswers;
  readonly memoryMiB: number;
  readonly celery: CeleryPlan | undefined;
  readonly pgbouncer: PgbouncerPlan | undefined;
}

/** Each part of the plan that AWS bills by the month, in the order in which they are listed; null where no price is known. */
export function priceParts(priced: Priced): Parts {
  const { answers, memoryMiB, celery, pgbouncer } = priced;
  const { minTasks, vcpu } = answers;
  return {
    computeUsdPerMonth: tasks(answers, { tasks: minTasks, vcpu, memoryMiB }),
    ...(celery && { celeryUsdPerMonth: celeryWorkers(answers, celery) }),
    ...(pgbouncer && {
      pgbouncerUsdPerMonth: tasks(answers, {
        tasks: pgbouncer.tasks.value,
        vcpu: pgbouncer.vcpu.value,
        memoryMiB: pgbouncer.memoryMiB.value,
      }),
    }),
    databaseUsdPerMonth: database(answers),
    loadBalancerUsdPerMonth: loadBalancer(answers),
    ...(answers.infrastructure === 'none' ? byOthers(answers) : aroundThem(answers)),
  };
}

function monthly(usdPerHour: number): number {
  return Math.round(usdPerHour * hoursPerMonth);
}

function unknown(what: string): Item<null> {
  return item(null, `no price of ${what} is known here`, costSource);
}

interface Tasks {
  readonly tasks: number;
  readonly vcpu: number;
  readonly memoryMiB: number;
}

function tasks({ region, architecture }: SizingAnswers, ...fleets: readonly Tasks[]): Price {
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

/** The lowest number of workers, and the scheduler. */
function celeryWorkers(answers: SizingAnswers, { vcpu, memoryMiB, minTasks }: CeleryPlan): Price {
  const least = { tasks: minTasks.value, vcpu: vcpu.value, memoryMiB: memoryMiB.value };
  return tasks(answers, least, ...(answers.beat ? [{ tasks: 1, ...beatSize }] : []));
}

function database({ region, rdsClass, multiAz }: SizingAnswers): Price {
  const hour = rdsInstanceHourUsd(region, rdsClass);
  const storage = regionPricesUsd(region)?.rdsStorageGbMonth;
  if (hour === undefined || storage === undefined) {
    return unknown(`${rdsClass} in ${region}`);
  }
  const factor = multiAz ? multiAzFactor : 1;
  const days = keepData().backupRetentionDays.value;
  return item(
    Math.round(factor * (hour * hoursPerMonth + databaseStorageGiB * storage)),
    `${multiAz ? `${multiAzFactor} x (` : ''}$${hour} x ${hoursPerMonth} h + ${databaseStorageGiB} GB gp3 x $${storage}${multiAz ? ')' : ''}: ` +
      `backups of ${days} days are free up to the size of the database`,
    `${costSource}; confidence: ${rdsPriceConfidence(region, rdsClass)}`,
  );
}

function loadBalancer({ region }: SizingAnswers): Price {
  const prices = regionPricesUsd(region);
  if (prices === undefined) {
    return unknown(`a load balancer in ${region}`);
  }
  const { loadBalancerHour, loadBalancerCapacityUnitHour } = prices;
  return item(
    monthly(loadBalancerHour + loadBalancerCapacityUnitHour),
    `($${loadBalancerHour} + 1 LCU x $${loadBalancerCapacityUnitHour}) x ${hoursPerMonth} h: 1 LCU is an assumption, 25 new connections a second or 1 GB an hour`,
    costSource,
  );
}

/** What someone else sets up is not part of the plan: its number is unknown. */
function byOthers({ broker, pooler }: SizingAnswers): Around {
  const nobodyKnows = item(null, '--infrastructure none: set up by someone else, so its number is unknown', costSource);
  return {
    egressUsdPerMonth: nobodyKnows,
    publicIpv4UsdPerMonth: nobodyKnows,
    ...(broker === 'redis' && { brokerUsdPerMonth: nobodyKnows }),
    secretsUsdPerMonth: nobodyKnows,
    monitoringUsdPerMonth: nobodyKnows,
    ...(pooler === 'none' ? {} : { dnsUsdPerMonth: nobodyKnows }),
  };
}

/** What the stacks create around the tasks and the database. */
function aroundThem(answers: SizingAnswers): Around {
  const { region, broker } = answers;
  const inventory = takeInventory(answers);
  const addresses = inventory.publicIpv4Addresses;
  const { publicIpv4Hour, hostedZoneMonth } = everywhereUsd;
  const here = (what: string, price: (prices: RegionPrices) => Price): Price => {
    const prices = regionPricesUsd(region);
    return prices === undefined ? unknown(`${what} in ${region}`) : price(prices);
  };
  return {
    egressUsdPerMonth: egress(answers, here),
    publicIpv4UsdPerMonth: item(
      monthly(addresses * publicIpv4Hour),
      `${addresses} x $${publicIpv4Hour} x ${hoursPerMonth} h: the load balancer has an address in ${plural(networkZones, 'zone')}${inventory.natGateways > 0 ? ', the NAT gateway one' : ''}`,
      costSource,
    ),
    ...(broker === 'redis' && { brokerUsdPerMonth: brokerNodes(region, inventory.brokerNodes) }),
    secretsUsdPerMonth: here('secrets', ({ secretMonth }) =>
      item(
        Math.round(inventory.secrets * secretMonth),
        `${inventory.secrets} x $${secretMonth}: Django's, the application's role${broker === 'redis' ? ", the broker's" : ''} and the master user, which RDS keeps`,
        costSource,
      ),
    ),
    monitoringUsdPerMonth: here('alarms', ({ alarmMetricMonth, dashboardMonth, customMetricMonth }) => {
      const { alarmMetrics, dashboards, customMetrics } = inventory;
      return item(
        Math.round(alarmMetrics * alarmMetricMonth + dashboards * dashboardMonth + customMetrics * customMetricMonth),
        `${plural(alarmMetrics, 'alarm metric')} x $${alarmMetricMonth} + ${plural(dashboards, 'dashboard')} x $${dashboardMonth} + ${plural(customMetrics, 'metric')} x $${customMetricMonth}: ` +
          'what Container Insights reports is an assumption',
        costSource,
      );
    }),
    ...(inventory.hostedZones > 0 && {
      dnsUsdPerMonth: item(
        Math.round(inventory.hostedZones * hostedZoneMonth),
        `${inventory.hostedZones} x $${hostedZoneMonth}: the private zone in which PgBouncer is found`,
        costSource,
      ),
    }),
  };
}

function egress(answers: SizingAnswers, here: (what: string, price: (prices: RegionPrices) => Price) => Price): Price {
  const { natGateways, endpointInterfaces } = takeInventory(answers);
  if (answers.egress === 'nat') {
    return here('a NAT gateway', ({ natGatewayHour, natGatewayGb }) =>
      item(
        monthly(natGateways * natGatewayHour),
        `${natGateways} x $${natGatewayHour} x ${hoursPerMonth} h, and $${natGatewayGb} a GB`,
        costSource,
      ),
    );
  }
  const services = interfaceEndpoints(answers.broker);
  return here('interface endpoints', ({ interfaceEndpointHour, interfaceEndpointGb }) =>
    item(
      monthly(endpointInterfaces * interfaceEndpointHour),
      `${plural(services.length, 'endpoint')} x ${plural(networkZones, 'zone')} x $${interfaceEndpointHour} x ${hoursPerMonth} h, and $${interfaceEndpointGb} a GB: ${services.join(' ')}`,
      costSource,
    ),
  );
}

function brokerNodes(region: string, nodes: number): Price {
  const node = brokerNodeIn(region);
  const hour = valkeyNodeHourUsd(region, node);
  return hour === undefined
    ? unknown(`Valkey on ${node} in ${region}`)
    : item(monthly(nodes * hour), `${nodes} x ${node}, Valkey, x $${hour} x ${hoursPerMonth} h`, costSource);
}
