import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { get } from '../test/support/servers/http.ts';
import { freePort } from '../test/support/servers/ports.ts';
import type { Postgres } from '../test/support/servers/postgres.ts';
import { childrenOf } from '../test/support/servers/process.ts';
import { Service, taskEnvironment } from '../test/support/servers/service.ts';
import { Quota } from './quota.ts';

const python = fileURLToPath(new URL('python', import.meta.url));
/** What was not booted by then is measured as it is. */
const bootLimitSeconds = 90;

export interface TaskOptions {
  readonly name: string;
  readonly repository: string;
  readonly python: string;
  readonly database: Postgres;
  readonly args: readonly string[];
  readonly vcpu: number;
  readonly memoryMiB: number;
}

/** From the start of gunicorn, in seconds; the CPU time of all its processes. */
export interface Boot {
  readonly firstAnswerSeconds: number;
  readonly firstAnswerCpuSeconds: number;
  /** Until nothing is left to load in any worker. */
  readonly settledSeconds: number;
  readonly settledCpuSeconds: number;
}

export interface Memory {
  /** Pages that processes share are counted once: what a container's limit counts. */
  readonly pssMiB: number;
  /** Pages that processes share are counted in each. */
  readonly rssMiB: number;
}

/** One gunicorn with all its workers, under the quota of a task. */
export class Task {
  readonly service: Service;
  readonly quota: Quota;
  readonly boot: Boot;
  readonly #name: string;
  readonly #database: Postgres;

  private constructor(options: TaskOptions, service: Service, quota: Quota, boot: Boot) {
    this.#name = options.name;
    this.#database = options.database;
    this.service = service;
    this.quota = quota;
    this.boot = boot;
  }

  static async start(options: TaskOptions): Promise<Task> {
    const { name, repository, database, args, vcpu, memoryMiB } = options;
    const environment = taskEnvironment(repository, 'web', database, {
      DJANGO_SETTINGS_MODULE: 'capacitybench.settings',
      PYTHONPATH: python,
      BENCH_NAME: name,
    });
    const quota = new Quota(name, vcpu, memoryMiB);
    const port = await freePort();
    const started = performance.now();
    const seconds = () => (performance.now() - started) / 1000;
    const { prefix } = quota;
    const service = new Service(port, { repository, python: options.python, environment, args, prefix });
    await firstAnswer(service);
    const first = { firstAnswerSeconds: seconds(), firstAnswerCpuSeconds: quota.usage().cpuSeconds };
    const settled = await settle(quota, vcpu, seconds);
    return new Task(options, service, quota, { ...first, ...settled });
  }

  memory(): Memory {
    const pids = [this.service.server.pid, ...childrenOf(this.service.server.pid)];
    const rollups = pids.map((pid) => readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'));
    const sumMiB = (field: string) =>
      rollups
        .map((rollup) => Number(new RegExp(`^${field}: +(\\d+) kB$`, 'mu').exec(rollup)?.[1]))
        .reduce((sum, kib) => sum + kib / 1024, 0);
    return { pssMiB: sumMiB('Pss'), rssMiB: sumMiB('Rss') };
  }

  async connections(): Promise<number> {
    const [count] = await this.#database.sql(
      `SELECT count(*) FROM pg_stat_activity WHERE application_name = '${this.#name}'`,
    );
    return Number(count);
  }

  /** At once: no request is under way. */
  async end(): Promise<void> {
    this.service.server.kill();
    await this.service.server.ended();
    this.quota.remove();
  }
}

/** Asked once it listens: one that loads Django after that leaves the request waiting. */
async function firstAnswer(service: Service): Promise<void> {
  const deadline = performance.now() + bootLimitSeconds * 1000;
  for (;;) {
    service.assertRunning();
    const response = await get(`${service.url}/healthz`, { timeoutSeconds: bootLimitSeconds }).catch(() => undefined);
    if (response?.status === 200) {
      return;
    }
    if (performance.now() > deadline) {
      throw new Error(`no answer within ${bootLimitSeconds} s of the start:\n${service.server.output}`);
    }
    await sleep(20);
  }
}

/** Waits until the processes use next to nothing of the quota for half a second. */
async function settle(quota: Quota, vcpu: number, seconds: () => number) {
  let before = quota.usage().cpuSeconds;
  for (;;) {
    const settledSeconds = seconds();
    await sleep(500);
    const now = quota.usage().cpuSeconds;
    if (now - before < 0.05 * vcpu * 0.5 || seconds() > bootLimitSeconds) {
      return { settledSeconds, settledCpuSeconds: before };
    }
    before = now;
  }
}
