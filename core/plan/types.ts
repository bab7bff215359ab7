import type { Broker } from '../facts/celery.ts';
import type { cpuArchitectures } from '../facts/fargate.ts';
import type { Egress, Infrastructure } from '../facts/network.ts';
import type { Pooler } from '../facts/pgbouncer.ts';
import type { StaticServer } from '../facts/staticFiles.ts';

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
  /** Where Celery's tasks wait; `none`: there is no Celery worker, and the other answers about it decide nothing. */
  readonly broker: Broker;
  /** The longest task, in seconds: it is ended then. */
  readonly celeryLongestTaskSeconds: number;
  /** Time of an average task, in milliseconds. */
  readonly celeryTaskMs: number;
  /** How long a task may wait in the queue, in seconds. */
  readonly celeryQueueDelaySeconds: number;
  readonly celeryVcpu: number;
  readonly celeryMinTasks: number;
  readonly celeryMaxTasks: number;
  /** Whether a scheduler of periodic tasks runs. */
  readonly beat: boolean;
  /** What the web tasks reach the database through; `none`: each slot has a connection of its own. */
  readonly pooler: Pooler;
  /** Where hashed static files are served from. */
  readonly static: StaticServer;
  readonly egress: Egress;
  readonly infrastructure: Infrastructure;
}

/** What AWS bills per month, part by part. */
export type CostPart =
  | 'computeUsdPerMonth'
  | 'celeryUsdPerMonth'
  | 'pgbouncerUsdPerMonth'
  | 'databaseUsdPerMonth'
  | 'loadBalancerUsdPerMonth'
  | 'egressUsdPerMonth'
  | 'publicIpv4UsdPerMonth'
  | 'brokerUsdPerMonth'
  | 'secretsUsdPerMonth'
  | 'monitoringUsdPerMonth'
  | 'dnsUsdPerMonth';

/** The parts that not every plan has: of Celery, of PgBouncer, of a broker with nodes. */
type OptionalCostPart = 'celeryUsdPerMonth' | 'pgbouncerUsdPerMonth' | 'brokerUsdPerMonth' | 'dnsUsdPerMonth';

/** PgBouncer between the web tasks and the database, in transaction mode. */
export type PgbouncerPlan = Section<
  | 'vcpu'
  | 'cpuUnits'
  | 'memoryMiB'
  | 'tasks'
  | 'peakTasks'
  | 'minimumHealthyPercent'
  | 'maximumPercent'
  | 'poolSize'
  | 'maxClientConnections'
  | 'maxPreparedStatements'
  | 'queryWaitTimeoutSeconds'
  | 'stopTimeoutSeconds'
  | 'runningTasksAlarm'
  | 'waitAlarmMs'
  | 'cpuAlarmPercent'
>;

/** The Celery worker: one process that receives, and `concurrency` children that each run one task at a time. */
export type CeleryPlan = Section<
  | 'vcpu'
  | 'cpuUnits'
  | 'memoryMiB'
  | 'concurrency'
  | 'minTasks'
  | 'maxTasks'
  | 'peakTasks'
  | 'minimumHealthyPercent'
  | 'maximumPercent'
  | 'capacityTasksPerSecond'
  | 'taskTimeLimitSeconds'
  | 'visibilityTimeoutSeconds'
  | 'maxTasksPerChild'
  | 'shutdownSeconds'
  | 'stopTimeoutSeconds'
  | 'statementTimeoutMs'
  | 'lockTimeoutMs'
  | 'idleInTransactionTimeoutMs'
  | 'heartbeatSeconds'
  | 'heartbeatAgeSeconds'
  | 'startPeriodSeconds'
  | 'backlogWeight'
  | 'busyTargetPercent'
  | 'scaleOutCooldownSeconds'
  | 'scaleInCooldownSeconds'
  | 'maxReceiveCount'
  | 'oldestMessageAlarmSeconds'
  | 'backlogAlarmMessages'
  | 'failurePercentAlarm'
> & {
  /** Only where the longest task exceeds what a stop waits for. */
  readonly protectionMinutes?: Item;
};

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
  > & { readonly celeryConnections?: Item; readonly beatConnections?: Item };
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
  /** Only with a broker. */
  readonly celery?: CeleryPlan;
  /** Only with a pooler. */
  readonly pgbouncer?: PgbouncerPlan;
  readonly cost: Readonly<Record<Exclude<CostPart, OptionalCostPart>, Item<number | null>>> &
    Partial<Readonly<Record<OptionalCostPart, Item<number | null>>>> & {
      /** Of all parts whose price is known: at least so much. */
      readonly knownUsdPerMonth: Item;
      /** Null where a part has no known price: a sum that lacks a part is none. */
      readonly totalUsdPerMonth: Item<number | null>;
    };
  /** What holds but deserves a look before the first deployment. */
  readonly warnings: readonly string[];
}
