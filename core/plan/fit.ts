import { threadsBounds } from '../facts/gunicorn.ts';
import { plannedConnections, tasksThatFit } from './connections.ts';

/** The ceiling of the autoscaling when none was asked for. */
const defaultMaxTasks = 10;

/** The ceiling that was asked for, else the usual one; what the connections allow may be less. */
export function wantedMaxTasks({ minTasks, maxTasks }: Pick<FitInput, 'minTasks' | 'maxTasks'>): number {
  return maxTasks ?? Math.max(defaultMaxTasks, minTasks);
}

export interface FitInput {
  readonly workers: number;
  readonly wantedThreads: number;
  readonly kneeThreads: number;
  readonly minTasks: number;
  /** Only when the user asked for it: then it is kept or refused, never lowered. */
  readonly maxTasks?: number | undefined;
  readonly maxConnections: number;
  readonly reservedConnections: number;
}

export interface Fit {
  readonly threads: number;
  readonly maxTasks: number;
}

/**
 * Threads and ceiling that the database holds. In this order: fewer threads, down to the knee; a lower ceiling, down
 * to `minTasks`; two threads, only to save `minTasks`. Undefined when nothing fits.
 */
export function fit(input: FitInput): Fit | undefined {
  const { workers, minTasks, maxConnections, reservedConnections } = input;
  const ceiling = wantedMaxTasks(input);
  const holds = (threads: number, tasks: number): boolean =>
    plannedConnections(workers * threads, tasks, reservedConnections) <= maxConnections;

  for (let threads = input.wantedThreads; threads >= input.kneeThreads; threads -= 1) {
    if (holds(threads, ceiling)) {
      return { threads, maxTasks: ceiling };
    }
  }
  if (input.maxTasks !== undefined && input.maxTasks > minTasks) {
    return undefined;
  }
  for (let threads = input.kneeThreads; threads >= threadsBounds.minimum; threads -= 1) {
    if (holds(threads, minTasks)) {
      const most = tasksThatFit(workers * threads, maxConnections, reservedConnections);
      return { threads, maxTasks: Math.min(ceiling, most) };
    }
  }
  return undefined;
}
