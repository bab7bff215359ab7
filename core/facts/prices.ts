/**
 * On-demand prices in US dollars, without tax, free tier, discounts or data transfer; only where a source was found.
 * A region or class that is not listed has no price here: say so, never guess one.
 *
 * Sources, read 2026-11-23, themselves dated 2026-03 to 2026-09 (`pricesAsOf` is the newest):
 * - Fargate us-east-1: vantage.sh/blog/fargate-pricing; Infracost's `ecs_service` golden file recomputes to it.
 *   eu-central-1: one public repository, x86 only.
 * - RDS for PostgreSQL, single-AZ, us-east-1: db.t3.micro and db.t4g.micro from an AWS rates dump of 2026-08-19,
 *   db.t3.large from Infracost's golden file; the others from third-party tables that may mix MySQL with PostgreSQL.
 * - Storage: Infracost (400 GB gp3 Multi-AZ = 92 dollars). ALB and NAT gateway: AWS's list price in us-east-1.
 */
import type { CpuArchitecture } from './fargate.ts';

export const pricesAsOf = '2026-09';

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
  readonly rdsStorageGbMonth: number;
  readonly logsGb: number;
  readonly imagesGbMonth: number;
}

const regions: Readonly<Record<string, RegionPrices>> = {
  'us-east-1': {
    loadBalancerHour: 0.0225,
    loadBalancerCapacityUnitHour: 0.008,
    natGatewayHour: 0.045,
    natGatewayGb: 0.045,
    rdsStorageGbMonth: 0.115,
    logsGb: 0.5,
    imagesGbMonth: 0.1,
  },
};

const rdsInstances: Readonly<Record<string, Readonly<Record<string, { usd: number; confidence: Confidence }>>>> = {
  'us-east-1': {
    'db.t3.micro': { usd: 0.018, confidence: 'high' },
    'db.t3.large': { usd: 0.145, confidence: 'high' },
    'db.t4g.micro': { usd: 0.016, confidence: 'high' },
    'db.t4g.small': { usd: 0.032, confidence: 'medium' },
    'db.t4g.medium': { usd: 0.065, confidence: 'medium' },
    'db.t4g.large': { usd: 0.129, confidence: 'medium' },
    'db.m7g.large': { usd: 0.168, confidence: 'medium' },
    'db.r7g.large': { usd: 0.239, confidence: 'medium' },
  },
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

/** Load balancer, NAT gateway, storage, logs and images in a region; undefined where no price is known. */
export function regionPricesUsd(region: string): RegionPrices | undefined {
  return own(regions, region);
}
