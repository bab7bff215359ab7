import type { CostPart } from './types.ts';

/** The parts of the cost in the order in which they are listed, as people call them. */
export const costNames: Readonly<Record<CostPart, string>> = {
  computeUsdPerMonth: 'web tasks',
  celeryUsdPerMonth: 'Celery tasks',
  pgbouncerUsdPerMonth: 'PgBouncer tasks',
  databaseUsdPerMonth: 'database',
  loadBalancerUsdPerMonth: 'load balancer',
  egressUsdPerMonth: 'egress of the private subnets',
  publicIpv4UsdPerMonth: 'public IPv4 addresses',
  brokerUsdPerMonth: 'broker',
  secretsUsdPerMonth: 'secrets',
  monitoringUsdPerMonth: 'alarms and metrics',
  dnsUsdPerMonth: 'private DNS zone',
};
