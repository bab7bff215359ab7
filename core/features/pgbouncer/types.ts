import type { Pooler } from '../../facts/pgbouncer.ts';
import type { Section } from '../../plan/item.ts';

export interface PgbouncerAnswers {
  /** What the web tasks reach the database through; `none`: each slot has a connection of its own. */
  readonly pooler: Pooler;
}

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

/** Its section of the plan. */
export interface PgbouncerSection {
  /** Only with a pooler. */
  readonly pgbouncer?: PgbouncerPlan;
}

/** Its tasks, and the zone in which it is found. */
export type PgbouncerCostPart = 'pgbouncerUsdPerMonth' | 'dnsUsdPerMonth';
