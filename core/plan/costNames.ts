import { features } from '../features/features.ts';
import type { CostRow } from './demand.ts';
import type { CostPart } from './types.ts';

/** What the capabilities cost. */
export const costRows: readonly CostRow[] = features.flatMap(({ plan }) => plan.costs ?? []);

function namesAt(place: CostRow['place']): Readonly<Record<string, string>> {
  return Object.fromEntries(costRows.filter((row) => row.place === place).map(({ key, name }) => [key, name]));
}

/** The parts of the cost in the order in which they are listed, as people call them. */
export const costNames = {
  computeUsdPerMonth: 'web tasks',
  ...namesAt('tasks'),
  databaseUsdPerMonth: 'database',
  loadBalancerUsdPerMonth: 'load balancer',
  egressUsdPerMonth: 'egress of the private subnets',
  publicIpv4UsdPerMonth: 'public IPv4 addresses',
  ...namesAt('around'),
  secretsUsdPerMonth: 'secrets',
  monitoringUsdPerMonth: 'alarms and metrics',
  ...namesAt('end'),
} as Readonly<Record<CostPart, string>>;
