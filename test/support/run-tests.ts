// Run by scripts/test.mjs: the parts of the tests side by side, each in a process of its own, then one closing line.
import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { installTools } from './install-tools.ts';
import { filesOf, parts } from './parts.ts';
import type { Part } from './parts.ts';
import { cache, root } from './paths.ts';

interface TestResult {
  readonly title: string;
  readonly file?: string;
  readonly state: 'passed' | 'failed' | 'skipped';
  readonly durationMs: number;
  /** Of a failed one: the error, with its stack. */
  readonly message?: string;
}

/** Written by need.ts: the full title of a test or suite, and why it was skipped. */
interface SkipReason {
  readonly skipped: string;
  readonly reason: string;
}

interface PartResult {
  readonly part: Part;
  readonly seconds: number;
  /** Of all its processes, as far as each waited for those that it started. */
  readonly cpuSeconds: number;
  readonly output: string;
  readonly tests: readonly TestResult[];
  readonly reasons: readonly SkipReason[];
  /** What went wrong outside of any test, one failure each. */
  readonly faults: readonly string[];
}

const { values: flags } = parseArgs({
  options: {
    part: { type: 'string', multiple: true },
    /** The parts that need no tool and not long. */
    fast: { type: 'boolean', default: false },
    'forbid-skips': { type: 'boolean', default: process.env['FORBID_SKIPS'] === '1' },
  },
});

process.exitCode = await main();

async function main(): Promise<number> {
  const unknown = (flags.part ?? []).filter((name) => parts.every((part) => part.name !== name));
  if (unknown.length > 0) {
    process.stderr.write(`No part ${unknown.join(', ')}; there are ${parts.map((part) => part.name).join(', ')}.\n`);
    return 2;
  }
  const chosen = parts
    .filter((part) => flags.part === undefined || flags.part.includes(part.name))
    .filter(({ tools, isSlow }) => !flags.fast || !(tools !== 'none' || isSlow === true));
  return summarise(await runParts(chosen, toolsFor(chosen)));
}

/** Resolve when a part that needs them may start. */
type Tools = Readonly<Record<Part['tools'], Promise<unknown>>>;

function toolsFor(chosen: readonly Part[]): Tools {
  const none = Promise.resolve();
  if (chosen.every(({ tools }) => tools === 'none')) {
    return { none, most: none, all: none };
  }
  const started = performance.now();
  process.stdout.write('Installing the tools of the tests ...\n');
  let onMost = () => {};
  const thatFar = new Promise<void>((resolve) => {
    onMost = resolve;
  });
  const all = installTools(onMost).then(() => process.stdout.write(`Installed in ${seconds(started)} s\n`));
  const most = Promise.race([thatFar, all]);
  // They are waited for where a part needs them; until then a rejection has nobody to tell.
  most.catch(() => {});
  all.catch(() => {});
  return { none, most, all };
}

/** Those side by side first, then, one after another, those that run alone. */
async function runParts(chosen: readonly Part[], tools: Tools): Promise<readonly PartResult[]> {
  const temporary = mkdtempSync(path.join(ensureFolder(cache), 'tests-'));
  const printer = inOrder(chosen);
  try {
    // From the back: parts.ts names the short ones first. Those without tools run while the tools are installed.
    const beside = (['none', 'most', 'all'] as const).flatMap((which) =>
      chosen.filter((part) => part.lane !== 'alone' && part.tools === which).toReversed(),
    );
    const run = async (part: Part) => {
      await tools[part.tools];
      printer.done(await runPart(part, temporary));
    };
    const computing = beside.filter((part) => part.lane === 'computes');
    const waiting = beside.filter((part) => part.lane === 'waits');
    const lane = async (next: () => Part | undefined) => {
      for (let part = next(); part !== undefined; part = next()) {
        await run(part);
      }
    };
    const computes = Array.from({ length: Math.max(2, availableParallelism()) }, () =>
      lane(() => computing.shift() ?? waiting.shift()),
    );
    await Promise.all([...computes, lane(() => waiting.shift())]);
    for (const part of chosen.filter((candidate) => candidate.lane === 'alone')) {
      await run(part);
    }
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  return printer.results();
}

function ensureFolder(folder: string): string {
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Prints the output of each part when it and all before it are done. */
function inOrder(chosen: readonly Part[]) {
  const finished = new Map<Part, PartResult>();
  let next = 0;
  return {
    done(result: PartResult): void {
      finished.set(result.part, result);
      for (let part = chosen[next]; part !== undefined && finished.has(part); part = chosen[next]) {
        const { output, seconds: took, cpuSeconds, faults } = finished.get(part) as PartResult;
        process.stdout.write(`\n== ${part.name}: ${took} s, ${cpuSeconds} s of CPU\n${output}`);
        for (const fault of faults) {
          process.stdout.write(`  FAILED: ${fault}\n`);
        }
        next += 1;
      }
    },
    results: (): readonly PartResult[] => [...finished.values()],
  };
}

async function runPart(part: Part, temporary: string): Promise<PartResult> {
  const started = performance.now();
  const files = filesOf(part, testFiles());
  if (files.length === 0) {
    const faults = [`part ${part.name} has no test file`];
    return { part, seconds: 0, cpuSeconds: 0, output: '', tests: [], reasons: [], faults };
  }
  const resultsFile = path.join(temporary, `${part.name}.json`);
  const skipsFile = path.join(temporary, `${part.name}.skips`);
  const { code, output, cpuSeconds } = await mocha(files, {
    RESULTS_FILE: resultsFile,
    SKIP_REASONS: skipsFile,
    ...(flags.fast || part.tools === 'none' ? inMemory(temporary) : {}),
  });
  const tests = existsSync(resultsFile) ? (JSON.parse(readFileSync(resultsFile, 'utf8')) as TestResult[]) : [];
  const failed = tests.some((test) => test.state === 'failed');
  const withTests = new Set(tests.map((test) => test.file));
  const faults = [
    ...(code !== 0 && !failed ? [`mocha ended with ${code} without a failed test`] : []),
    ...(code === 0 ? files.filter((file) => !withTests.has(file)).map((file) => `${file} holds no test`) : []),
  ];
  const reasons = existsSync(skipsFile)
    ? readFileSync(skipsFile, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as SkipReason)
    : [];
  return { part, seconds: seconds(started), cpuSeconds, output, tests, reasons, faults };
}

function testFiles(): readonly string[] {
  return readdirSync(path.join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .map((file) => path.posix.join('test', file.split(path.sep).join('/')))
    .filter((file) => file.endsWith('.test.ts') && !file.startsWith('test/golden/'))
    .toSorted();
}

/**
 * A folder in memory for what the tests write, where there is room and programs may run from it: waiting for the disk is
 * half of the time of test/disk.
 */
function inMemory(temporary: string): Readonly<Record<string, string>> {
  const folder = '/dev/shm';
  if (!existsSync(folder)) return {};
  const { bavail, bsize } = statfsSync(folder);
  const probe = path.join(folder, path.basename(temporary));
  writeFileSync(probe, '#!/bin/sh\n', { mode: 0o755 });
  const { status } = spawnSync(probe);
  rmSync(probe);
  return status === 0 && bavail * bsize > 4 * 2 ** 30 ? { TMPDIR: folder } : {};
}

function mocha(
  files: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ code: number; output: string; cpuSeconds: number }> {
  const bin = createRequire(import.meta.url).resolve('mocha/bin/mocha.js');
  const reporter = path.join(root, 'test', 'support', 'reporter.cjs');
  // The shell tells in its last line, in minutes and seconds, what its children have used.
  const timed = ['-c', '"$@"; code=$?; times; exit $code', 'sh', process.execPath, bin, '--reporter', reporter];
  return new Promise((resolve, reject) => {
    const child = spawn('/bin/sh', [...timed, ...files], {
      cwd: root,
      env: { ...process.env, ...env, ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      const text = Buffer.concat(output).toString('utf8');
      const [, printed = text, times = ''] = /^([^]*?)\d+m[\d.]+s \d+m[\d.]+s\n(.*)\n$/.exec(text) ?? [];
      const used = [...times.matchAll(/(\d+)m([\d.]+)s/g)].map(
        ([, minutes, rest]) => 60 * Number(minutes) + Number(rest),
      );
      const cpuSeconds = Math.round(used.reduce((sum, some) => sum + some, 0));
      resolve({ code: code ?? 1, output: printed, cpuSeconds });
    });
  });
}

function seconds(started: number): number {
  return Math.round((performance.now() - started) / 100) / 10;
}

/** The closing list and line; returns the exit code. */
function summarise(results: readonly PartResult[]): number {
  const tests = results.flatMap((result) => result.tests);
  const skipped = tests.filter((test) => test.state === 'skipped');
  const reasons = results.flatMap((result) => result.reasons);
  if (skipped.length > 0) {
    process.stdout.write(`\nSkipped${flags['forbid-skips'] ? ', which is forbidden here' : ''}:\n`);
    for (const test of skipped) {
      const reason = reasons.find(({ skipped: title }) => title === test.title || test.title.startsWith(`${title} `));
      process.stdout.write(`  ${test.title}${reason === undefined ? '' : `: ${reason.reason}`}\n`);
    }
  }
  printFailures(results);
  const faults = results.reduce((sum, result) => sum + result.faults.length, 0);
  const forbidden = flags['forbid-skips'] ? skipped.length : 0;
  const passed = tests.filter((test) => test.state === 'passed').length;
  const failed = tests.filter((test) => test.state === 'failed').length + faults + forbidden;
  const left = skipped.length - forbidden;
  process.stdout.write(`\n${passed} passed, ${failed} failed${left > 0 ? `, ${left} skipped` : ''}\n`);
  return failed > 0 || passed === 0 ? 1 : 0;
}

/** All that failed once more, at the end: a run prints thousands of lines, and logs are cut. */
function printFailures(results: readonly PartResult[]): void {
  const failures = results.flatMap(({ part, tests, faults }) => [
    ...tests
      .filter(({ state }) => state === 'failed')
      .map(({ title, file, message = '' }) => `${file ?? part.name}: ${title}\n${indent(message)}`),
    ...faults.map((fault) => `${part.name}: ${fault}`),
  ]);
  if (failures.length > 0) {
    process.stdout.write(`\nFailed:\n${failures.map((failure) => `- ${failure}\n`).join('')}`);
  }
}

/** At most forty lines: an assertion on two long texts prints both. */
function indent(text: string): string {
  const lines = text.split('\n');
  const shown = lines.length > 40 ? [...lines.slice(0, 40), `... and ${lines.length - 40} lines more`] : lines;
  return shown.map((line) => `    ${line}`).join('\n');
}
