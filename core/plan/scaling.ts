import { item } from './item.ts';
import { capacityRequestsPerSecond, efficiency, frameworkCpuMs, type Load } from './load.ts';
import { sources } from './sources.ts';
import type { Plan } from './types.ts';

/** Share of a task's capacity at which another task is started. */
export const utilisation = 0.7;
/** A worker is recycled about this often at the scaling target, in seconds. */
const recycleSeconds = 1800;
const cpuTargetMaximum = 65;

type Scaling = {
  readonly gunicorn: Pick<Plan['gunicorn'], 'capacityRequestsPerSecond' | 'maxRequests' | 'maxRequestsJitter'>;
  readonly scaling: Plan['scaling'];
};

/** Capacity of one task, when its workers are recycled, and the targets of the autoscaling. */
export function scale(load: Load, workers: number, slots: number): Scaling {
  const { vcpu, cpuMs, waitMs } = load;
  const cpu = cpuMs + frameworkCpuMs;
  const capacity = capacityRequestsPerSecond(load, slots);
  const shown = Number(capacity.toPrecision(6));
  const maxRequests = Math.max(1000, Math.round(((utilisation * capacity) / workers) * recycleSeconds));
  // Fractions such as 60000 / 7 come out a hair below the whole number that they stand for.
  const perTarget = Math.max(1, Math.floor(Number((60 * utilisation * capacity).toFixed(6))));
  const usedShare = Math.min(1, (slots * cpuMs) / ((cpuMs + waitMs) * vcpu));
  const cpuTarget = Math.max(1, Math.min(cpuTargetMaximum, Math.floor(cpuTargetMaximum * usedShare)));
  return {
    gunicorn: {
      capacityRequestsPerSecond: item(
        shown,
        `${efficiency} x min(${vcpu} vCPU / ${cpu} ms CPU, ${slots} slots / ${cpu + waitMs} ms) = ${shown} requests/s a task; ${frameworkCpuMs} ms of either are Django's own`,
        sources.capacity,
      ),
      maxRequests: item(
        maxRequests,
        `max(1000, ${utilisation} x ${shown} requests/s / ${workers} workers x ${recycleSeconds} s) = ${maxRequests}: recycling bounds memory growth but costs boot CPU`,
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
        `60 s x ${utilisation} x ${shown} requests/s = ${perTarget} requests a minute and task`,
        sources.autoscaling,
      ),
      cpuTargetPercent: item(
        cpuTarget,
        `max(1, min(65, 65 x ${Number(usedShare.toPrecision(4))} of the vCPU that ${slots} slots can use)) = ${cpuTarget} %`,
        sources.cpuTarget,
      ),
      scaleOutCooldownSeconds: item(
        60,
        '60 s: the load is counted once a minute, and a second step must see what the first has changed',
        sources.cooldown,
      ),
      scaleInCooldownSeconds: item(
        300,
        '300 s: a task that goes too early has to be started again, and starting is slow',
        sources.cooldown,
      ),
    },
  };
}
