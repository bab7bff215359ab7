/**
 * On-demand prices in US dollars, without tax, free tier, discounts or data transfer; only where a source was found.
 * A region or class that is not listed has no price here: say so, never guess one. Whole plans are priced in us-east-1 only;
 * elsewhere what is missing is named.
 *
 * Sources, read 2026-11-23 and 2026-11-30, themselves dated 2026-03 to 2026-10 (`pricesAsOf` is the newest):
 * - Fargate us-east-1: vantage.sh/blog/fargate-pricing; Infracost's `ecs_service` golden file recomputes to it.
 *   eu-central-1: one public repository, x86 only.
 * - RDS for PostgreSQL, single-AZ, us-east-1: db.t3.micro and db.t4g.micro from an AWS rates dump of 2026-08-19,
 *   db.t3.large from Infracost's golden file; the others from third-party tables that may mix MySQL with PostgreSQL.
 * - Storage: Infracost (400 GB gp3 Multi-AZ = 92 dollars; backups beyond the size of the database 95 dollars for 1,000 GB).
 *   ALB and NAT gateway: AWS's list price in us-east-1.
 * - Interface endpoints, alarms by metric, secrets, dashboards and metrics: Infracost's golden files for us-east-1
 *   (`vpc_endpoint`, `cloudwatch_metric_alarm`), and AWS's pricing pages of Secrets Manager and CloudWatch.
 * - Public IPv4 addresses: AWS blog, "New - AWS Public IPv4 Address Charge", the same in every region of the partition aws.
 *   Hosted zones: Route 53 pricing, the first 25, the same everywhere. Mails: Amazon SES pricing, outbound, without attachments.
 * - Valkey nodes, us-east-1: a public copy of AWS's Price List of 2026-10-02 (AmazonElastiCache, cacheEngine Valkey).
 */
import type { CpuArchitecture } from './fargate.ts';

export const pricesAsOf = '2026-10';

/** AWS's own convention for a month of hours. */
export const hoursPerMonth = 730;

/** `high`: two sources agree or one is AWS; `medium`: one third party. */
export type Confidence = 'high' | 'medium';

/** Price of a running task: its vCPU and its memory, each per hour. */
export interface FargateHour {
  readonly vcpu: number;
  readonly gb: number;
  readonly confidence: Confidence;
}

const fargate: Readonly<Record<string, Partial<Record<CpuArchitecture, FargateHour>>>> = {
  'us-east-1': {
    X86_64: { vcpu: 0.04048, gb: 0.004445, confidence: 'high' },
    ARM64: { vcpu: 0.03238, gb: 0.00356, confidence: 'high' },
  },
  'eu-central-1': {
    X86_64: { vcpu: 0.04656, gb: 0.00511, confidence: 'medium' },
  },
};

/** Prices that are the same for every size, per region. A GB of storage is gp3. */
export interface RegionPrices {
  readonly loadBalancerHour: number;
  readonly loadBalancerCapacityUnitHour: number;
  readonly natGatewayHour: number;
  readonly natGatewayGb: number;
  /** For each Availability Zone. */
  readonly interfaceEndpointHour: number;
  readonly interfaceEndpointGb: number;
  readonly rdsStorageGbMonth: number;
  /** Of backups beyond the size of the database; up to there they are free. */
  readonly rdsBackupGbMonth: number;
  readonly secretMonth: number;
  /** An alarm of a formula is billed for each metric in it. */
  readonly alarmMetricMonth: number;
  readonly dashboardMonth: number;
  readonly customMetricMonth: number;
  readonly logsGb: number;
  readonly logsStoredGbMonth: number;
  readonly imagesGbMonth: number;
  readonly queueRequestsMillion: number;
}

const regions: Readonly<Record<string, RegionPrices>> = {
  'us-east-1': {
    loadBalancerHour: 0.0225,
    loadBalancerCapacityUnitHour: 0.008,
    natGatewayHour: 0.045,
    natGatewayGb: 0.045,
    interfaceEndpointHour: 0.01,
    interfaceEndpointGb: 0.01,
    rdsStorageGbMonth: 0.115,
    rdsBackupGbMonth: 0.095,
    secretMonth: 0.4,
    alarmMetricMonth: 0.1,
    dashboardMonth: 3,
    customMetricMonth: 0.3,
    logsGb: 0.5,
    logsStoredGbMonth: 0.03,
    imagesGbMonth: 0.1,
    queueRequestsMillion: 0.4,
  },
};

/** Prices that are the same in every region of the main partition. */
export const everywhereUsd = { publicIpv4Hour: 0.005, hostedZoneMonth: 0.5, mailThousand: 0.1 } as const;

const rdsInstances: Readonly<Record<string, Readonly<Record<string, { usd: number; confidence: Confidence }>>>> = {
  'us-east-1': {
    'db.t3.micro': { usd: 0.018, confidence: 'high' },
    'db.t3.large': { usd: 0.145, confidence: 'high' },
    'db.t4g.micro': { usd: 0.016, confidence: 'high' },
    'db.t4g.small': { usd: 0.032, confidence: 'medium' },
    'db.t4g.medium': { usd: 0.065, confidence: 'medium' },
    'db.t4g.large': { usd: 0.129, confidence: 'medium' },
    'db.t4g.xlarge': { usd: 0.258, confidence: 'medium' },
    'db.m7g.large': { usd: 0.168, confidence: 'medium' },
    'db.m7g.xlarge': { usd: 0.336, confidence: 'medium' },
    'db.m7g.2xlarge': { usd: 0.672, confidence: 'medium' },
    'db.r7g.large': { usd: 0.239, confidence: 'medium' },
  },
};

const valkeyNodes: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'us-east-1': { 'cache.t4g.small': 0.0256, 'cache.t3.small': 0.0272 },
};

/** Multi-AZ doubles the instance and its storage: both stand in a second zone. */
export const multiAzFactor = 2;

/** Own keys only: a region named like a property of every object has no price. */
function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

/** Fargate (Linux, on demand) per hour, or undefined where no price is known. */
export function fargateHourUsd(region: string, architecture: CpuArchitecture): FargateHour | undefined {
  return own(fargate, region)?.[architecture];
}

/** A single-AZ RDS for PostgreSQL instance per hour, without storage; undefined where no price is known. */
export function rdsInstanceHourUsd(region: string, rdsClass: string): number | undefined {
  return own(own(rdsInstances, region) ?? {}, rdsClass)?.usd;
}

/** How far the price that `rdsInstanceHourUsd` gives can be trusted. */
export function rdsPriceConfidence(region: string, rdsClass: string): Confidence | undefined {
  return own(own(rdsInstances, region) ?? {}, rdsClass)?.confidence;
}

/** A Valkey node of ElastiCache per hour, undefined where no price is known. */
export function valkeyNodeHourUsd(region: string, node: string): number | undefined {
  return own(own(valkeyNodes, region) ?? {}, node);
}

/** Load balancer, network, storage, monitoring and what is paid by use in a region; undefined where no price is known. */
export function regionPricesUsd(region: string): RegionPrices | undefined {
  return own(regions, region);
}
