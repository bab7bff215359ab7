import { cpuUnits, memoryOptionsMiB } from '../../facts/fargate.ts';
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
} from '../../facts/pgbouncer.ts';
import { peakTasks } from '../../plan/connections.ts';
import type { Demand } from '../../plan/demand.ts';
import { item, plural, show } from '../../plan/item.ts';
import { capacityRequestsPerSecond, loadOf } from '../../plan/load.ts';
import { sources } from '../../plan/sources.ts';
import { baseMemoryMiB } from '../../plan/task.ts';
import { listOthers } from '../../plan/waysOut.ts';
import { loginSeconds, poolerPeakTasks, queryVcpu, takeoverSeconds, type Pool, type PooledFleet } from './pool.ts';
import type { PgbouncerPlan } from './types.ts';

/** PgBouncer is one thread: beyond one vCPU nothing is gained. */
const vcpuSizes = [0.25, 0.5, 1] as const;
/** Share of its vCPU that one task may need when it carries all queries alone. */
const busyShare = 0.5;
/** Below the 5 s after which Django's health check of a connection gives up: PgBouncer is to answer first, and count it. */
const queryWaitMaximumSeconds = 4;

interface Pooled extends PooledFleet {
  readonly pool: Pool;
  readonly maxConnections: number;
  /** Of the other capabilities, which go around it. */
  readonly demands: readonly Demand[];
}

/** Size, limits and alarms of PgBouncer. */
export function sizePooler(pooled: Pooled): PgbouncerPlan {
  const { answers, pool, slots, maxTasks, maxConnections, demands } = pooled;
  const { slowestRequestSeconds: slowest, cpuMs, waitMs } = answers;
  const left = [maxConnections, ...listOthers(demands)].join(' - ');
  const maxClients = pool.clients + spareClients;
  const queryWait = Math.max(1, Math.floor(Math.min(slowest / 3, queryWaitMaximumSeconds)));
  return {
    ...sizeTasks(pooled, maxClients),
    ...rollOut(),
    poolSize: item(
      pool.poolSize,
      `min(floor((${left}) / ${poolerPeakTasks} PgBouncer tasks), ${plural(pool.clients, 'client')}) = ${pool.poolSize}, for one user and one database`,
      sources.pgbouncer,
    ),
    maxClientConnections: item(
      maxClients,
      `${slots} slots x ${peakTasks(maxTasks)} tasks at the peak of a deployment + ${spareClients} = ${maxClients}: each PgBouncer task can serve all of them`,
      sources.pgbouncer,
    ),
    maxPreparedStatements: item(
      maxPreparedStatements,
      'protocol-level prepared statements, tracked across server connections',
      sources.pgbouncer,
    ),
    queryWaitTimeoutSeconds: item(
      queryWait,
      `max(1, floor(min(${slowest} s / 3, ${queryWaitMaximumSeconds} s))) = ${queryWait} s for a connection: fails before Django's own health check gives up after 5 s`,
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
      `${cpuMs} + ${waitMs} ms: for 5 min: clients wait for a connection as long as an average request takes`,
      sources.alarms,
    ),
    cpuAlarmPercent: item(80, '80 % of the single thread for 15 min: queries queue inside PgBouncer', sources.alarms),
  };
}

function rollOut() {
  return {
    tasks: item(poolerTasks, `${poolerTasks} in two zones: one serves while the other is replaced`, sources.deployment),
    peakTasks: item(
      poolerPeakTasks,
      `${poolerTasks} at maximumPercent ${poolerMaximumPercent}: one stops before its replacement starts`,
      sources.deployment,
    ),
    minimumHealthyPercent: item(
      poolerMinimumHealthyPercent,
      `one of ${poolerTasks} may stop before its replacement runs`,
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
      `smallest of 0.25, 0.5, 1 vCPU of its single thread for ${queries}, and for ${logins}: ${show(needed, 3)}`,
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
