import {
  handBackSeconds,
  protectedAboveSeconds,
  protectionMaximumMinutes,
  visibilityMarginSeconds,
} from '../facts/celery.ts';
import { cpuUnits, memoryOptionsMiB, stopTimeoutBoundsSeconds } from '../facts/fargate.ts';
import { UserError } from '../errors.ts';
import { maximumPercent, minimumHealthyPercent, peakTasks } from './connections.ts';
import { bootSeconds } from './health.ts';
import { item, plural, show } from './item.ts';
import { sources } from './sources.ts';
import { baseMemoryMiB, tmpfsMiB } from './task.ts';
import type { SizingAnswers, CeleryPlan } from './types.ts';

/** Share of the children that are busy when another task is started, in percent. */
const busyTargetPercent = 90;
/** A child is replaced about this often, in seconds. */
const recycleSeconds = 1800;
/** Longest wait for a lock, in seconds: as long as a request waits at most. */
const lockMaximumSeconds = 10;
/** A new Fargate task takes so long until it works: image, start, Django; an upper end, in seconds. */
const startSeconds = 180;
const heartbeatSeconds = 15;
/** Longest that ECS waits with counting failed health checks of a container, in seconds. */
const startPeriodMaximumSeconds = 300;
/** What is smaller would be written with an exponent, which CloudWatch's metric math does not promise to read. */
const smallestWeight = 0.000001;

/** The scheduler only sends messages: the smallest task that holds one process of the project. */
export const beatSize = { vcpu: 0.25, memoryMiB: 512 } as const;

/** Children that the CPU can use: two a vCPU, since half of a task's time it waits, and two at least. */
export function concurrencyForCpu(vcpu: number): number {
  return Math.max(2, Math.ceil(2 * vcpu));
}

/** The children, and the process that feeds them, are each as large as a worker of gunicorn: the same code. */
function memoryFor(concurrency: number, workerMemoryMiB: number): number {
  return baseMemoryMiB + tmpfsMiB + (concurrency + 1) * workerMemoryMiB;
}

/** Children that fit into a Celery worker's memory beside the base, `/tmp` and the main process; never below 0. */
function childrenForMemory(memoryMiB: number, workerMemoryMiB: number): number {
  return Math.max(0, Math.floor((memoryMiB - baseMemoryMiB - tmpfsMiB) / workerMemoryMiB) - 1);
}

/**
 * Size, limits and scaling of the Celery worker; undefined without a broker.
 * @throws UserError when the largest task does not hold one child
 */
export function sizeCelery(answers: SizingAnswers): CeleryPlan | undefined {
  if (answers.broker === 'none') {
    return undefined;
  }
  const {
    celeryVcpu: vcpu,
    workerMemoryMiB,
    celeryLongestTaskSeconds: longest,
    celeryTaskMs,
    celeryMaxTasks: most,
  } = answers;
  const pairs = memoryOptionsMiB(vcpu);
  const wanted = concurrencyForCpu(vcpu);
  const needed = memoryFor(wanted, workerMemoryMiB);
  const memoryMiB = pairs.find((pair) => pair >= needed) ?? Math.max(...pairs);
  const concurrency = Math.min(wanted, childrenForMemory(memoryMiB, workerMemoryMiB));
  if (concurrency < 1) {
    throw new UserError(
      `--celery-vcpu ${vcpu}: ${memoryMiB} MiB, the most that Fargate pairs with it, do not hold one Celery child beside the main ` +
        `process: ${memoryFor(1, workerMemoryMiB)} MiB. Take a larger --celery-vcpu, or measure --worker-memory ${workerMemoryMiB}.`,
    );
  }
  const perSecond = (1000 * concurrency) / celeryTaskMs;
  return {
    vcpu: item(vcpu, `${vcpu} vCPU for each Celery worker`, sources.answer),
    cpuUnits: item(cpuUnits(vcpu), `${vcpu} vCPU x 1024 CPU units`, sources.fargateSizes),
    memoryMiB: item(
      memoryMiB,
      `${memoryMiB >= needed ? 'smallest' : 'largest'} that Fargate pairs with ${vcpu} vCPU; ${baseMemoryMiB} + ${tmpfsMiB} tmpfs + (${plural(wanted, 'child', 'children')} + 1) x ${workerMemoryMiB} = ${needed} MiB`,
      sources.fargateSizes,
    ),
    concurrency: item(
      concurrency,
      `min(max(2, ceil(2 x ${vcpu} vCPU)), floor((${memoryMiB} - ${baseMemoryMiB} - ${tmpfsMiB} tmpfs) / ${workerMemoryMiB} MiB) - 1) = ${concurrency}; never cpu_count()`,
      sources.concurrency,
    ),
    ...fleet(answers, concurrency),
    capacityTasksPerSecond: item(
      Number(perSecond.toPrecision(4)),
      `${plural(concurrency, 'child', 'children')} / ${celeryTaskMs} ms an average task = ${show(perSecond)} tasks/s; measure yours`,
      sources.threads,
    ),
    ...limits(longest),
    maxTasksPerChild: item(
      Math.max(100, Math.round((1000 * recycleSeconds) / celeryTaskMs)),
      `max(100, ${recycleSeconds} s / ${celeryTaskMs} ms): a child is replaced about every half hour, which bounds memory growth`,
      sources.celery,
    ),
    heartbeatSeconds: item(heartbeatSeconds, 'the main process writes down that it turns over', sources.celeryHealth),
    heartbeatAgeSeconds: item(
      4 * heartbeatSeconds,
      `4 x ${heartbeatSeconds} s without a heartbeat: the main process hangs, and nothing is taken from the queue`,
      sources.celeryHealth,
    ),
    ...start(vcpu),
    ...scale(answers, concurrency),
    ...watch(answers, perSecond * most),
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
      `2 x ${celeryMaxTasks} at maximumPercent ${maximumPercent}: in a deployment old, new and stopping workers hold connections`,
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

/** What bounds a task, and how a worker ends, from the longest task in seconds. */
function limits(longest: number) {
  const stop = stopTimeoutBoundsSeconds.maximum;
  const soft = stop - handBackSeconds;
  const protection = Math.min(protectionMaximumMinutes, Math.ceil(longest / 60) + 5);
  return {
    taskTimeLimitSeconds: item(
      longest,
      `the longest task, ${longest} s: what takes longer is ended, or it would be taken a second time`,
      sources.celery,
    ),
    visibilityTimeoutSeconds: item(
      longest + visibilityMarginSeconds,
      `${longest} s longest task + ${visibilityMarginSeconds}: a message comes back only when its task cannot run any more`,
      sources.visibility,
    ),
    shutdownSeconds: item(
      soft,
      `stopTimeout ${stop} s - ${handBackSeconds}: so long running tasks may finish, then they go back to the queue`,
      sources.celery,
    ),
    stopTimeoutSeconds: item(stop, `${stop} s from SIGTERM to SIGKILL, the most on Fargate`, sources.stopTimeout),
    statementTimeoutMs: item(
      longest * 1000,
      `the longest task, ${longest} s: no statement may outlive it`,
      sources.postgresTimeouts,
    ),
    lockTimeoutMs: item(
      Math.floor(Math.min((longest * 1000) / 3, lockMaximumSeconds * 1000)),
      `min(${longest} s / 3, ${lockMaximumSeconds} s): a task that waits for a lock gives up early and is retried`,
      sources.postgresTimeouts,
    ),
    idleInTransactionTimeoutMs: item(
      longest * 1000,
      `the longest task, ${longest} s: an abandoned transaction holds locks no longer`,
      sources.postgresTimeouts,
    ),
    ...(longest <= protectedAboveSeconds
      ? {}
      : {
          protectionMinutes: item(
            protection,
            `min(${protectionMaximumMinutes}, ceil(${longest} s / 60) + 5): the longest task exceeds ${protectedAboveSeconds} s, so ECS spares a busy worker`,
            sources.protection,
          ),
        }),
  };
}

/**
 * The scaling's metric is, in percent of the children that run: those that are busy, and those that would have to be
 * so that the queue is empty within the acceptable delay. Backlog alone would take a task away whenever the queue is
 * empty, however busy the fleet, and start it again.
 */
function scale({ celeryTaskMs, celeryQueueDelaySeconds: delay }: SizingAnswers, concurrency: number) {
  const weight = Math.max(smallestWeight, celeryTaskMs / (1000 * delay));
  return {
    backlogWeight: item(
      Number(weight.toPrecision(6)),
      `${celeryTaskMs} ms an average task / ${delay} s acceptable delay${weight > smallestWeight ? '' : `, at least ${smallestWeight}`}: children that clear one waiting message in time`,
      sources.backlog,
    ),
    busyTargetPercent: item(
      busyTargetPercent,
      `${busyTargetPercent} % of ${plural(concurrency, 'child', 'children')} a task busy, or needed to clear the queue within ${delay} s`,
      sources.backlog,
    ),
    scaleOutCooldownSeconds: item(
      startSeconds + 60,
      `${startSeconds} s to start a worker + 60: the metric is late by a minute, and a second step must see what the first has changed`,
      sources.cooldown,
    ),
    scaleInCooldownSeconds: item(
      300,
      '300 s: a worker that goes too early has to be started again, and starting is slow',
      sources.cooldown,
    ),
  };
}

function watch(
  { celeryQueueDelaySeconds: delay, celeryLongestTaskSeconds: longest }: SizingAnswers,
  perSecond: number,
) {
  const oldest = delay + longest + startSeconds;
  const backlog = Math.max(1, Math.ceil(3 * delay * perSecond));
  return {
    maxReceiveCount: item(
      5,
      'taken 5 times and never finished: the message goes to the dead letters, where a person looks at it',
      sources.deadLetters,
    ),
    oldestMessageAlarmSeconds: item(
      oldest,
      `${delay} s acceptable delay + ${longest} s longest task + ${startSeconds} s to start a worker = ${oldest} s, for 5 min`,
      sources.alarms,
    ),
    backlogAlarmMessages: item(
      backlog,
      `3 x ${delay} s x ${show(perSecond)} tasks/s of the whole fleet = ${plural(backlog, 'waiting message')}, for 15 min: the ceiling is too low`,
      sources.alarms,
    ),
    failurePercentAlarm: item(5, '5 % of the tasks of 15 min failed for good', sources.alarms),
  };
}
