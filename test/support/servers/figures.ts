import { byStatus, percentile } from './load.ts';
import type { Answer } from './load.ts';

/** Prints what a test measured, under its suite in the report: an assertion only tells that it was within bounds. */
export function printFigures(text: string): void {
  process.stdout.write(`      ${text}\n`);
}

/** One line about a load: `1200 requests, 200: 1200; p50 58 ms, p99 91 ms`. */
export function describeLoad(answers: readonly Answer[]): string {
  const ms = (share: number) => Math.round(percentile(answers, share) * 1000);
  return `${answers.length} requests, ${byStatus(answers)}; p50 ${ms(0.5)} ms, p99 ${ms(0.99)} ms`;
}
