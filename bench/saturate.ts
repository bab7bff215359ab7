import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { get } from '../test/support/servers/http.ts';
import { host } from '../test/support/servers/service.ts';

/** Each client sends its next request when the last one was answered, on a connection that is kept. */
export interface Saturation {
  /** Of 127.0.0.1. */
  readonly url: string;
  readonly clients: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
  /** After so long an unanswered request counts as failed. */
  readonly timeoutSeconds: number;
  /** Called at both ends of the measured time. */
  readonly atEdge: (edge: 'start' | 'end') => void | Promise<void>;
}

export interface Saturated {
  /** How long was measured. */
  readonly seconds: number;
  /** How long each request took that was answered with 200 in that time, in ms. */
  readonly latenciesMs: readonly number[];
  /** What went wrong in that time, and how often. */
  readonly failures: ReadonlyMap<string, number>;
}

/** Resolves when the last request, too, was answered. */
export async function saturate(options: Saturation): Promise<Saturated> {
  const { url, clients, warmUpSeconds, seconds, timeoutSeconds, atEdge } = options;
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const latenciesMs: number[] = [];
  const failures = new Map<string, number>();
  let state: 'warm-up' | 'measuring' | 'done' = 'warm-up';
  const client = async () => {
    while (state !== 'done') {
      const started = performance.now();
      const response = await get(url, { headers: { Host: host }, timeoutSeconds, agent }).catch(
        (error: NodeJS.ErrnoException) => error.code ?? error.message,
      );
      const failure = typeof response === 'string' ? response : response.status === 200 ? undefined : response.status;
      if (state === 'measuring' && failure === undefined) {
        latenciesMs.push(performance.now() - started);
      } else if (state === 'measuring') {
        failures.set(String(failure), (failures.get(String(failure)) ?? 0) + 1);
      }
      if (failure !== undefined) {
        // Whoever refuses at once is not asked as fast as it refuses.
        await sleep(100);
      }
    }
  };
  const all = Promise.all(Array.from({ length: clients }, client));
  try {
    await sleep(warmUpSeconds * 1000);
    await atEdge('start');
    const started = performance.now();
    state = 'measuring';
    await sleep(seconds * 1000);
    state = 'done';
    const measured = (performance.now() - started) / 1000;
    await atEdge('end');
    await all;
    return { seconds: measured, latenciesMs, failures };
  } finally {
    state = 'done';
    await all;
    agent.destroy();
  }
}

/** The value that this share of the numbers does not exceed. */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
