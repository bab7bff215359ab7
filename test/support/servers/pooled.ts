import path from 'node:path';
import type { Context } from 'mocha';
import { emitRepository } from '../emit.ts';
import { need, needPython, skip } from '../need.ts';
import type { Python } from '../pythons.ts';
import { runOk } from '../run.ts';
import { venvFor } from '../venvs.ts';
import { serverFolder } from './folder.ts';
import { Names } from './names.ts';
import { needOpenPython, Pooler } from './pgbouncer.ts';
import type { PoolerOptions } from './pgbouncer.ts';
import { freePort } from './ports.ts';
import { Postgres } from './postgres.ts';
import type { PostgresOptions } from './postgres.ts';
import { Server } from './process.ts';
import { containerOf, Service, settingsWithViews, taskEnvironment } from './service.ts';
import { planOf } from './system.ts';
import type { Plan } from './system.ts';

/** As RDS makes it: no superuser, but it makes roles. systemtest/pooled.py knows it, too. */
const master = { user: 'master_user', password: 'for-the-tests' } as const;

/** Where the tasks of PgBouncer listen, all on one port: the addresses that service discovery would know. */
export const poolerAddresses = ['127.0.0.2', '127.0.0.3', '127.0.0.4', '127.0.0.5'] as const;

type Changes = Readonly<Record<string, string>>;

/** What came of a function of systemtest/pooled.py: what it returned, or the error. */
export interface Outcome {
  readonly result: unknown;
  readonly seconds: number;
}

interface Programs {
  readonly postgres: string;
  readonly openssl: string;
  readonly pgbouncer: string;
  /** With the repository's requirements. */
  readonly python: string;
  /** For start.py, as an unprivileged user. */
  readonly openPython: string;
}

/** A repository with PgBouncer, and the servers around it. */
export class PooledSystem {
  readonly repository: string;
  readonly plan: Plan & Required<Pick<Plan, 'pgbouncer'>>;
  readonly programs: Programs;
  /** The name under which the web tasks look for PgBouncer, as deploy/ecs/web.json has it. */
  readonly names: Names;
  /** Where every PgBouncer listens. */
  readonly port: number;
  #next = 0;

  private constructor(repository: string, programs: Programs, names: Names, port: number) {
    const { pgbouncer, ...plan } = planOf(repository);
    if (pgbouncer === undefined) {
      throw new Error('the plan has no PgBouncer');
    }
    this.repository = repository;
    this.plan = { ...plan, pgbouncer };
    this.programs = programs;
    this.names = names;
    this.port = port;
  }

  /**
   * Skips the suite, by name, where a server cannot be had.
   *
   * @param flags the answers, beside that of PgBouncer
   */
  static async need(context: Context, flags: readonly string[]): Promise<PooledSystem> {
    const found = {
      postgres: need(context, 'postgres'),
      openssl: need(context, 'openssl'),
      pgbouncer: need(context, 'pgbouncer'),
    };
    const openPython = await needOpenPython(context);
    const { repository, python } = await prepare(flags, () => needPython(context, '3.11'));
    const given = containerOf(repository, 'web').environment.find(({ name }) => name === 'DB_HOST');
    const names = await Names.create(given?.value ?? '').catch((error: unknown) =>
      skip(context, `mount namespaces cannot be made: ${String(error).replaceAll(/\s+/gu, ' ')}`),
    );
    return new PooledSystem(repository, { ...found, python, openPython }, names, await freePort());
  }

  /** A database as large as the plan's, whose role the dbinit task made, and with the tables of the migrate task. */
  async startPostgres(options: Partial<PostgresOptions> = {}): Promise<Postgres> {
    const { maxConnections } = this.plan.database;
    const { postgres, openssl } = this.programs;
    const database = await Postgres.create({ postgres, openssl, maxConnections, master, ...options });
    const { prefix } = options;
    const secrets = { MASTER_USER: master.user, MASTER_PASSWORD: master.password };
    await this.#runTask('dbinit', database, secrets, prefix);
    await this.#runTask('migrate', database, { DJANGO_SETTINGS_MODULE: settingsWithViews }, prefix);
    return database;
  }

  /** One such database for all suites of a process: a suite that stopped it leaves its files to the next. */
  async sharePostgres(): Promise<Postgres> {
    const known = shared.get(this.repository);
    if (known !== undefined) {
      await known.start();
      return known;
    }
    const database = await this.startPostgres({ addresses: ['127.0.0.1', '127.0.0.2'] });
    shared.set(this.repository, database);
    return database;
  }

  /** The next task of PgBouncer, at an address of its own, under which it is not found yet. */
  startPooler(database: Postgres, options: Partial<PoolerOptions> = {}): Promise<Pooler> {
    const address = poolerAddresses[this.#next % poolerAddresses.length] as string;
    this.#next += 1;
    const { pgbouncer, openPython: python } = this.programs;
    const { repository, port } = this;
    return Pooler.start({ repository, pgbouncer, python, database, address, port, ...options });
  }

  /** As many as the plan has, and the name points to them. */
  async startPoolers(database: Postgres, options: Partial<PoolerOptions> = {}): Promise<readonly Pooler[]> {
    const { tasks } = this.plan.pgbouncer;
    const poolers = await Promise.all(Array.from({ length: tasks }, () => this.startPooler(database, options)));
    this.names.point(poolers.map(({ address }) => address));
    return poolers;
  }

  /**
   * A web task as deploy/ecs/web.json starts it: through PgBouncer.
   *
   * @param options.prefix enters a network namespace
   */
  startTask(database: Postgres, options: { environment?: Changes; prefix?: readonly string[] } = {}): Promise<Service> {
    const { environment = {}, prefix = [] } = options;
    return Service.start({
      repository: this.repository,
      python: this.programs.python,
      environment: this.#webEnvironment(database, environment),
      prefix: [...prefix, ...this.names.prefix],
      isReachable: prefix.length === 0,
    });
  }

  /** Clients that each leave a transaction open: it prints `held`, then the Outcome of one more client. */
  hold(database: Postgres, count: number): Server {
    const command = [this.programs.python, '-m', 'systemtest.pooled', 'hold', String(count)];
    const env = this.#webEnvironment(database, {});
    return new Server('clients', command, { cwd: this.repository, env, prefix: this.names.prefix });
  }

  /** What functions of systemtest/pooled.py meet, run one after another in the environment of a web task. */
  async ask(
    database: Postgres,
    names: readonly string[],
    changes: Changes = {},
  ): Promise<Readonly<Record<string, Outcome>>> {
    const [command = '', ...prefix] = this.names.prefix;
    const args = [...prefix, this.programs.python, '-m', 'systemtest.pooled', ...names];
    const env = this.#webEnvironment(database, changes);
    const { stdout } = await runOk(command, args, { cwd: this.repository, env });
    return JSON.parse(stdout) as Readonly<Record<string, Outcome>>;
  }

  #webEnvironment(database: Postgres, changes: Changes): NodeJS.ProcessEnv {
    return taskEnvironment(this.repository, 'web', database, {
      DJANGO_SETTINGS_MODULE: settingsWithViews,
      DB_HOST: this.names.name,
      DB_PORT: String(this.port),
      ...changes,
    });
  }

  async #runTask(task: string, database: Postgres, changes: Changes, prefix: readonly string[] = []): Promise<void> {
    // The first word is python.
    const [, ...args] = containerOf(this.repository, task).command ?? [];
    const [command = '', ...rest] = [...prefix, this.programs.python, ...args];
    const env = taskEnvironment(this.repository, task, database, changes);
    await runOk(command, rest, { cwd: this.repository, env });
  }
}

interface Prepared {
  readonly repository: string;
  readonly python: string;
}

const prepared = new Map<string, Prepared>();
/** By the repository. */
const shared = new Map<string, Postgres>();

/** The repository with these answers and its virtual environment, once per process; the tests leave it as it is. */
async function prepare(flags: readonly string[], findPython: () => Promise<Python>): Promise<Prepared> {
  const key = flags.join(' ');
  const known = prepared.get(key);
  if (known !== undefined) {
    return known;
  }
  const interpreter = await findPython();
  const folder = path.join(serverFolder('pooled'), 'shop');
  const repository = await emitRepository(folder, ['--pooler', 'pgbouncer', ...flags]);
  const result = { repository, python: await venvFor(repository, interpreter) };
  prepared.set(key, result);
  return result;
}

/** The environment in which a web task goes around PgBouncer: the controls. */
export function around(database: Postgres): Changes {
  return { DB_POOLED: '0', DB_SSLMODE: 'verify-full', DB_HOST: database.address, DB_PORT: String(database.port) };
}

/**
 * A fleet that is small enough for two cores, and a database that is too small for it: 6 tasks with 6 slots each at the
 * peak of a deployment, 32 connections. The slowest request has 6 s, so that limits can be waited for.
 */
export const smallAnswers = [
  ...['--max-tasks', '3', '--wait-ms', '100', '--rds-max-connections', '32'],
  ...['--slowest-request', '6'],
] as const;
