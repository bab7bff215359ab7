import { plural } from './item.ts';
import { threadsBounds } from '../facts/gunicorn.ts';

/** An average request, CPU time and waiting time in milliseconds, and the vCPU that serve it. */
export interface Load {
  /** The vCPU that the workers can use: `usableVcpu`. */
  readonly vcpu: number;
  readonly cpuMs: number;
  readonly waitMs: number;
}

/**
 * The vCPU of a task that its workers can use. One Python process runs on one core at a time, however many threads it
 * has: its global interpreter lock lets one thread run Python code at once (CPython documentation, glossary, "GIL").
 */
export function usableVcpu(vcpu: number, workers: number): number {
  return Math.min(vcpu, workers);
}

/** The load of a task with so many workers. */
export function loadOf(answers: Load, workers: number): Load {
  return { vcpu: usableVcpu(answers.vcpu, workers), cpuMs: answers.cpuMs, waitMs: answers.waitMs };
}

/** The usable vCPU as a reason writes it: with the workers only where they are what limits it. */
export function showUsableVcpu(vcpu: number, workers: number): string {
  return workers < vcpu ? `min(${vcpu} vCPU, ${plural(workers, 'worker')})` : `${vcpu} vCPU`;
}

/** Requests in flight that keep the vCPU busy: vCPU x (1 + wait / CPU). */
export function busySlots({ vcpu, cpuMs, waitMs }: Load): number {
  return (vcpu * (cpuMs + waitMs)) / cpuMs;
}

/** Threads a worker that keep the vCPU busy twice over, within gunicorn's sensible range. */
export function wantedThreads(load: Load, workers: number): number {
  return clampThreads((2 * busySlots(load)) / workers);
}

/** The knee: threads a worker below which the vCPU can no longer be used up. */
export function kneeThreads(load: Load, workers: number): number {
  return clampThreads(busySlots(load) / workers);
}

function clampThreads(threads: number): number {
  return Math.min(threadsBounds.maximum, Math.max(threadsBounds.minimum, Math.ceil(threads)));
}

/** Share of the ideal throughput that was measured under CPU quotas (decision 3). */
export const efficiency = 0.95;

/** CPU time of Django, gunicorn, the log line and the driver in every request, in milliseconds (decision 3). */
export const frameworkCpuMs = 3;

/** Requests a second that one task serves: 0.95 x min(vCPU / CPU time, slots / time of a request), with the framework's 3 ms. */
export function capacityRequestsPerSecond({ vcpu, cpuMs, waitMs }: Load, slots: number): number {
  const cpu = cpuMs + frameworkCpuMs;
  return efficiency * Math.min((1000 * vcpu) / cpu, (1000 * slots) / (cpu + waitMs));
}
