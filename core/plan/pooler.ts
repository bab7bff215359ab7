import { cpuUnits, memoryOptionsMiB } from '../facts/fargate.ts';
import {
  clientMemoryKiB,
  connectCpuMs,
  maxPreparedStatements,
  poolerMaximumPercent,
  poolerMinimumHealthyPercent,
  poolerTasks,
  queriesPerRequest,
  queryCpuMicroseconds,
  spareClients,
} from '../facts/pgbouncer.ts';
import { migrationConnections, operatorConnections, peakTasks, plannedConnections } from './connections.ts';
import { item, plural, show } from './item.ts';
import { capacityRequestsPerSecond, loadOf } from './load.ts';
import { utilisation } from './scaling.ts';
import { sources } from './sources.ts';
import { baseMemoryMiB } from './task.ts';
import type { PgbouncerPlan, SizingAnswers } from './types.ts';

/** Its tasks that hold server connections at the worst moment of its own deployment. */
export const poolerPeakTasks = peakTasks(poolerTasks, poolerMaximumPercent);

/** PgBouncer is one thread: beyond one vCPU nothing is gained. */
const vcpuSizes = [0.25, 0.5, 1] as const;
/** Share of its vCPU that one task may need when it carries all queries alone. */
const busyShare = 0.5;
/** Below the 5 s after which Django's health check of a connection gives up: PgBouncer is to answer first, and count it. */
const queryWaitMaximumSeconds = 4;
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

/** What goes around PgBouncer or is reserved: all that a fleet without web tasks holds. */
export function connectionsAround(setAside: number): number {
  return plannedConnections(0, 0, setAside);
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

interface Pooled extends PooledFleet {
  readonly pool: Pool;
  readonly maxConnections: number;
  readonly reservedConnections: number;
  /** Those of the Celery worker and of beat, which go around it. */
  readonly celeryConnections: number;
}

/** Size, limits and alarms of PgBouncer. */
export function sizePooler(pooled: Pooled): PgbouncerPlan {
  const { answers, pool, slots, maxTasks, maxConnections, reservedConnections, celeryConnections } = pooled;
  const { slowestRequestSeconds: slowest, cpuMs, waitMs } = answers;
  const celery = celeryConnections === 0 ? '' : ` - ${celeryConnections} Celery`;
  const left = `${maxConnections}${celery} - ${migrationConnections} migration - ${operatorConnections} operators - ${reservedConnections} reserved`;
  const maxClients = pool.clients + spareClients;
  const queryWait = Math.max(1, Math.floor(Math.min(slowest / 3, queryWaitMaximumSeconds)));
  return {
    ...sizeTasks(pooled, maxClients),
    ...rollOut(),
    poolSize: item(
      pool.poolSize,
      `min(floor((${left}) / ${poolerPeakTasks} PgBouncer tasks), ${plural(pool.clients, 'client')}) = ${pool.poolSize}, for the one user and the one database`,
      sources.pgbouncer,
    ),
    maxClientConnections: item(
      maxClients,
      `${slots} slots x ${peakTasks(maxTasks)} tasks at the peak of a deployment + ${spareClients} = ${maxClients}: each PgBouncer task can take all of them`,
      sources.pgbouncer,
    ),
    maxPreparedStatements: item(
      maxPreparedStatements,
      'prepared statements of the protocol, followed from one server connection to the next',
      sources.pgbouncer,
    ),
    queryWaitTimeoutSeconds: item(
      queryWait,
      `max(1, floor(min(${slowest} s / 3, ${queryWaitMaximumSeconds} s))) = ${queryWait} s for a connection: an error in time, before Django's own health check gives up after 5 s`,
      sources.pgbouncer,
    ),
    stopTimeoutSeconds: item(
      slowest + 10,
      `${slowest} s slowest request + 10: transactions in flight end before SIGKILL`,
      sources.pgbouncerStop,
    ),
    runningTasksAlarm: item(
      poolerTasks,
      `fewer than ${poolerTasks} PgBouncer tasks for 10 min: the next failure stops the site`,
      sources.alarms,
    ),
    waitAlarmMs: item(
      cpuMs + waitMs,
      `${cpuMs} + ${waitMs} ms: clients wait as long for a connection as an average request takes, for 5 min`,
      sources.alarms,
    ),
    cpuAlarmPercent: item(80, '80 % of the one thread for 15 min: queries queue inside PgBouncer', sources.alarms),
  };
}

function rollOut() {
  return {
    tasks: item(poolerTasks, `${poolerTasks} in two zones: one serves while the other is replaced`, sources.deployment),
    peakTasks: item(
      poolerPeakTasks,
      `${poolerTasks} at maximumPercent ${poolerMaximumPercent}: one goes before its replacement comes`,
      sources.deployment,
    ),
    minimumHealthyPercent: item(
      poolerMinimumHealthyPercent,
      `one of ${poolerTasks} may go before its replacement is there`,
      sources.deployment,
    ),
    maximumPercent: item(
      poolerMaximumPercent,
      `never a third beside the ${poolerTasks}: each may hold a whole pool`,
      sources.deployment,
    ),
  };
}

/**
 * The smallest task that carries all queries alone with half of its CPU, takes in time the clients of the other one when
 * that ends, and has memory for every client.
 */
function sizeTasks(fleet: PooledFleet, maxClients: number) {
  const { answers, workers, slots, maxTasks } = fleet;
  const perSecond = maxTasks * capacityRequestsPerSecond(loadOf(answers, workers), slots) * queriesPerRequest;
  const comeOver = Math.ceil((slots * maxTasks) / poolerTasks);
  const forQueries = queryVcpu(fleet) / busyShare;
  const forLogins = takeoverSeconds(fleet) / loginSeconds;
  const needed = Math.max(forQueries, forLogins);
  const vcpu = vcpuSizes.find((size) => size >= needed) ?? 1;
  const neededMiB = baseMemoryMiB + Math.ceil((maxClients * clientMemoryKiB) / 1024);
  const memoryMiB = memoryOptionsMiB(vcpu).find((pair) => pair >= neededMiB) ?? Math.max(...memoryOptionsMiB(vcpu));
  const queries = `${show(perSecond, 0)} queries/s at ${queriesPerRequest} a request x ${queryCpuMicroseconds} us / ${busyShare}`;
  const logins = `${plural(comeOver, 'client')} of the other task x ${connectCpuMs} ms / ${loginSeconds} s`;
  return {
    vcpu: item(
      vcpu,
      `smallest of 0.25, 0.5, 1 vCPU of its one thread for ${queries}, and for ${logins}: ${show(needed, 3)}`,
      sources.pgbouncerSize,
    ),
    cpuUnits: item(cpuUnits(vcpu), `${vcpu} vCPU x 1024 CPU units`, sources.fargateSizes),
    memoryMiB: item(
      memoryMiB,
      `smallest that Fargate pairs with ${vcpu} vCPU and holds ${baseMemoryMiB} + ceil(${maxClients} clients x ${clientMemoryKiB} / 1024) = ${neededMiB} MiB`,
      sources.pgbouncerSize,
    ),
  };
}
