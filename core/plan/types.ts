import type { cpuArchitectures } from '../facts/fargate.ts';
import type { Egress, Infrastructure } from '../facts/network.ts';
import type { FeatureConnections, FeatureCostPart, FeatureSections, FeatureSizingAnswers } from '../features/types.ts';
import type { Item, Section } from './item.ts';

/** What the plan is computed from. Optional fields are computed when they are not given. */
export interface SizingAnswers extends FeatureSizingAnswers {
  readonly region: string;
  readonly vcpu: number;
  readonly architecture: (typeof cpuArchitectures)[number];
  readonly memoryMiB?: number | undefined;
  readonly minTasks: number;
  readonly maxTasks?: number | undefined;
  readonly rdsClass: string;
  readonly rdsMaxConnections?: number | undefined;
  readonly multiAz: boolean;
  /** The slowest legitimate request, in seconds. */
  readonly slowestRequestSeconds: number;
  /** CPU time of an average request, in milliseconds. */
  readonly cpuMs: number;
  /** Time an average request waits (database, network), in milliseconds. */
  readonly waitMs: number;
  readonly workerMemoryMiB: number;
  /** Largest body of a request, in MiB. */
  readonly largestUploadMiB?: number | undefined;
  readonly domain?: string | undefined;
  readonly egress: Egress;
  readonly infrastructure: Infrastructure;
}

/** What AWS bills per month, part by part. */
export type WebCostPart =
  | 'computeUsdPerMonth'
  | 'databaseUsdPerMonth'
  | 'loadBalancerUsdPerMonth'
  | 'egressUsdPerMonth'
  | 'publicIpv4UsdPerMonth'
  | 'secretsUsdPerMonth'
  | 'monitoringUsdPerMonth';

export type CostPart = WebCostPart | FeatureCostPart;

export interface Plan extends FeatureSections {
  readonly task: Section<'vcpu' | 'cpuUnits' | 'memoryMiB' | 'tmpfsMiB' | 'workerMemoryMiB'>;
  readonly uploads: Section<'largestMiB' | 'tmpMiB' | 'inMemoryMiB' | 'slowestSeconds'>;
  readonly gunicorn: Section<
    | 'workers'
    | 'threads'
    | 'slots'
    | 'capacityRequestsPerSecond'
    | 'maxRequests'
    | 'maxRequestsJitter'
    | 'timeoutSeconds'
    | 'gracefulTimeoutSeconds'
    | 'keepaliveSeconds'
  >;
  readonly service: Section<
    | 'minTasks'
    | 'maxTasks'
    | 'peakTasks'
    | 'minimumHealthyPercent'
    | 'maximumPercent'
    | 'healthCheckGracePeriodSeconds'
    | 'stopTimeoutSeconds'
  >;
  readonly database: Section<
    | 'maxConnections'
    | 'webConnections'
    | 'migrationConnections'
    | 'operatorConnections'
    | 'reservedConnections'
    | 'plannedConnections'
    | 'statementTimeoutMs'
    | 'lockTimeoutMs'
    | 'idleInTransactionTimeoutMs'
    | 'migrationLockTimeoutMs'
    | 'migrationAttempts'
    | 'connectTimeoutSeconds'
    | 'tcpUserTimeoutMs'
    | 'connMaxAgeSeconds'
    | 'storageGiB'
    | 'storageMaximumGiB'
    | 'backupRetentionDays'
  > &
    FeatureConnections;
  readonly loadBalancer: Section<
    | 'idleTimeoutSeconds'
    | 'deregistrationDelaySeconds'
    | 'healthCheckIntervalSeconds'
    | 'healthCheckTimeoutSeconds'
    | 'healthyThreshold'
    | 'unhealthyThreshold'
    | 'stickinessSeconds'
  >;
  readonly scaling: Section<
    'requestCountPerTarget' | 'cpuTargetPercent' | 'scaleOutCooldownSeconds' | 'scaleInCooldownSeconds'
  >;
  readonly alarms: Section<
    | 'connectionsWarning'
    | 'connectionsCritical'
    | 'target5xxPercent'
    | 'latencyP95Seconds'
    | 'unhealthyHosts'
    | 'runningTasks'
    | 'cpuPercent'
    | 'memoryPercent'
    | 'databaseCpuPercent'
    | 'databaseFreeStorageMiB'
  > & { readonly databaseCpuCredits?: Item };
  readonly cost: Readonly<Record<WebCostPart, Item<number | null>>> &
    Partial<Readonly<Record<FeatureCostPart, Item<number | null>>>> & {
      /** Of all parts whose price is known: at least so much. */
      readonly knownUsdPerMonth: Item;
      /** Null where a part has no known price: a sum that lacks a part is none. */
      readonly totalUsdPerMonth: Item<number | null>;
    };
  /** What holds but deserves a look before the first deployment. */
  readonly warnings: readonly string[];
}
