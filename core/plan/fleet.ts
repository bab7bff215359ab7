import { reservedConnections } from '../facts/rds.ts';
import {
  maximumPercent,
  migrationConnections,
  minimumHealthyPercent,
  operatorConnections,
  peakTasks,
  plannedConnections,
} from './connections.ts';
import type { Background } from './background.ts';
import { defaultMaxTasks } from './fit.ts';
import { item } from './item.ts';
import { sources } from './sources.ts';
import type { Item, SizingAnswers } from './types.ts';

interface Fleet {
  readonly answers: SizingAnswers;
  readonly slots: number;
  readonly maxTasks: number;
  readonly maxConnections: Item;
  readonly background: Background;
}

/** Tasks and database connections of the whole fleet, at rest and at the peak of a deployment. */
export function countConnections({ answers, slots, maxTasks, maxConnections, background }: Fleet) {
  const peak = peakTasks(maxTasks);
  const planned = plannedConnections(slots, maxTasks, reservedConnections + background.all);
  const others = background.all === 0 ? '' : ` + ${background.all} Celery`;
  const ceilingWhy =
    answers.maxTasks === undefined
      ? `min(${Math.max(defaultMaxTasks, answers.minTasks)}, what ${maxConnections.value} connections allow)`
      : `as asked: ${maxTasks} tasks`;
  return {
    service: {
      minTasks: item(answers.minTasks, `${answers.minTasks} tasks always run`, sources.answer),
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
      webConnections: item(
        slots * peak,
        `${slots} slots x ${peak} tasks at the peak of a deployment`,
        sources.connMaxAge,
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
        `${slots} x ${peak}${others} + ${migrationConnections} migration + ${operatorConnections} operators + ${reservedConnections} reserved = ${planned} <= ${maxConnections.value}`,
        sources.connMaxAge,
      ),
    },
  };
}
