import { existsSync, readFileSync } from 'node:fs';
import type { Part } from './parts.ts';

export interface TestResult {
  readonly title: string;
  readonly file?: string;
  readonly state: 'passed' | 'failed' | 'skipped';
  readonly durationMs: number;
  /** Of a failed one: the error, with its stack. */
  readonly message?: string;
}

/** Written by need.ts: the full title of a test or suite, and why it was skipped. */
export interface SkipReason {
  readonly skipped: string;
  readonly reason: string;
}

export interface PartResult {
  readonly part: Part;
  readonly seconds: number;
  /** Of all its processes, as far as each waited for those that it started. */
  readonly cpuSeconds: number;
  /** What its tests printed themselves. */
  readonly output: string;
  readonly tests: readonly TestResult[];
  readonly reasons: readonly SkipReason[];
  /** What went wrong outside of any test, one failure each. */
  readonly faults: readonly string[];
}

/** What reporter.cjs has written so far; `isWhole` once mocha has come to its end. */
export function readResults(file: string): { readonly tests: readonly TestResult[]; readonly isWhole: boolean } {
  const lines = readJsonLines<TestResult | { readonly isEnd: true }>(file);
  return {
    tests: lines.filter((line): line is TestResult => 'state' in line),
    isWhole: lines.some((line) => 'isEnd' in line),
  };
}

/** Every whole line of a file, which need not exist; the last one may be half written. */
export function readJsonLines<T>(file: string): readonly T[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as T);
}

/** How many tests of a state there are. */
export function count(tests: readonly TestResult[], state: TestResult['state']): number {
  return tests.filter((test) => test.state === state).length;
}
