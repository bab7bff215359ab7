import type { Point } from './metricMath.ts';

/** What a scaling policy is told, and how it acts. */
export interface Policy {
  /** The metric that is tracked; undefined where there is no data point. */
  readonly metric: (point: Point) => number | undefined;
  readonly target: number;
  readonly scaleOutCooldownSeconds: number;
  readonly scaleInCooldownSeconds: number;
  readonly minTasks: number;
  readonly maxTasks: number;
  /** Starts the first worker. */
  readonly fromZero?: FromZero;
}

/** An alarm and the step that it takes. */
export interface FromZero {
  /** The alarm is on where this is 1 or more in each of the newest data points, so many of them. */
  readonly needed: (point: Point) => number | undefined;
  readonly dataPoints: number;
  /** The new count of workers. `ExactCapacity`: the adjustment itself; `ChangeInCapacity`: so many more. */
  readonly adjustmentType: 'ExactCapacity' | 'ChangeInCapacity';
  readonly adjustment: number;
  readonly cooldownSeconds: number;
}

export interface Fleet {
  readonly policy: Policy;
  /** Tasks that a worker runs at once. */
  readonly concurrency: number;
  readonly taskSeconds: number;
  /** Tasks that are sent in this second. */
  readonly arrivals: (second: number) => number;
  readonly minutes: number;
  readonly firstTasks: number;
}

/** How it stood at the end of each minute. */
export interface Minute {
  /** Workers that are wanted. */
  readonly desired: number;
  readonly running: number;
  readonly waiting: number;
  /** The longest that a task which started in this minute had waited, in seconds. */
  readonly waitedSeconds: number;
}

/** From the decision to the first task that a new worker takes, in seconds: image, start, Django. */
export const startSeconds = 90;
/** A minute's data points are there a minute after it has ended. */
const lateMinutes = 1;
/** Those of Container Insights, which counts the workers that are wanted, come later by so much. */
const insightsLateMinutes = 1;
const highMinutes = 3;
const lowMinutes = 15;
const lowShare = 0.9;

/**
 * A queue, the workers that empty it, and target tracking as AWS describes it: an alarm above the target for 3 minutes,
 * another one below 90 % of it for 15; the new count is the count times metric / target, rounded up; in the cooldown of a
 * scale-out only a larger one counts, from the count before it (Application Auto Scaling user guide, target tracking and
 * step scaling).
 * Nothing is random.
 */
export function simulateFleet({ policy, concurrency, taskSeconds, arrivals, minutes, firstTasks }: Fleet) {
  const points: Point[] = [];
  const history: Minute[] = [];
  /** When each worker begins to work, oldest first. */
  const workers = Array.from({ length: firstTasks }, () => 0);
  /** When each waiting task was sent. */
  const queue: number[] = [];
  /** How many tasks end in a second. */
  const ends = new Map<number, number>();
  const scaling = createScaling(policy);
  let [sent, head, busy] = [0, 0, 0];
  for (let minute = 0; minute < minutes; minute += 1) {
    let waitedSeconds = 0;
    for (let second = 60 * minute; second < 60 * (minute + 1); second += 1) {
      busy -= ends.get(second) ?? 0;
      ends.delete(second);
      // What does not make a whole task comes with the next one.
      for (sent += arrivals(second); sent >= 1 - 1e-9; sent -= 1) {
        queue.push(second);
      }
      const working = workers.filter((from) => from <= second).length;
      for (; busy < working * concurrency && head < queue.length; head += 1, busy += 1) {
        waitedSeconds = Math.max(waitedSeconds, second - (queue[head] ?? second));
        ends.set(second + taskSeconds, (ends.get(second + taskSeconds) ?? 0) + 1);
      }
    }
    const now = 60 * (minute + 1);
    const running = workers.filter((from) => from <= now).length;
    const waiting = queue.length - head;
    // What a stopping worker still has counts with SQS, and it still reports it with Valkey.
    points.push({ waiting, depth: waiting, flying: busy, busy, running, wanted: workers.length });
    const measured = points.slice(0, points.length - lateMinutes);
    const seen = measured.map((point, index) =>
      index < measured.length - insightsLateMinutes ? point : { ...point, wanted: undefined },
    );
    const desired = scaling(now, workers.length, seen);
    while (workers.length < desired) {
      workers.push(now + startSeconds);
    }
    workers.length = desired;
    history.push({ desired, running, waiting, waitedSeconds });
  }
  return history;
}

/** The count of workers that target tracking wants, by the data points that are there. */
function createScaling(policy: Policy): (now: number, desired: number, points: readonly Point[]) => number {
  let out = { at: Number.NEGATIVE_INFINITY, before: 0 };
  let stepped = { at: Number.NEGATIVE_INFINITY, before: 0 };
  let inAt = Number.NEGATIVE_INFINITY;
  return (now, desired, points) => {
    const latest = points.at(-1);
    const areAll = (count: number, metric: Policy['metric'], holds: (value: number) => boolean): boolean => {
      const values = points.slice(-count).map(metric);
      return values.length === count && values.every((value) => value !== undefined && holds(value));
    };
    const { fromZero } = policy;
    if (fromZero !== undefined && areAll(fromZero.dataPoints, fromZero.needed, (value) => value >= 1)) {
      const { adjustmentType, adjustment, cooldownSeconds } = fromZero;
      const isCooling = now - stepped.at < cooldownSeconds;
      const before = isCooling ? stepped.before : desired;
      const wanted = adjustmentType === 'ExactCapacity' ? adjustment : before + adjustment;
      // In the cooldown only a larger count is taken.
      if (!isCooling || wanted > desired) {
        stepped = { at: now, before };
        return Math.min(policy.maxTasks, wanted);
      }
      return desired;
    }
    const isAll = (count: number, holds: (value: number) => boolean): boolean => areAll(count, policy.metric, holds);
    const share = latest === undefined ? undefined : (policy.metric(latest) ?? 0) / policy.target;
    if (share === undefined) {
      return desired;
    }
    if (isAll(highMinutes, (value) => value > policy.target)) {
      const isCooling = now - out.at < policy.scaleOutCooldownSeconds;
      const before = isCooling ? out.before : desired;
      const wanted = Math.min(policy.maxTasks, Math.ceil(before * share - 1e-9));
      if (wanted > desired) {
        out = { at: now, before };
        return wanted;
      }
    } else if (
      isAll(lowMinutes, (value) => value < lowShare * policy.target) &&
      now - inAt >= policy.scaleInCooldownSeconds
    ) {
      const wanted = Math.max(policy.minTasks, Math.ceil(desired * share - 1e-9));
      if (wanted < desired) {
        inAt = now;
        return wanted;
      }
    }
    return desired;
  };
}
