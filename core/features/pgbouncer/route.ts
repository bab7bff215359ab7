import { connectionsAround } from '../../plan/connections.ts';
import type { Route } from '../../plan/demand.ts';
import { wantedMaxTasks } from '../../plan/fit.ts';
import { item, plural } from '../../plan/item.ts';
import { sources } from '../../plan/sources.ts';
import { setAsideFor } from '../../plan/waysOut.ts';
import { carriesQueries, poolerPeakTasks, sharePool } from './pool.ts';
import { refusePool, refuseQueries } from './refuse.ts';
import { sizePooler } from './size.ts';

/** Behind PgBouncer the tasks need no connection of their own: nothing is lowered, and its pools are what counts. */
export const routePooled: Route = (web) => {
  const { answers, workers, wantedThreads: threads, maxConnections, demands } = web;
  const slots = workers * threads;
  const maxTasks = wantedMaxTasks(answers);
  const otherConnections = connectionsAround(setAsideFor(demands));
  const pool = sharePool({ slots, maxTasks, maxConnections, otherConnections });
  if (pool.poolSize === 0) {
    return { refusal: refusePool(web) };
  }
  const fleet = { answers, workers, slots, maxTasks };
  if (!carriesQueries(fleet)) {
    return { refusal: refuseQueries(fleet) };
  }
  const [each, holders] = [pool.poolSize, poolerPeakTasks];
  const pools = `pool_size ${each} x ${holders} PgBouncer tasks`;
  return {
    threads,
    maxTasks,
    ceilingWhy: `${maxTasks}: PgBouncer shares the connections, however many tasks run`,
    holders,
    each,
    webConnections: item(each * holders, `${pools}, for ${plural(pool.clients, 'client')}`, sources.pgbouncer),
    usual: { value: each * holders, why: pools },
    sections: { pgbouncer: sizePooler({ ...fleet, pool, maxConnections, demands }) },
  };
};
