import {
  connectCpuMs,
  poolerMaximumPercent,
  poolerTasks,
  queriesPerRequest,
  queryCpuMicroseconds,
} from '../../facts/pgbouncer.ts';
import { peakTasks } from '../../plan/connections.ts';
import { capacityRequestsPerSecond, loadOf } from '../../plan/load.ts';
import { utilisation } from '../../plan/scaling.ts';
import type { SizingAnswers } from '../../plan/types.ts';

/** Its tasks that hold server connections at the worst moment of its own deployment. */
export const poolerPeakTasks = peakTasks(poolerTasks, poolerMaximumPercent);

/** Clients that come over from a task which ended must have logged in before Django's connect_timeout, in seconds. */
export const loginSeconds = 5;

export interface PoolInput {
  readonly slots: number;
  readonly maxTasks: number;
  readonly maxConnections: number;
  /** Connections that go around PgBouncer, and reserved ones. */
  readonly otherConnections: number;
}

export interface Pool {
  /** Server connections of one PgBouncer task; 0 when there is none left for it. */
  readonly poolSize: number;
  /** Slots of the whole fleet at the peak of a deployment: the clients that each task must take. */
  readonly clients: number;
}

/**
 * The pool of each PgBouncer task: what is left of `max_connections`, shared by its tasks; never more than there are
 * clients. The application has one user and one database, so pool_size x users x databases is pool_size.
 */
export function sharePool({ slots, maxTasks, maxConnections, otherConnections }: PoolInput): Pool {
  const clients = slots * peakTasks(maxTasks);
  const left = Math.floor((maxConnections - otherConnections) / poolerPeakTasks);
  return { poolSize: Math.max(0, Math.min(left, clients)), clients };
}

/** Connections that a pooled fleet needs at its peak: those of all pools, and the others. */
export function pooledConnections(poolSize: number, otherConnections: number): number {
  return poolSize * poolerPeakTasks + otherConnections;
}

/** The web tasks that are PgBouncer's clients. */
export interface PooledFleet {
  readonly answers: SizingAnswers;
  readonly workers: number;
  readonly slots: number;
  readonly maxTasks: number;
}

/** Server connections that the fleet keeps busy at its scaling target if every request holds one from start to end. */
export function busyConnections({ answers, workers, slots, maxTasks }: PooledFleet): number {
  const perSecond = maxTasks * utilisation * capacityRequestsPerSecond(loadOf(answers, workers), slots);
  return Math.ceil((perSecond * (answers.cpuMs + answers.waitMs)) / 1000);
}

/** vCPU that the queries of the whole fleet cost PgBouncer, at its full capacity. */
export function queryVcpu({ answers, workers, slots, maxTasks }: PooledFleet): number {
  const perSecond = maxTasks * capacityRequestsPerSecond(loadOf(answers, workers), slots) * queriesPerRequest;
  return (perSecond * queryCpuMicroseconds) / 1_000_000;
}

/** Seconds in which the clients of a task that ends have logged in at the other one, with a whole vCPU for it. */
export function takeoverSeconds({ slots, maxTasks }: PooledFleet): number {
  return (Math.ceil((slots * maxTasks) / poolerTasks) * connectCpuMs) / 1000;
}

/** The most tasks for which something holds that holds for fewer of them, too; 0 where it holds for none. */
function mostTasks(fleet: PooledFleet, holds: (fleet: PooledFleet) => boolean): number {
  let maxTasks = fleet.maxTasks;
  while (maxTasks > 0 && !holds({ ...fleet, maxTasks })) {
    maxTasks -= 1;
  }
  return maxTasks;
}

/** Whether the one thread of each task is enough for the queries, with both of them there. */
export function carriesQueries(fleet: PooledFleet): boolean {
  return queryVcpu(fleet) <= poolerTasks;
}

/** The most tasks whose queries both PgBouncer tasks carry. */
export function tasksCarried(fleet: PooledFleet): number {
  return mostTasks(fleet, carriesQueries);
}

/** The most tasks at whose scaling target so many server connections are enough. */
export function tasksServed(fleet: PooledFleet, connections: number): number {
  return mostTasks(fleet, (fewer) => busyConnections(fewer) <= connections);
}
