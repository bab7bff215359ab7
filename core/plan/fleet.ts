import { reservedConnections } from '../facts/rds.ts';
import {
  connectionsAround,
  maximumPercent,
  migrationConnections,
  minimumHealthyPercent,
  operatorConnections,
  peakTasks,
} from './connections.ts';
import type { Granted, WebDemand } from './demand.ts';
import type { Demands } from './demands.ts';
import { item, plural } from './item.ts';
import { sources } from './sources.ts';
import type { Item } from './item.ts';
import { listOthers, setAsideFor } from './waysOut.ts';

interface Fleet {
  readonly web: WebDemand;
  readonly granted: Granted;
  readonly maxConnections: Item;
  readonly total: Demands;
}

/** Tasks and database connections of the whole fleet, at rest and at the peak of a deployment. */
export function countConnections({ web: { answers, demands }, granted, maxConnections, total }: Fleet) {
  const { maxTasks, holders, each } = granted;
  const peak = peakTasks(maxTasks);
  const planned = each * holders + connectionsAround(setAsideFor(demands));
  const ceilingWhy = answers.maxTasks === undefined ? granted.ceilingWhy : `as given: ${plural(maxTasks, 'task')}`;
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
        `2 x ${maxTasks} at maximumPercent ${maximumPercent}: during a deployment old, new and draining tasks hold connections`,
        sources.deployment,
      ),
      minimumHealthyPercent: item(
        minimumHealthyPercent,
        'no task stops before its replacement is healthy',
        sources.deployment,
      ),
      maximumPercent: item(maximumPercent, 'every task may run beside its replacement', sources.deployment),
    },
    database: {
      maxConnections,
      webConnections: granted.webConnections,
      ...total.items,
      migrationConnections: item(migrationConnections, 'the one-off migration task', sources.connMaxAge),
      operatorConnections: item(operatorConnections, 'a shell and a psql at the same time', sources.connMaxAge),
      reservedConnections: item(
        reservedConnections,
        'superuser, RDS and rdsadmin sessions, and spare: not for the application',
        sources.reserved,
      ),
      plannedConnections: item(
        planned,
        `${[`${each} x ${holders}`, ...listOthers(demands)].join(' + ')} = ${planned} <= ${maxConnections.value}`,
        sources.connMaxAge,
      ),
    },
  };
}
