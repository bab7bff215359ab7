import { reservedConnections } from '../facts/rds.ts';
import {
  maximumPercent,
  migrationConnections,
  minimumHealthyPercent,
  operatorConnections,
  peakTasks,
} from './connections.ts';
import type { Background } from './background.ts';
import { wantedMaxTasks } from './fit.ts';
import { item, plural } from './item.ts';
import { connectionsAround, poolerPeakTasks, type Pool } from './pooler.ts';
import { sources } from './sources.ts';
import type { Item, SizingAnswers } from './types.ts';

interface Fleet {
  readonly answers: SizingAnswers;
  readonly slots: number;
  readonly maxTasks: number;
  readonly maxConnections: Item;
  readonly background: Background;
  /** Where PgBouncer stands before the database: then its pools count, not the slots. */
  readonly pool?: Pool | undefined;
}

/** Tasks and database connections of the whole fleet, at rest and at the peak of a deployment. */
export function countConnections({ answers, slots, maxTasks, maxConnections, background, pool }: Fleet) {
  const peak = peakTasks(maxTasks);
  const [holders, each] = pool === undefined ? [peak, slots] : [poolerPeakTasks, pool.poolSize];
  const web = each * holders;
  const planned = web + connectionsAround(reservedConnections + background.all);
  const others = background.all === 0 ? '' : ` + ${background.all} Celery`;
  const ceilingWhy =
    answers.maxTasks === undefined
      ? ceiling(wantedMaxTasks(answers), maxConnections.value, pool !== undefined)
      : `as asked: ${plural(maxTasks, 'task')}`;
  return {
    service: {
      minTasks: item(
        answers.minTasks,
        `${plural(answers.minTasks, 'task')} always ${answers.minTasks === 1 ? 'runs' : 'run'}`,
        sources.answer,
      ),
      maxTasks: item(maxTasks, ceilingWhy, sources.autoscaling),
      peakTasks: item(
        peak,
        `2 x ${maxTasks} at maximumPercent ${maximumPercent}: in a deployment old, new and draining tasks hold connections`,
        sources.deployment,
      ),
      minimumHealthyPercent: item(
        minimumHealthyPercent,
        'no task goes before its replacement is healthy',
        sources.deployment,
      ),
      maximumPercent: item(maximumPercent, 'every task may have its replacement beside it', sources.deployment),
    },
    database: {
      maxConnections,
      webConnections:
        pool === undefined
          ? item(web, `${slots} slots x ${peak} tasks at the peak of a deployment`, sources.connMaxAge)
          : item(
              web,
              `pool_size ${each} x ${holders} PgBouncer tasks, for ${plural(pool.clients, 'client')}`,
              sources.pgbouncer,
            ),
      ...background.items,
      migrationConnections: item(migrationConnections, 'the one-off migration task', sources.connMaxAge),
      operatorConnections: item(operatorConnections, 'a shell and a psql at the same time', sources.connMaxAge),
      reservedConnections: item(
        reservedConnections,
        'superuser, RDS and rdsadmin sessions, and spare: not for the application',
        sources.reserved,
      ),
      plannedConnections: item(
        planned,
        `${each} x ${holders}${others} + ${migrationConnections} migration + ${operatorConnections} operators + ${reservedConnections} reserved = ${planned} <= ${maxConnections.value}`,
        sources.connMaxAge,
      ),
    },
  };
}

function ceiling(wanted: number, connections: number, isPooled: boolean): string {
  return isPooled
    ? `${wanted}: PgBouncer shares the connections out, however many tasks there are`
    : `min(${wanted}, what ${connections} connections allow)`;
}
