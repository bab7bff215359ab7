import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

/** One way to start gunicorn. */
export interface Contender {
  readonly name: string;
  /** After the emitted command; absent: as it is, with the emitted gunicorn.conf.py. */
  readonly args?: readonly string[];
}

/** Instead of the emitted gunicorn.conf.py, which gunicorn would find by itself: its own defaults. */
const defaults = ['-c', fileURLToPath(new URL('python/defaults.conf.py', import.meta.url))];
const cores = availableParallelism();

export const plan: Contender = { name: 'this plan' };

export const others: readonly Contender[] = [
  { name: '1 sync (gunicorn alone)', args: defaults },
  { name: '--workers 2 --threads 5', args: [...defaults, '--workers', '2', '--threads', '5'] },
  { name: '3 workers x 4 threads', args: [...defaults, '--workers', '3', '--threads', '4'] },
  {
    name: `2 x ${cores} cores + 1 = ${2 * cores + 1} sync`,
    args: [...defaults, '--workers', String(2 * cores + 1)],
  },
];

/** An average request, in ms. */
export interface Workload {
  readonly cpuMs: number;
  readonly waitMs: number;
}

export const nameOf = ({ cpuMs, waitMs }: Workload): string => `${cpuMs} ms CPU + ${waitMs} ms wait`;
