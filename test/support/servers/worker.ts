import type { Context } from 'mocha';
import { need, needPython } from '../need.ts';
import { emitRepository } from '../emit.ts';
import { runOk, killGroup } from '../run.ts';
import { venvFor } from '../venvs.ts';
import { serverFolder } from './folder.ts';
import { Postgres } from './postgres.ts';
import { Server } from './process.ts';
import { Redis } from './redis.ts';
import { containerOf, taskEnvironment } from './service.ts';
import { Sqs } from './sqs.ts';
import { planOf, type Plan } from './system.ts';
import path from 'node:path';

export type Broker = 'redis' | 'sqs';

/** One line of a worker's log. */
export type Line = Readonly<Record<string, unknown>>;

/** A Celery worker: started by the command of the emitted task definition. */
export class Worker {
  readonly server: Server;

  constructor(server: Server) {
    this.server = server;
  }

  /** What it logged so far; a line that is no JSON is a fault. */
  get lines(): readonly Line[] {
    return this.server.output
      .split('\n')
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
      .map((line) => JSON.parse(line) as Line);
  }

  /** As ECS does when a stop took too long, or a host is gone: the main process and its children at once. */
  async kill(): Promise<void> {
    killGroup(this.server.pid, 'SIGKILL');
    await this.server.ended();
  }

  /** As ECS does: SIGTERM, and its process group is gone afterwards. */
  async stop(seconds: number): Promise<number | null> {
    const { code } = await this.server.stop('SIGTERM', seconds);
    return code;
  }
}

/** A repository with a worker, its database and its broker, all real; SQS is moto. */
export class WorkerSystem {
  readonly broker: Broker;
  readonly repository: string;
  readonly postgres: Postgres;
  readonly queue: Redis | Sqs;
  readonly #python: string;
  readonly #workers: Worker[] = [];
  readonly #visibilityTimeoutSeconds: number;

  private constructor(fields: {
    broker: Broker;
    repository: string;
    python: string;
    postgres: Postgres;
    queue: Redis | Sqs;
    visibilityTimeoutSeconds: number;
  }) {
    this.broker = fields.broker;
    this.repository = fields.repository;
    this.postgres = fields.postgres;
    this.queue = fields.queue;
    this.#python = fields.python;
    this.#visibilityTimeoutSeconds = fields.visibilityTimeoutSeconds;
  }

  /**
   * Skips the suite, by name, where a server cannot be had.
   *
   * @param flags more answers for the repository
   * @param visibilityTimeoutSeconds in place of the planned one, after which the message of a killed worker comes back
   */
  static async need(
    context: Context,
    broker: Broker,
    visibilityTimeoutSeconds: number,
    flags: readonly string[] = [],
  ): Promise<WorkerSystem> {
    const openssl = need(context, 'openssl');
    const programs = { postgres: need(context, 'postgres'), openssl };
    const server = need(context, broker === 'redis' ? 'redis-server' : 'moto');
    const interpreter = await needPython(context, '3.11');
    const folder = path.join(serverFolder('worker'), 'shop');
    const repository = await emitRepository(folder, ['--broker', broker, '--beat', ...flags]);
    const python = await venvFor(repository, interpreter);
    const [postgres, queue] = await Promise.all([
      Postgres.create({ ...programs, maxConnections: planOf(repository).database.maxConnections }),
      broker === 'redis'
        ? Redis.start({ redis: server, openssl })
        : Sqs.start(server, 'shop-celery', visibilityTimeoutSeconds),
    ]);
    const system = new WorkerSystem({ broker, repository, python, postgres, queue, visibilityTimeoutSeconds });
    await system.#run('migrate', ['manage.py', 'migrate', '--noinput']);
    return system;
  }

  /** Ends every worker that a test left, at once. */
  async killWorkers(): Promise<void> {
    await Promise.all(
      this.#workers
        .splice(0)
        .filter(({ server }) => server.isRunning)
        .map((worker) => worker.kill()),
    );
  }

  /** Starts a worker and waits until it takes tasks. */
  async start(environment: Readonly<Record<string, string>> = {}): Promise<Worker> {
    const [program = '', ...args] = this.#commandOf('worker');
    const env = this.#environmentOf('worker', environment);
    const server = new Server(`a worker on ${this.broker}`, [this.#python, '-m', program, ...args], {
      cwd: this.repository,
      env,
    });
    const worker = new Worker(server);
    this.#workers.push(worker);
    await server.printed(/ready\./u, 60);
    return worker;
  }

  /** Beat, by the command of its task definition. */
  beat(environment: Readonly<Record<string, string>> = {}): Server {
    const [program = '', ...args] = this.#commandOf('beat');
    const env = this.#environmentOf('beat', environment);
    return new Server('beat', [this.#python, '-m', program, ...args], { cwd: this.repository, env });
  }

  /** Sends tasks as the web task does: `work`, how many, and the arguments of each. */
  async send(...tasks: readonly (readonly [name: string, count: number, args: readonly unknown[]])[]): Promise<void> {
    const words = tasks.flatMap(([name, count, args]) => [name, String(count), JSON.stringify(args)]);
    await this.#run('web', ['-m', 'workertest.send', ...words]);
  }

  /** How often each key's effect is there, by the number of times. */
  async effects(): Promise<Readonly<Record<string, number>>> {
    const rows = await this.postgres.sql(
      'SELECT times, count(*) FROM (SELECT count(*) AS times FROM workertest_effect GROUP BY key) AS keys GROUP BY times',
    );
    return Object.fromEntries(rows.map((row) => row.split('|')).map(([times = '', keys]) => [times, Number(keys)]));
  }

  /** Forgets effects and marks. */
  async clear(): Promise<void> {
    await this.postgres.sql('TRUNCATE workertest_effect, background_done');
  }

  /** The worker's numbers of deploy/sizing.json. */
  get planned(): NonNullable<Plan['celery']> {
    const { celery } = planOf(this.repository);
    if (celery === undefined) {
      throw new Error('the plan has no Celery worker');
    }
    return celery;
  }

  #commandOf(task: 'worker' | 'beat'): readonly string[] {
    return containerOf(this.repository, task).command ?? [];
  }

  #environmentOf(task: string, changes: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
    return taskEnvironment(this.repository, task, this.postgres, {
      DJANGO_SETTINGS_MODULE: 'workertest.settings',
      TEST_VISIBILITY: String(this.#visibilityTimeoutSeconds),
      HOME: this.repository,
      ...this.queue.environment,
      ...changes,
    });
  }

  async #run(task: string, args: readonly string[]): Promise<void> {
    await runOk(this.#python, args, { cwd: this.repository, env: this.#environmentOf(task, {}) });
  }
}
