import { describeLoad } from './figures.ts';
import { percentile } from './load.ts';
import type { Answer, Load } from './load.ts';
import { host } from './service.ts';
import type { Service } from './service.ts';
import type { Plan } from './system.ts';

/** What one task met. */
export interface Observed {
  readonly requests: readonly Answer[];
  /** One list for each node of the load balancer: each probes by itself. */
  readonly probes: readonly (readonly Answer[])[];
}

/** By the answers of each of `loadsOf`, in its order. */
export function observe([requests = [], ...probes]: readonly (readonly Answer[])[]): Observed {
  return { requests, probes };
}

/** The scaling target's rate, and the probes of a load balancer in three zones. */
export function loadsOf(plan: Plan, task: Service, target: string, seconds: number): readonly Load[] {
  const { healthCheckIntervalSeconds, healthCheckTimeoutSeconds } = plan.loadBalancer;
  const requests: Load = {
    url: task.url + target,
    requestsPerSecond: plan.scaling.requestCountPerTarget / 60,
    seconds,
    timeoutSeconds: 20,
    headers: { Host: host },
  };
  const probes = [0, 1, 2].map((zone) => ({
    url: `${task.url}/healthz`,
    requestsPerSecond: 1 / healthCheckIntervalSeconds,
    seconds,
    timeoutSeconds: healthCheckTimeoutSeconds,
    headers: { Host: '10.0.0.7' },
    delaySeconds: (zone * healthCheckIntervalSeconds) / 3,
  }));
  return [requests, ...probes];
}

export function isFailed(answer: Answer): boolean {
  return answer.status !== 200;
}

/** Those that were sent from `start` until `end`, wall clock in ms. */
export function between(answers: readonly Answer[], start: number, end: number): readonly Answer[] {
  return answers.filter(({ at }) => at >= start && at < end);
}

/** One line about an outage from `from` to `to`, wall clock in ms. */
export function describeOutage({ requests, probes }: Observed, from: number, to: number): string {
  const during = between(requests, from, to);
  const all = probes.flat();
  const lastFailed = requests.filter(isFailed).at(-1)?.at ?? to;
  return [
    `while it lasted ${describeLoad(during)}, slowest ${percentile(during, 1).toFixed(1)} s`,
    `${all.filter(isFailed).length} of ${all.length} probes failed`,
    `normal ${Math.max(0, (lastFailed - to) / 1000).toFixed(1)} s after`,
  ].join('; ');
}
