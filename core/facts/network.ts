/**
 * What the stacks of the network can be, and how many of what AWS bills by the hour is in them.
 *
 * Sources, read 2026-11-30: AWS PrivateLink pricing (an interface endpoint is billed for each hour and Availability Zone in
 * which it stands; gateway endpoints are free); AWS blog, "Identify and optimize public IPv4 address usage on AWS" (each
 * address of a load balancer and of a NAT gateway is billed).
 */

/** Who creates the infrastructure: the stacks of the repository, or someone else. */
export const infrastructures = ['cloudformation', 'none'] as const;
export type Infrastructure = (typeof infrastructures)[number];

/** How tasks in private subnets reach AWS: through one NAT gateway, or through VPC endpoints and nothing else. */
export const egresses = ['nat', 'endpoints'] as const;
export type Egress = (typeof egresses)[number];

/** Zones in which there are subnets; the load balancer has an address in each, every endpoint an interface. */
export const networkZones = 2;

/** Services that tasks without a way to the internet reach through an interface endpoint; S3 has a gateway, which is free. */
export const interfaceEndpoints: readonly string[] = ['ecr.api', 'ecr.dkr', 'logs', 'secretsmanager', 'ssmmessages'];

/** Addresses of the load balancer, one a zone, and of the one NAT gateway. */
export function publicIpv4Addresses(egress: Egress): number {
  return networkZones + (egress === 'nat' ? 1 : 0);
}
