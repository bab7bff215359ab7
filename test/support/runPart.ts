import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { filesOf } from './parts.ts';
import type { Part } from './parts.ts';
import { root } from './paths.ts';
import type { Progress } from './progress.ts';
import { readJsonLines, readResults, type PartResult, type SkipReason } from './results.ts';

interface Options {
  /** A folder for what the processes tell each other. */
  readonly temporary: string;
  readonly progress: Progress;
  /** Prefer memory to the disk for what the tests write. */
  readonly isInMemory: boolean;
  /** Print each test as it ends, as mocha does. */
  readonly isVerbose: boolean;
}

/** Runs one part in a process of its own, to its end. */
export async function runPart(part: Part, options: Options): Promise<PartResult> {
  const { temporary, progress } = options;
  const startedMs = performance.now();
  const files = filesOf(part, testFiles());
  const resultsFile = path.join(temporary, `${part.name}.results`);
  const skipsFile = path.join(temporary, `${part.name}.skips`);
  progress.started(part, files.length, () => readResults(resultsFile).tests);
  const end = (result: Omit<PartResult, 'part' | 'seconds'>): PartResult => {
    const whole = { part, seconds: Math.round((performance.now() - startedMs) / 100) / 10, ...result };
    progress.ended(whole);
    return whole;
  };
  if (files.length === 0) {
    return end({ cpuSeconds: 0, output: '', tests: [], reasons: [], faults: [`part ${part.name} has no test file`] });
  }
  const { code, output, cpuSeconds } = await mocha(files, {
    RESULTS_FILE: resultsFile,
    SKIP_REASONS: skipsFile,
    ...(options.isVerbose ? { VERBOSE_TESTS: '1' } : {}),
    ...(options.isInMemory ? inMemory(temporary) : {}),
  });
  const { tests, isWhole } = readResults(resultsFile);
  const hasFailed = tests.some((test) => test.state === 'failed');
  const withTests = new Set(tests.map((test) => test.file));
  const faults = [
    ...(code !== 0 && !hasFailed ? [`mocha ended with ${code} without a failed test`] : []),
    ...(code === 0 && !isWhole ? ['mocha ended before its last test'] : []),
    ...(code === 0 && isWhole
      ? files.filter((file) => !withTests.has(file)).map((file) => `${file} holds no test`)
      : []),
  ];
  return end({ cpuSeconds, output, tests, reasons: readJsonLines<SkipReason>(skipsFile), faults });
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
  const color = process.stdout.isTTY ? '--color' : '--no-color';
  // The shell tells in its last line, in minutes and seconds, what its children have used.
  const timed = ['-c', '"$@"; code=$?; times; exit $code', 'sh', process.execPath, bin, color, '--reporter', reporter];
  return new Promise((resolve, reject) => {
    const child = spawn('/bin/sh', [...timed, ...files], {
      cwd: root,
      // Some tools colour what they print wherever CI is set.
      env: { ...process.env, ...env, ...(process.stdout.isTTY ? {} : { NO_COLOR: '1' }) },
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
