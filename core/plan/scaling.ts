import { item, plural } from './item.ts';
import { capacityRequestsPerSecond, efficiency, frameworkCpuMs, loadOf, showUsableVcpu, type Load } from './load.ts';
import { sources } from './sources.ts';
import type { Plan } from './types.ts';

/** Share of a task's capacity at which another task is started. */
export const utilisation = 0.7;
/** A worker is recycled about this often at the scaling target, in seconds. */
const recycleSeconds = 1800;
const cpuTargetMaximum = 65;
/** Share of the usable CPU above which the alarm speaks. */
const cpuAlarmMaximum = 90;

type Scaling = {
  readonly gunicorn: Pick<Plan['gunicorn'], 'capacityRequestsPerSecond' | 'maxRequests' | 'maxRequestsJitter'>;
  readonly scaling: Plan['scaling'];
  readonly alarms: Pick<Plan['alarms'], 'cpuPercent'>;
};

/**
 * Capacity of one task, when its workers are recycled, and the targets of the autoscaling.
 *
 * The CPU that ECS reports is a share of all that the task has (`ECSServiceAverageCPUUtilization`). Where the workers or
 * their slots cannot use all of it, target and alarm are that share of what they are otherwise: neither would ever be
 * reached.
 */
export function scale(answers: Load, workers: number, slots: number): Scaling {
  const { vcpu, cpuMs, waitMs } = answers;
  const cpu = cpuMs + frameworkCpuMs;
  const capacity = capacityRequestsPerSecond(loadOf(answers, workers), slots);
  const shown = Number(capacity.toPrecision(6));
  const maxRequests = Math.max(1000, Math.round(((utilisation * capacity) / workers) * recycleSeconds));
  // Fractions such as 60000 / 7 come out a hair below the whole number that they stand for.
  const perTarget = Math.max(1, Math.floor(Number((60 * utilisation * capacity).toFixed(6))));
  const percentOf = (percent: number): number =>
    Math.min(percent, (percent * workers) / vcpu, (percent * slots * cpu) / ((cpu + waitMs) * vcpu));
  const cpuTarget = Math.max(1, Math.floor(percentOf(cpuTargetMaximum)));
  const cpuAlarm = Math.max(2, Math.ceil(percentOf(cpuAlarmMaximum)));
  const share = `min(1, ${plural(workers, 'worker')} / ${vcpu} vCPU, ${slots} slots x ${cpu} ms / ${cpu + waitMs} ms / ${vcpu} vCPU)`;
  return {
    gunicorn: {
      capacityRequestsPerSecond: item(
        shown,
        `${efficiency} x min(${showUsableVcpu(vcpu, workers)} / ${cpu} ms CPU, ${slots} slots / ${cpu + waitMs} ms) = ${shown} requests/s per task; ${frameworkCpuMs} ms of each are Django's own`,
        sources.capacity,
      ),
      maxRequests: item(
        maxRequests,
        `max(1000, ${utilisation} x ${shown} requests/s / ${plural(workers, 'worker')} x ${recycleSeconds} s) = ${maxRequests}: recycling limits memory growth but costs boot CPU`,
        sources.maxRequests,
      ),
      maxRequestsJitter: item(
        Math.round(maxRequests / 2),
        `50 % of max_requests ${maxRequests}, so that workers are not recycled together`,
        sources.maxRequests,
      ),
    },
    scaling: {
      requestCountPerTarget: item(
        perTarget,
        `60 s x ${utilisation} x ${shown} requests/s = ${perTarget} requests per minute and task`,
        sources.autoscaling,
      ),
      cpuTargetPercent: item(
        cpuTarget,
        `max(1, floor(${cpuTargetMaximum} x ${share})) = ${cpuTarget} %: of the CPU that workers and slots can use`,
        sources.cpuTarget,
      ),
      scaleOutCooldownSeconds: item(
        60,
        '60 s: the load is measured once a minute, and a second step must see the effect of the first',
        sources.cooldown,
      ),
      scaleInCooldownSeconds: item(
        300,
        '300 s: a task that stops too early must be started again, which is slow',
        sources.cooldown,
      ),
    },
    alarms: {
      cpuPercent: item(
        cpuAlarm,
        `max(2, ceil(${cpuAlarmMaximum} x ${share})) = ${cpuAlarm} %, for 15 min: above the scaling target of ${cpuTarget} %, so the maximum is reached`,
        sources.alarms,
      ),
    },
  };
}
