import type { cpuArchitectures } from '../facts/fargate.ts';

/** One computed size: the value, one sentence with the numbers that gave it, and where the rule comes from. */
export interface Item<T = number> {
  readonly value: T;
  readonly why: string;
  readonly source: string;
}

export type Section<Keys extends string> = Readonly<Record<Keys, Item>>;

/** What the plan is computed from. Optional fields are computed when they are not given. */
export interface SizingAnswers {
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
  readonly domain?: string | undefined;
}

export interface Plan {
  readonly task: Section<'vcpu' | 'cpuUnits' | 'memoryMiB' | 'tmpfsMiB' | 'workerMemoryMiB'>;
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
  >;
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
  readonly cost: Readonly<
    Record<
      'computeUsdPerMonth' | 'databaseUsdPerMonth' | 'loadBalancerUsdPerMonth' | 'totalUsdPerMonth',
      Item<number | null>
    >
  >;
  /** What holds but deserves a look before the first deployment. */
  readonly warnings: readonly string[];
}
