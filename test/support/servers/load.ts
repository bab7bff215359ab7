import { setTimeout as sleep } from 'node:timers/promises';
import { get } from './http.ts';

/** Requests at a constant rate, sent whether or not earlier ones were answered. Bounded in count by rate and time. */
export interface Load {
  readonly url: string;
  readonly requestsPerSecond: number;
  readonly seconds: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutSeconds?: number;
  /** Before the first request. */
  readonly delaySeconds?: number;
  /** Asked before each request: whether to end before the seconds are over. */
  readonly isOver?: () => boolean;
}

/** What became of one request. */
export interface Answer {
  /** When it was sent, in ms of the wall clock. */
  readonly at: number;
  readonly seconds: number;
  /** 0 when there was no answer. */
  readonly status: number;
  /** Why there was no answer, or the answer's text when it was not a success. */
  readonly note?: string;
}

/** Each request has a connection of its own, so that the client's side adds no race to those that are looked for. */
export async function send(load: Load): Promise<readonly Answer[]> {
  const { requestsPerSecond, seconds, delaySeconds = 0 } = load;
  await sleep(delaySeconds * 1000);
  const started = performance.now();
  const answers: Promise<Answer>[] = [];
  for (let i = 0; i < requestsPerSecond * seconds; i += 1) {
    const wait = started + (i / requestsPerSecond) * 1000 - performance.now();
    if (wait > 0) {
      await sleep(wait);
    }
    if (load.isOver?.() === true) {
      break;
    }
    answers.push(sendOne(load));
  }
  return Promise.all(answers);
}

/** Bursts of requests at the same moment, each after a pause. */
export async function sendBursts(load: {
  readonly url: string;
  readonly requests: number;
  readonly pausesSeconds: readonly number[];
  readonly headers?: Readonly<Record<string, string>>;
}): Promise<readonly Answer[]> {
  const burst = () => Promise.all(Array.from({ length: load.requests }, () => sendOne(load)));
  const answers = await burst();
  for (const pause of load.pausesSeconds) {
    await sleep(pause * 1000);
    answers.push(...(await burst()));
  }
  return answers;
}

async function sendOne(load: Pick<Load, 'url' | 'headers' | 'timeoutSeconds'>): Promise<Answer> {
  const { url, headers = {}, timeoutSeconds = 30 } = load;
  const at = Date.now();
  const started = performance.now();
  const took = () => (performance.now() - started) / 1000;
  try {
    const { status, body } = await get(url, { headers, timeoutSeconds });
    return { at, seconds: took(), status, ...(status === 200 ? {} : { note: body.slice(0, 200) }) };
  } catch (error) {
    return { at, seconds: took(), status: 0, note: String(error) };
  }
}

/** Those that were not answered with 200. */
export function failures(answers: readonly Answer[]): readonly Answer[] {
  return answers.filter((answer) => answer.status !== 200);
}

/** How many answers of each status, for a message: `200: 1197, 503: 3`. */
export function byStatus(answers: readonly Answer[]): string {
  const counts = new Map<string, number>();
  for (const { status, note } of answers) {
    const key = status === 0 ? (note ?? '') : String(status);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].map(([key, count]) => `${key}: ${count}`).join(', ');
}

/** The time within which this share of the requests was answered. */
export function percentile(answers: readonly Answer[], share: number): number {
  const sorted = answers.map((answer) => answer.seconds).toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** The longest run of answers, in the order they were sent, that `isFailed`. */
export function longestRun(answers: readonly Answer[], isFailed: (answer: Answer) => boolean): number {
  let longest = 0;
  let current = 0;
  for (const answer of answers) {
    current = isFailed(answer) ? current + 1 : 0;
    longest = Math.max(longest, current);
  }
  return longest;
}
