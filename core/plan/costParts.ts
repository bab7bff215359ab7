import { interfaceEndpoints, networkZones } from '../facts/network.ts';
import {
  everywhereUsd,
  hoursPerMonth,
  multiAzFactor,
  rdsInstanceHourUsd,
  rdsPriceConfidence,
  regionPricesUsd,
  type RegionPrices,
} from '../facts/prices.ts';
import type { FeatureCostPart, FeatureSections } from '../features/types.ts';
import { costRows } from './costNames.ts';
import type { CostRow } from './demand.ts';
import type { Demands } from './demands.ts';
import { takeInventory } from './inventory.ts';
import { item, plural } from './item.ts';
import { costSource, monthly, priceTasks, unknown, type Price } from './priceTasks.ts';
import { databaseStorageGiB, keepData } from './storage.ts';
import type { Plan, SizingAnswers } from './types.ts';

type Parts = Omit<Plan['cost'], 'knownUsdPerMonth' | 'totalUsdPerMonth'>;
type Around = Pick<
  Parts,
  'egressUsdPerMonth' | 'publicIpv4UsdPerMonth' | 'secretsUsdPerMonth' | 'monitoringUsdPerMonth'
>;

/** Each part of the plan that AWS bills by the month, in the order in which they are listed; null where no price is known. */
export function priceParts(
  answers: SizingAnswers,
  memoryMiB: number,
  demands: Demands,
  sections: FeatureSections,
): Parts {
  const { minTasks, vcpu, infrastructure } = answers;
  const isByOthers = infrastructure === 'none';
  const optional = (place: CostRow['place']) => priceFeatures(place, { answers, sections, isByOthers });
  const around = isByOthers ? byOthers() : priceAround(answers, demands);
  const { secretsUsdPerMonth, monitoringUsdPerMonth, ...network } = around;
  return {
    computeUsdPerMonth: priceTasks(answers, { tasks: minTasks, vcpu, memoryMiB }),
    ...optional('tasks'),
    databaseUsdPerMonth: database(answers),
    loadBalancerUsdPerMonth: loadBalancer(answers),
    ...network,
    ...optional('around'),
    secretsUsdPerMonth,
    monitoringUsdPerMonth,
    ...optional('end'),
  };
}

interface Priced {
  readonly answers: SizingAnswers;
  readonly sections: FeatureSections;
  readonly isByOthers: boolean;
}

/** What the capabilities cost; what someone else sets up around the tasks has no price here. */
function priceFeatures(
  place: CostRow['place'],
  { answers, sections, isByOthers }: Priced,
): Partial<Record<FeatureCostPart, Price>> {
  const rows = costRows.filter((row) => row.place === place);
  return Object.fromEntries(
    rows.flatMap(({ key, price }) => {
      const priced = price(answers, sections);
      return priced === undefined ? [] : [[key, isByOthers && place !== 'tasks' ? nobodyKnows : priced]];
    }),
  );
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
    `($${loadBalancerHour} + 1 LCU x $${loadBalancerCapacityUnitHour}) x ${hoursPerMonth} h: 1 LCU is an assumption: 25 new connections per second or 1 GB per hour`,
    costSource,
  );
}

/** What someone else sets up is not part of the plan: its number is unknown. */
const nobodyKnows = item(null, '--infrastructure none: set up by someone else, so its number is unknown', costSource);

function byOthers(): Around {
  return {
    egressUsdPerMonth: nobodyKnows,
    publicIpv4UsdPerMonth: nobodyKnows,
    secretsUsdPerMonth: nobodyKnows,
    monitoringUsdPerMonth: nobodyKnows,
  };
}

/** What the stacks create around the tasks and the database. */
function priceAround(answers: SizingAnswers, demands: Demands): Around {
  const { region } = answers;
  const inventory = takeInventory(answers, demands);
  const addresses = inventory.publicIpv4Addresses;
  const here = (what: string, price: (prices: RegionPrices) => Price): Price => {
    const prices = regionPricesUsd(region);
    return prices === undefined ? unknown(`${what} in ${region}`) : price(prices);
  };
  return {
    egressUsdPerMonth: egress(answers, demands, here),
    publicIpv4UsdPerMonth: item(
      monthly(addresses * everywhereUsd.publicIpv4Hour),
      `${addresses} x $${everywhereUsd.publicIpv4Hour} x ${hoursPerMonth} h: the load balancer has an address in ${plural(networkZones, 'zone')}${inventory.natGateways > 0 ? ', the NAT gateway one' : ''}`,
      costSource,
    ),
    secretsUsdPerMonth: here('secrets', ({ secretMonth }) =>
      item(
        Math.round(inventory.secrets * secretMonth),
        `${inventory.secrets} x $${secretMonth}: ${["Django's", "the application's role", ...demands.secrets].join(', ')} and the master user's, which RDS manages`,
        costSource,
      ),
    ),
    monitoringUsdPerMonth: here('alarms', ({ alarmMetricMonth, dashboardMonth, customMetricMonth }) => {
      const { alarmMetrics, dashboards, customMetrics } = inventory;
      return item(
        Math.round(alarmMetrics * alarmMetricMonth + dashboards * dashboardMonth + customMetrics * customMetricMonth),
        `${plural(alarmMetrics, 'alarm metric')} x $${alarmMetricMonth} + ${plural(dashboards, 'dashboard')} x $${dashboardMonth} + ${plural(customMetrics, 'metric')} x $${customMetricMonth}: ` +
          'the metrics of Container Insights are an assumption',
        costSource,
      );
    }),
  };
}

function egress(
  answers: SizingAnswers,
  demands: Demands,
  here: (what: string, price: (prices: RegionPrices) => Price) => Price,
): Price {
  const { natGateways, endpointInterfaces } = takeInventory(answers, demands);
  if (answers.egress === 'nat') {
    return here('a NAT gateway', ({ natGatewayHour, natGatewayGb }) =>
      item(
        monthly(natGateways * natGatewayHour),
        `${natGateways} x $${natGatewayHour} x ${hoursPerMonth} h, and $${natGatewayGb} a GB`,
        costSource,
      ),
    );
  }
  const services = [...interfaceEndpoints, ...demands.endpoints];
  return here('interface endpoints', ({ interfaceEndpointHour, interfaceEndpointGb }) =>
    item(
      monthly(endpointInterfaces * interfaceEndpointHour),
      `${plural(services.length, 'endpoint')} x ${plural(networkZones, 'zone')} x $${interfaceEndpointHour} x ${hoursPerMonth} h, and $${interfaceEndpointGb} a GB: ${services.join(' ')}`,
      costSource,
    ),
  );
}
