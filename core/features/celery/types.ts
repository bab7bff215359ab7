import type { Broker } from '../../facts/celery.ts';
import type { Item, Section } from '../../plan/item.ts';

export interface CeleryAnswers {
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
}

/** The Celery worker: one process that receives, and `concurrency` children that each run one task at a time. */
export type CeleryPlan = Section<
  | 'vcpu'
  | 'cpuUnits'
  | 'memoryMiB'
  | 'tmpfsMiB'
  | 'beatTmpfsMiB'
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

/** Its section of the plan. */
export interface CelerySection {
  /** Only with a broker. */
  readonly celery?: CeleryPlan;
}

/** Its connections in the plan of the database. */
export type CeleryConnections = Partial<Section<'celeryConnections' | 'beatConnections'>>;

/** Its tasks, and the nodes of a broker that has some. */
export type CeleryCostPart = 'celeryUsdPerMonth' | 'brokerUsdPerMonth';
