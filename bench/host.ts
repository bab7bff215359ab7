import { readFileSync } from 'node:fs';

/** Ticks of a hundredth of a second, whatever the kernel's own: /proc/stat is for people and programs of all kernels. */
const ticksPerSecond = 100;

/** CPU time of all cores since the machine started, in seconds, in which nothing ran, or another guest of its host. */
export interface HostCpu {
  readonly idleSeconds: number;
  readonly stolenSeconds: number;
}

export function hostCpu(): HostCpu {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
  const [, , , , idle = 0, iowait = 0, , , steal = 0] = line.split(/\s+/u).map(Number);
  return { idleSeconds: (idle + iowait) / ticksPerSecond, stolenSeconds: steal / ticksPerSecond };
}
