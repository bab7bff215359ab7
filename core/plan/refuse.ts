import { vcpus } from '../facts/fargate.ts';
import { threadsBounds } from '../facts/gunicorn.ts';
import { connectionsCap, findRdsClass, maxConnectionsLowerBound, smallestRdsClassFor } from '../facts/rds.ts';
import { backgroundConnections, type Background } from './background.ts';
import {
  migrationConnections,
  operatorConnections,
  peakTasks,
  plannedConnections,
  tasksThatFit,
} from './connections.ts';
import { wantedMaxTasks } from './fit.ts';
import { kneeThreads, loadOf, usableVcpu, wantedThreads } from './load.ts';
import { poolerTasks, queriesPerRequest } from '../facts/pgbouncer.ts';
import { plural, show } from './item.ts';
import {
  busyConnections,
  carriesQueries,
  connectionsAround,
  pooledConnections,
  poolerPeakTasks,
  queryVcpu,
  sharePool,
  tasksCarried,
  type PooledFleet,
} from './pooler.ts';
import { sizeTask, workersAtMost } from './task.ts';
import type { SizingAnswers } from './types.ts';
import { sizeCelery } from './celery.ts';

/** A change of the answers that makes the plan hold; undefined values are answers to leave to be computed. */
export type SizingChanges = Partial<SizingAnswers>;

export interface WayOut {
  readonly text: string;
  /** Absent where no change of answers is enough: something has to be built. */
  readonly changes?: SizingChanges;
}

export interface Refusal {
  readonly reason: string;
  readonly waysOut: readonly WayOut[];
}

interface Budget {
  readonly maxConnections: number;
  readonly reservedConnections: number;
  readonly background: Background;
}

/** The same, with what the ways out take as given. */
interface SetAside extends Budget {
  /** Reserved ones and those of the Celery worker and of beat. */
  readonly setAside: number;
}

/** Why the connections do not fit, and three ways out with their numbers worked out; a fourth where Celery takes some. */
export function refuse(answers: SizingAnswers, workers: number, given: Budget): Refusal {
  const { minTasks, maxTasks } = answers;
  const { maxConnections } = given;
  const budget = { ...given, setAside: given.reservedConnections + given.background.all };
  if (answers.pooler === 'pgbouncer') {
    return refusePool(answers, budget);
  }
  const keepsCeiling = maxTasks !== undefined && maxTasks > minTasks;
  const threads = keepsCeiling ? kneeThreads(loadOf(answers, workers), workers) : threadsBounds.minimum;
  const tasks = keepsCeiling ? maxTasks : minTasks;
  const slots = workers * threads;
  const needed = plannedConnections(slots, tasks, budget.setAside);
  const fewerCelery = fewerCeleryTasks(answers, slots * peakTasks(tasks), budget);
  return {
    reason:
      `${sum(workers, threads, tasks, budget)} = ${needed} connections at the peak of a deployment, ` +
      `but ${answers.rdsClass} holds ${maxConnections}.`,
    waysOut: [
      largerDatabase(answers, needed),
      pooler(answers, workers, budget),
      fewerTasks(answers, workers, threads, budget) ?? smallerTasks(answers, budget),
      ...(fewerCelery === undefined ? [] : [fewerCelery]),
    ],
  };
}

function sum(
  workers: number,
  threads: number,
  tasks: number,
  budget: Pick<Budget, 'reservedConnections' | 'background'>,
): string {
  return `${plural(workers, 'worker')} x ${plural(threads, 'thread')} x ${peakTasks(tasks)} tasks + ${others(budget)}`;
}

function others({ reservedConnections, background }: Pick<Budget, 'reservedConnections' | 'background'>): string {
  const celery = background.all === 0 ? '' : `${background.all} Celery + `;
  return `${celery}${migrationConnections} migration + ${operatorConnections} operators + ${reservedConnections} reserved`;
}

function largerDatabase(answers: SizingAnswers, needed: number): WayOut {
  const present = findRdsClass(answers.rdsClass);
  const own = present === undefined ? 0 : maxConnectionsLowerBound(present.memoryGiB);
  if (own >= needed) {
    return {
      text:
        `a higher limit: --rds-class ${answers.rdsClass} without --rds-max-connections holds ${own} >= ${needed}; ` +
        'raise max_connections in its parameter group',
      changes: { rdsMaxConnections: undefined },
    };
  }
  const larger = smallestRdsClassFor(needed, answers.rdsClass);
  if (larger === undefined) {
    return {
      text: `a larger database: none is large enough, RDS allows at most ${connectionsCap} connections and ${needed} are needed`,
    };
  }
  const holds = maxConnectionsLowerBound(larger.memoryGiB);
  const without = answers.rdsMaxConnections === undefined ? '' : ' without --rds-max-connections';
  return {
    text: `a larger database: --rds-class ${larger.name}${without} (${larger.memoryGiB} GiB) holds ${holds} >= ${needed}`,
    changes: { rdsClass: larger.name, rdsMaxConnections: undefined },
  };
}

/** PgBouncer with the numbers of the plan that it makes possible: nothing is lowered for the connections there. */
function pooler(answers: SizingAnswers, workers: number, { maxConnections, setAside }: SetAside): WayOut {
  const around = connectionsAround(setAside);
  const slots = workers * wantedThreads(loadOf(answers, workers), workers);
  const fleet = { answers, workers, slots, maxTasks: wantedMaxTasks(answers) };
  const { poolSize, clients } = sharePool({
    slots,
    maxTasks: fleet.maxTasks,
    maxConnections,
    otherConnections: around,
  });
  if (poolSize < 1) {
    return { text: `PgBouncer in front of RDS: not here, ${around} of ${maxConnections} connections are spoken for` };
  }
  const busy = busyConnections(fleet);
  if (poolSize * poolerPeakTasks < busy) {
    return {
      text:
        `PgBouncer in front of RDS: not here, ${plural(fleet.maxTasks, 'task')} at the scaling target may keep ${plural(busy, 'connection')} busy, and its ` +
        `${poolerPeakTasks} tasks would share ${poolSize * poolerPeakTasks}`,
    };
  }
  if (!carriesQueries(fleet)) {
    return {
      text: `PgBouncer in front of RDS: not here, its two threads do not carry the queries of ${plural(fleet.maxTasks, 'task')}`,
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
function refusePool(answers: SizingAnswers, budget: SetAside): Refusal {
  const { maxConnections, setAside } = budget;
  const needed = pooledConnections(1, connectionsAround(setAside));
  const fewerCelery = fewerCeleryTasks(answers, poolerPeakTasks, budget);
  return {
    reason:
      `${poolerPeakTasks} PgBouncer tasks x 1 + ${others(budget)} = ${needed} connections, ` +
      `but ${answers.rdsClass} holds ${maxConnections}.`,
    waysOut: [largerDatabase(answers, needed), ...(fewerCelery === undefined ? [] : [fewerCelery])],
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
        ? { text: `fewer tasks: not here, those of one task of ${answers.vcpu} vCPU are too many` }
        : {
            text: `fewer tasks: ${flags}: ${show(queryVcpu({ ...fleet, maxTasks: most }))} vCPU <= ${poolerTasks}`,
            changes,
          },
      {
        text: `requests as you measure them: above --cpu-ms ${answers.cpuMs} and --wait-ms ${answers.waitMs} a task serves fewer of them`,
      },
      { text: 'no PgBouncer: --pooler none, with a --rds-class that holds a connection for each slot' },
    ],
  };
}

function fewerTasks(answers: SizingAnswers, workers: number, threads: number, budget: SetAside): WayOut | undefined {
  const { maxConnections, setAside } = budget;
  const { minTasks, maxTasks } = answers;
  const most = tasksThatFit(workers * threads, maxConnections, setAside);
  if (maxTasks !== undefined && most > minTasks) {
    return way(`--max-tasks ${most}`, { maxTasks: most });
  }
  const least = tasksThatFit(workers * threadsBounds.minimum, maxConnections, setAside);
  if (least < 1) {
    return undefined;
  }
  const tasks = Math.min(least, minTasks);
  const flags = maxTasks === undefined ? `--min-tasks ${tasks}` : `--min-tasks ${tasks} --max-tasks ${tasks}`;
  return way(flags, { minTasks: tasks, ...(maxTasks === undefined ? {} : { maxTasks: tasks }) });

  function way(flagText: string, changes: SizingChanges): WayOut {
    const used = changes.maxTasks === most ? threads : threadsBounds.minimum;
    const count = changes.maxTasks ?? changes.minTasks ?? minTasks;
    const total = plannedConnections(workers * used, count, setAside);
    return {
      text: `fewer tasks: ${flagText}: ${sum(workers, used, count, budget)} = ${total} <= ${maxConnections}`,
      changes,
    };
  }
}

/** The smaller task size that keeps most vCPU in use; the larger task where two keep the same. */
function smallerTasks(answers: SizingAnswers, budget: SetAside): WayOut {
  const { maxConnections, setAside } = budget;
  const candidates = vcpus
    .filter((vcpu) => vcpu < answers.vcpu)
    .map((vcpu) => {
      const workers = workersAtMost(vcpu, answers.workerMemoryMiB);
      const slots = workers * threadsBounds.minimum;
      const tasks = Math.min(answers.minTasks, tasksThatFit(slots, maxConnections, setAside));
      return { vcpu, workers, slots, tasks, used: usableVcpu(vcpu, workers) * tasks };
    })
    .filter(({ workers, tasks }) => workers > 0 && tasks > 0)
    .toSorted((left, right) => right.used - left.used || right.vcpu - left.vcpu);
  const best = candidates[0];
  if (best === undefined) {
    return {
      text: `fewer tasks: not here, one task does not fit into ${maxConnections} connections even at 0.25 vCPU`,
    };
  }
  const { vcpu, workers, slots, tasks } = best;
  const total = plannedConnections(slots, tasks, setAside);
  const flags = [`--vcpu ${vcpu}`, `--min-tasks ${tasks}`];
  const changes: { -readonly [Key in keyof SizingChanges]: SizingChanges[Key] } = { vcpu, minTasks: tasks };
  if (answers.memoryMiB !== undefined) {
    const { task } = sizeTask({ ...answers, vcpu, memoryMiB: undefined });
    flags.push(`--memory ${task.memoryMiB.value}`);
    changes.memoryMiB = task.memoryMiB.value;
  }
  if (answers.maxTasks !== undefined) {
    flags.push(`--max-tasks ${tasks}`);
    changes.maxTasks = tasks;
  }
  return {
    text: `smaller and fewer tasks: ${flags.join(' ')}: ${sum(workers, threadsBounds.minimum, tasks, budget)} = ${total} <= ${maxConnections}`,
    changes,
  };
}

/** The most Celery workers beside which these connections of the web fit; undefined where there are none to take away. */
function fewerCeleryTasks(
  answers: SizingAnswers,
  webConnections: number,
  { maxConnections, reservedConnections, background }: Budget,
): WayOut | undefined {
  const least = Math.max(1, answers.celeryMinTasks);
  for (let most = background.all === 0 ? 0 : answers.celeryMaxTasks - 1; most >= least; most -= 1) {
    const celery = sizeCelery({ ...answers, celeryMaxTasks: most });
    const connections = backgroundConnections(celery, answers.beat).all;
    const total = webConnections + connectionsAround(reservedConnections + connections);
    if (total <= maxConnections) {
      return {
        text: `fewer Celery workers: --celery-max-tasks ${most}: ${connections} Celery instead of ${background.all}, in all ${total} <= ${maxConnections}`,
        changes: { celeryMaxTasks: most },
      };
    }
  }
  return undefined;
}
