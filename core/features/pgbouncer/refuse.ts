import { poolerTasks, queriesPerRequest } from '../../facts/pgbouncer.ts';
import { connectionsAround } from '../../plan/connections.ts';
import type { Refusal, WayOut, WebDemand } from '../../plan/demand.ts';
import { wantedMaxTasks } from '../../plan/fit.ts';
import { plural, show } from '../../plan/item.ts';
import { getAlongWithFewer, largerDatabase, listOthers, setAsideFor } from '../../plan/waysOut.ts';
import {
  busyConnections,
  carriesQueries,
  pooledConnections,
  poolerPeakTasks,
  queryVcpu,
  sharePool,
  tasksCarried,
  type PooledFleet,
} from './pool.ts';

/** PgBouncer with the numbers of the plan that it makes possible: nothing is lowered for the connections there. */
export function offerPgbouncer({ answers, workers, wantedThreads, maxConnections, demands }: WebDemand): WayOut {
  const around = connectionsAround(setAsideFor(demands));
  const slots = workers * wantedThreads;
  const fleet = { answers, workers, slots, maxTasks: wantedMaxTasks(answers) };
  const { poolSize, clients } = sharePool({
    slots,
    maxTasks: fleet.maxTasks,
    maxConnections,
    otherConnections: around,
  });
  if (poolSize < 1) {
    return {
      text: `PgBouncer in front of RDS: not possible, ${around} of ${maxConnections} connections are already taken`,
    };
  }
  const busy = busyConnections(fleet);
  if (poolSize * poolerPeakTasks < busy) {
    return {
      text:
        `PgBouncer in front of RDS: not possible, ${plural(fleet.maxTasks, 'task')} at the scaling target may keep ${plural(busy, 'connection')} busy, and its ` +
        `${poolerPeakTasks} tasks would share ${poolSize * poolerPeakTasks}`,
    };
  }
  if (!carriesQueries(fleet)) {
    return {
      text: `PgBouncer in front of RDS: not possible, its two threads cannot carry the queries of ${plural(fleet.maxTasks, 'task')}`,
    };
  }
  return {
    text:
      `PgBouncer (transaction pooling) in front of RDS: yo django-fargate:pgbouncer, or --pooler pgbouncer: ${poolerPeakTasks} tasks with ` +
      `default_pool_size ${poolSize} serve ${clients} clients with ${poolerPeakTasks} x ${poolSize} + ${around} = ` +
      `${pooledConnections(poolSize, around)} <= ${maxConnections} connections`,
    changes: { pooler: 'pgbouncer' },
  };
}

/** Nothing is left for PgBouncer's pools: what goes around it takes all. */
export function refusePool(web: WebDemand): Refusal {
  const { answers, maxConnections, demands } = web;
  const needed = pooledConnections(1, connectionsAround(setAsideFor(demands)));
  return {
    reason:
      `${poolerPeakTasks} PgBouncer tasks x 1 + ${listOthers(demands).join(' + ')} = ${needed} connections, ` +
      `but ${answers.rdsClass} holds ${maxConnections}.`,
    waysOut: [largerDatabase(answers, needed), ...getAlongWithFewer(web, poolerPeakTasks)],
  };
}

/** PgBouncer's tasks, of one thread each, do not carry the queries of the fleet. */
export function refuseQueries(fleet: PooledFleet): Refusal {
  const { answers, maxTasks } = fleet;
  const most = tasksCarried(fleet);
  const flags = answers.minTasks > most ? `--min-tasks ${most} --max-tasks ${most}` : `--max-tasks ${most}`;
  const changes = { maxTasks: most, ...(answers.minTasks > most ? { minTasks: most } : {}) };
  const cost = `${show(queryVcpu(fleet))} vCPU at ${queriesPerRequest} queries a request`;
  return {
    reason: `the queries of ${plural(maxTasks, 'task')} cost PgBouncer ${cost}, and its ${poolerTasks} tasks have one thread each.`,
    waysOut: [
      most < 1
        ? { text: `fewer tasks: not possible, the queries of one task of ${answers.vcpu} vCPU are too many` }
        : {
            text: `fewer tasks: ${flags}: ${show(queryVcpu({ ...fleet, maxTasks: most }))} vCPU <= ${poolerTasks}`,
            changes,
          },
      {
        text: `measured requests: above --cpu-ms ${answers.cpuMs} and --wait-ms ${answers.waitMs} a task serves fewer requests`,
      },
      { text: 'no PgBouncer: --pooler none, with a --rds-class that has a connection for each slot' },
    ],
  };
}
