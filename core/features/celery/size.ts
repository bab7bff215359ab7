import { cpuUnits, memoryOptionsMiB } from '../../facts/fargate.ts';
import { UserError } from '../../errors.ts';
import { maximumPercent, minimumHealthyPercent, peakTasks } from '../../plan/connections.ts';
import { bootSeconds } from '../../plan/health.ts';
import { item, plural, show } from '../../plan/item.ts';
import { sources } from '../../plan/sources.ts';
import { baseMemoryMiB } from '../../plan/task.ts';
import { explainTmp, largestUploadMiB, smallestTmpMiB } from '../../plan/uploads.ts';
import type { SizingAnswers } from '../../plan/types.ts';
import { limitCelery } from './limits.ts';
import { childrenForMemory, concurrencyForCpu, memoryFor, tmpFor } from './memory.ts';
import { scaleCelery, watchCelery } from './scaling.ts';
import type { CeleryPlan } from './types.ts';

/** A child is replaced about this often, in seconds. */
const recycleSeconds = 1800;
const heartbeatSeconds = 15;
/** Longest that ECS waits with counting failed health checks of a container, in seconds. */
const startPeriodMaximumSeconds = 300;

/** The scheduler only sends messages: the smallest task that holds one process of the project. */
export const beatSize = { vcpu: 0.25, memoryMiB: 512 } as const;

/**
 * Size, limits and scaling of the Celery worker.
 * @throws UserError when the largest task does not hold one child
 */
export function sizeCelery(answers: SizingAnswers): CeleryPlan {
  const {
    celeryVcpu: vcpu,
    workerMemoryMiB,
    celeryLongestTaskSeconds: longest,
    celeryTaskMs,
    celeryMaxTasks: most,
  } = answers;
  const pairs = memoryOptionsMiB(vcpu);
  const wanted = concurrencyForCpu(vcpu);
  const needed = memoryFor(answers, wanted);
  const memoryMiB = pairs.find((pair) => pair >= needed) ?? Math.max(...pairs);
  const concurrency = Math.min(wanted, childrenForMemory(answers, memoryMiB));
  if (concurrency < 1) {
    throw new UserError(
      `--celery-vcpu ${vcpu}: ${memoryMiB} MiB, the most that Fargate pairs with it, do not hold a single Celery process beside the main ` +
        `process: ${memoryFor(answers, 1)} MiB. Use a larger --celery-vcpu, or measure --worker-memory ${workerMemoryMiB}.`,
    );
  }
  const perSecond = (1000 * concurrency) / celeryTaskMs;
  return {
    vcpu: item(vcpu, `${vcpu} vCPU for each Celery worker`, sources.answer),
    cpuUnits: item(cpuUnits(vcpu), `${vcpu} vCPU x 1024 CPU units`, sources.fargateSizes),
    memoryMiB: item(
      memoryMiB,
      `${memoryMiB >= needed ? 'smallest' : 'largest'} that Fargate pairs with ${vcpu} vCPU; ${baseMemoryMiB} + ${tmpFor(answers, wanted)} tmpfs + (${plural(wanted, 'child', 'children')} + 1) x ${workerMemoryMiB} = ${needed} MiB`,
      sources.fargateSizes,
    ),
    ...holdFiles(answers, concurrency),
    concurrency: item(
      concurrency,
      `min(max(2, ceil(2 x ${vcpu} vCPU)), floor((${memoryMiB} - ${baseMemoryMiB} - ${tmpFor(answers, wanted)} tmpfs) / ${workerMemoryMiB} MiB) - 1) = ${concurrency}; never cpu_count()`,
      sources.concurrency,
    ),
    ...fleet(answers, concurrency),
    capacityTasksPerSecond: item(
      Number(perSecond.toPrecision(4)),
      `${plural(concurrency, 'child', 'children')} / ${celeryTaskMs} ms an average task = ${show(perSecond)} tasks/s; measure yours`,
      sources.threads,
    ),
    ...limitCelery(longest),
    maxTasksPerChild: item(
      Math.max(100, Math.round((1000 * recycleSeconds) / celeryTaskMs)),
      `max(100, ${recycleSeconds} s / ${celeryTaskMs} ms): a process is replaced about every half hour, which limits memory growth`,
      sources.celery,
    ),
    heartbeatSeconds: item(heartbeatSeconds, 'the main process records that it is alive', sources.celeryHealth),
    heartbeatAgeSeconds: item(
      4 * heartbeatSeconds,
      `4 x ${heartbeatSeconds} s without a heartbeat: the main process hangs and takes nothing from the queue`,
      sources.celeryHealth,
    ),
    ...start(vcpu),
    ...scaleCelery(answers, concurrency),
    ...watchCelery(answers, perSecond * most),
  };
}

function holdFiles(answers: SizingAnswers, concurrency: number): Pick<CeleryPlan, 'tmpfsMiB' | 'beatTmpfsMiB'> {
  const children = plural(concurrency, 'child', 'children');
  return {
    tmpfsMiB: item(
      tmpFor(answers, concurrency),
      answers.media === 'none'
        ? `${smallestTmpMiB} MiB of writable /tmp beside a read-only root file system, in the task's memory`
        : `${explainTmp(children, concurrency, largestUploadMiB(answers))} MiB: an upload that a task reads lies there; in the task's memory`,
      sources.fargateTmpfs,
    ),
    beatTmpfsMiB: item(
      smallestTmpMiB,
      `${smallestTmpMiB} MiB of writable /tmp beside a read-only root file system, in the task's memory`,
      sources.fargateTmpfs,
    ),
  };
}

function start(vcpu: number) {
  const boot = bootSeconds(vcpu);
  const seconds = Math.min(startPeriodMaximumSeconds, Math.ceil(2 * heartbeatSeconds + 3 * boot));
  return {
    startPeriodSeconds: item(
      seconds,
      `2 x ${heartbeatSeconds} s heartbeats + 3 x ${show(boot)} s boot at ${vcpu} vCPU = ${seconds} s before a failed check counts`,
      sources.celeryHealth,
    ),
  };
}

function fleet({ celeryMinTasks, celeryMaxTasks }: SizingAnswers, concurrency: number) {
  const peak = peakTasks(celeryMaxTasks);
  return {
    minTasks: item(
      celeryMinTasks,
      celeryMinTasks === 0
        ? 'none while the queue is empty; the first message starts one'
        : `${celeryMinTasks} always ${celeryMinTasks === 1 ? 'runs' : 'run'}`,
      sources.answer,
    ),
    maxTasks: item(
      celeryMaxTasks,
      `at most ${celeryMaxTasks} x ${concurrency} = ${plural(celeryMaxTasks * concurrency, 'task')} at once`,
      sources.answer,
    ),
    peakTasks: item(
      peak,
      `2 x ${celeryMaxTasks} at maximumPercent ${maximumPercent}: during a deployment old, new and stopping workers hold connections`,
      sources.deployment,
    ),
    minimumHealthyPercent: item(
      minimumHealthyPercent,
      'no Celery worker goes before its replacement works',
      sources.deployment,
    ),
    maximumPercent: item(maximumPercent, 'every Celery worker may have its replacement beside it', sources.deployment),
  };
}
