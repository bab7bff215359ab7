import { memoryOptionsMiB, vcpus } from '../../../core/facts/fargate.ts';
import { findRdsClass, maxConnectionsLowerBound, rdsClasses } from '../../../core/facts/rds.ts';
import type { SizingAnswers } from '../../../core/plan/types.ts';
import { sizing } from './sizing.ts';

export const taskCounts = [1, 2, 5, 10, 50].flatMap((minTasks) =>
  [undefined, 12, 40]
    .filter((maxTasks) => (maxTasks ?? minTasks) >= minTasks)
    .map((maxTasks) => ({ minTasks, maxTasks })),
);

/** The default, mostly computing, mostly waiting, extremely waiting, and one whose quotients have no end. */
export const loads = [
  { cpuMs: 25, waitMs: 50 },
  { cpuMs: 200, waitMs: 0 },
  { cpuMs: 10, waitMs: 290 },
  { cpuMs: 1, waitMs: 999 },
  { cpuMs: 37, waitMs: 61 },
];

const slowest = [1, 5, 30, 60, 105];
const workerMemory = [200, 64, 450, 3000];

/** One class for each number of connections that the facts know: only that number counts for the plan's sizes. */
export const representativeClasses: readonly string[] = [
  ...new Map(rdsClasses.map(({ name, memoryGiB }) => [maxConnectionsLowerBound(memoryGiB), name] as const)).values(),
  'db.t4g.micro',
];

/**
 * Every memory of a vCPU, and the computed one, with every number of connections, every pair of task counts and every
 * load. S and the memory of a worker do not meet the others in a formula, so they take turns.
 */
export function* sizes(vcpu: (typeof vcpus)[number]): Generator<SizingAnswers> {
  let turn = 0;
  for (const memoryMiB of [undefined, ...memoryOptionsMiB(vcpu)]) {
    for (const rdsClass of representativeClasses) {
      for (const tasks of taskCounts) {
        for (const load of loads) {
          turn += 1;
          yield sizing({
            vcpu,
            memoryMiB,
            rdsClass,
            ...tasks,
            ...load,
            slowestRequestSeconds: slowest[Math.floor(turn / 3) % slowest.length] ?? 30,
            workerMemoryMiB: workerMemory[Math.floor(turn / 7) % workerMemory.length] ?? 200,
          });
        }
      }
    }
  }
}

/**
 * Every class with every vCPU and every pair of task counts; the rest takes turns, the load too: `sizes` has each with
 * every number of connections, and of a class only that counts for the sizes.
 */
export function* classes(): Generator<SizingAnswers> {
  let turn = 0;
  for (const { name } of rdsClasses) {
    for (const vcpu of vcpus) {
      for (const tasks of taskCounts) {
        turn += 1;
        yield sizing({
          vcpu,
          rdsClass: name,
          ...tasks,
          ...loads[turn % loads.length],
          region: turn % 3 === 0 ? 'eu-central-1' : 'us-east-1',
          architecture: turn % 4 === 0 ? 'ARM64' : 'X86_64',
          multiAz: turn % 7 === 0,
          slowestRequestSeconds: slowest[Math.floor(turn / 3) % slowest.length] ?? 30,
        });
      }
    }
  }
}

/** Databases whose max_connections is given, from the least that is accepted. */
export function* givenConnections(): Generator<SizingAnswers> {
  for (const rdsMaxConnections of [20, 21, 22, 24, 26, 30, 42, 60, 99, 178, 400, 5000]) {
    for (const vcpu of vcpus) {
      for (const tasks of taskCounts) {
        for (const load of loads) {
          for (const rdsClass of ['db.t4g.small', 'db.m7g.large', 'db.r7g.large', 'db.x2g.large', 'db.m12g.large']) {
            yield sizing({ vcpu, rdsClass, rdsMaxConnections, ...tasks, ...load });
          }
        }
      }
    }
  }
}

/** Behind PgBouncer: every number of connections and the least that are accepted, every load; the rest takes turns. */
export function* pooled(): Generator<SizingAnswers> {
  let turn = 0;
  const databases = [
    ...representativeClasses.map((rdsClass) => ({ rdsClass })),
    ...[20, 21, 24, 43, 60, 99].map((rdsMaxConnections) => ({ rdsMaxConnections })),
  ];
  for (const database of databases) {
    for (const tasks of taskCounts) {
      for (const load of loads) {
        turn += 1;
        yield sizing({
          pooler: 'pgbouncer',
          vcpu: vcpus[turn % vcpus.length] ?? 0.5,
          ...database,
          ...tasks,
          ...load,
          broker: turn % 2 === 0 ? 'sqs' : 'none',
          errors: turn % 3 === 0 ? 'sentry' : 'none',
          slowestRequestSeconds: slowest[Math.floor(turn / 3) % slowest.length] ?? 30,
        });
      }
    }
  }
}

/** Memory of a known class, or 0. */
export function gibOf(rdsClass: string): number {
  return findRdsClass(rdsClass)?.memoryGiB ?? 0;
}
