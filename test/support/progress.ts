import { stripVTControlCharacters } from 'node:util';
import type { Part } from './parts.ts';
import { count, type PartResult, type TestResult } from './results.ts';

/** A line is printed at least this often, so that a run that goes on can be told from one that hangs. */
const heartbeatMs = 60_000;

interface Running {
  readonly startedMs: number;
  /** What has ended so far. */
  readonly tests: () => readonly TestResult[];
}

/** Says on stdout what runs, what ended, and how long it took, as it happens. */
export class Progress {
  readonly #startedMs = performance.now();
  readonly #running = new Map<Part, Running>();
  readonly #total: number;
  #ended = 0;
  #heartbeat: NodeJS.Timeout | undefined;

  /** @param total how many parts will run */
  constructor(total: number) {
    this.#total = total;
  }

  say(text: string): void {
    const minutes = Math.floor((performance.now() - this.#startedMs) / 60_000);
    const seconds = Math.floor(((performance.now() - this.#startedMs) % 60_000) / 1000);
    process.stdout.write(`[${minutes}:${String(seconds).padStart(2, '0')}] ${text}\n`);
    clearTimeout(this.#heartbeat);
    // It must not keep a run alive that is over.
    this.#heartbeat = setTimeout(() => this.say(this.#stillRunning()), heartbeatMs).unref();
  }

  started(part: Part, files: number, tests: () => readonly TestResult[]): void {
    this.#running.set(part, { startedMs: performance.now(), tests });
    this.say(`${part.name}: started, ${files} files`);
  }

  ended(result: PartResult): void {
    const { part, seconds, cpuSeconds, tests, faults, output } = result;
    this.#running.delete(part);
    this.#ended += 1;
    const failed = count(tests, 'failed') + faults.length;
    const skipped = count(tests, 'skipped');
    const counts = `${count(tests, 'passed')} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
    this.say(
      `${part.name}: ${counts} in ${seconds} s, ${cpuSeconds} s of CPU (${this.#ended} of ${this.#total} parts)`,
    );
    const failures = tests.filter(({ state }) => state === 'failed').map(({ title }) => title);
    for (const failure of [...failures, ...faults]) {
      process.stdout.write(`  FAILED: ${failure}\n`);
    }
    const printed = plain(output).trim();
    if (printed !== '') process.stdout.write(`${printed.replaceAll(/^/gm, '  ')}\n`);
  }

  stop(): void {
    clearTimeout(this.#heartbeat);
  }

  #stillRunning(): string {
    const each = [...this.#running].map(([part, { startedMs, tests }]) => {
      const seconds = Math.round((performance.now() - startedMs) / 1000);
      return `${part.name} (${tests().length} tests ended, ${seconds} s)`;
    });
    return each.length === 0 ? 'waiting for the tools' : `still running: ${each.join(', ')}`;
  }
}

/** Without colours and cursor movements, unless a terminal shows them. */
export function plain(text: string): string {
  return process.stdout.isTTY ? text : stripVTControlCharacters(text);
}
