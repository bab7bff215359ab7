import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Context } from 'mocha';
import { emittedCases, repositoryOf } from '../emit.ts';
import { need, needPython } from '../need.ts';
import { venvFor } from '../venvs.ts';
import { Postgres } from './postgres.ts';
import type { PostgresOptions } from './postgres.ts';
import { Proxy } from './haproxy.ts';
import type { ProxyOptions } from './haproxy.ts';
import { runOk } from '../run.ts';
import { production, Service, settingsWithViews, taskEnvironment } from './service.ts';

type Sizes<Name extends string> = Readonly<Record<Name, number>>;

/** The numbers of deploy/sizing.json that the tests measure against. */
export interface Plan {
  readonly task: Sizes<'memoryMiB' | 'tmpfsMiB'>;
  readonly uploads: Sizes<'largestMiB'>;
  readonly gunicorn: Sizes<'workers' | 'threads' | 'slots' | 'keepaliveSeconds'>;
  readonly database: Sizes<
    'maxConnections' | 'statementTimeoutMs' | 'lockTimeoutMs' | 'idleInTransactionTimeoutMs' | 'webConnections'
  >;
  readonly loadBalancer: Sizes<
    'idleTimeoutSeconds' | 'healthCheckIntervalSeconds' | 'healthCheckTimeoutSeconds' | 'unhealthyThreshold'
  >;
  readonly scaling: Sizes<'requestCountPerTarget'>;
  readonly service: Sizes<'peakTasks'>;
  /** Only with a broker; the minutes only where ECS is asked to spare a worker. */
  readonly celery?: Sizes<'concurrency' | 'heartbeatAgeSeconds'> & Partial<Sizes<'protectionMinutes'>>;
  /** Only with PgBouncer. */
  readonly pgbouncer?: Sizes<
    'tasks' | 'poolSize' | 'maxClientConnections' | 'queryWaitTimeoutSeconds' | 'stopTimeoutSeconds'
  >;
}

/** The repository of the default answers, and the servers around it. */
export class System {
  readonly repository: string;
  /** With the repository's requirements installed. */
  readonly python: string;
  readonly plan: Plan;
  readonly #programs: Readonly<Record<'postgres' | 'openssl' | 'haproxy', string>>;

  private constructor(repository: string, python: string, programs: System['programs']) {
    this.repository = repository;
    this.python = python;
    this.plan = planOf(repository);
    this.#programs = programs;
  }

  get programs(): Readonly<Record<'postgres' | 'openssl' | 'haproxy', string>> {
    return this.#programs;
  }

  /** Skips the suite, by name, where a server cannot be had. */
  static async need(context: Context): Promise<System> {
    const programs = {
      postgres: need(context, 'postgres'),
      openssl: need(context, 'openssl'),
      haproxy: need(context, 'haproxy'),
    };
    const [example] = emittedCases;
    if (example === undefined) {
      throw new Error('no emitted case');
    }
    const interpreter = await needPython(context, example.pythonMinimum, example.python);
    const repository = await repositoryOf(example);
    return new System(repository, await venvFor(repository, interpreter), programs);
  }

  /** A database as large as the plan's. */
  startPostgres(options: Partial<PostgresOptions> = {}): Promise<Postgres> {
    return Postgres.create({ ...this.#programs, maxConnections: this.plan.database.maxConnections, ...options });
  }

  startProxy(options: Partial<ProxyOptions> = {}): Promise<Proxy> {
    const { idleTimeoutSeconds } = this.plan.loadBalancer;
    return Proxy.start({ haproxy: this.#programs.haproxy, idleTimeoutSeconds, ...options });
  }

  /** A task of the service, with the views of the tests unless told otherwise. */
  startTask(database: Postgres, options: TaskOptions = {}): Promise<Service> {
    const { environment = {}, settings = settingsWithViews, args = [], prefix } = options;
    const changes = { DJANGO_SETTINGS_MODULE: settings, ...environment };
    return Service.start({
      repository: this.repository,
      python: this.python,
      environment: taskEnvironment(this.repository, 'web', database, changes),
      args,
      // Only network namespaces are entered here.
      ...(prefix === undefined ? {} : { prefix, isReachable: false }),
    });
  }

  /** Creates the tables, through the migrate task. */
  async migrate(database: Postgres, ...args: readonly string[]): Promise<void> {
    const environment = taskEnvironment(this.repository, 'migrate', database, {
      DJANGO_SETTINGS_MODULE: settingsWithViews,
    });
    await runOk(this.python, ['manage.py', 'migrate', '--noinput', ...args], {
      cwd: this.repository,
      env: environment,
    });
  }

  /** Starts gunicorn with production settings, which is expected to end by itself. */
  async boot(
    database: Postgres,
    changes: Readonly<Record<string, string>>,
  ): Promise<{ readonly code: number | null; readonly output: string }> {
    const environment = taskEnvironment(this.repository, 'web', database, {
      DJANGO_SETTINGS_MODULE: production,
      ...changes,
    });
    const service = new Service(1, { repository: this.repository, python: this.python, environment });
    const { code } = await service.server.ended();
    return { code, output: service.server.output };
  }
}

export interface TaskOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly settings?: string;
  readonly args?: readonly string[];
  readonly prefix?: readonly string[];
}

/** The values of a repository's deploy/sizing.json. */
export function planOf(repository: string): Plan {
  type Items = Readonly<Record<string, Readonly<Record<string, { readonly value: number }>>>>;
  const items = JSON.parse(readFileSync(path.join(repository, 'deploy', 'sizing.json'), 'utf8')) as Items;
  const groups = Object.entries(items).map(([group, sizes]) => {
    const values = Object.entries(sizes).map(([name, size]) => [name, size.value]);
    return [group, Object.fromEntries(values) as Record<string, number>];
  });
  return Object.fromEntries(groups) as Plan;
}
