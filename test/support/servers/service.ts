import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { get } from './http.ts';
import { freePort } from './ports.ts';
import { databaseRole } from './postgres.ts';
import type { Postgres } from './postgres.ts';
import { childrenOf, Server, until } from './process.ts';

/** Python beside the emitted repository, whose files stay as they are: views, models and migrations for the tests. */
const extraPython = fileURLToPath(new URL('python', import.meta.url));

/** Settings of that Python: production's with the views added; and those with Django's own engine without options. */
export const settingsWithViews = 'systemtest.settings';
export const settingsWithStockEngine = 'systemtest.stock';
/** The emitted engine, but one that takes PgBouncer's word for the database. */
export const settingsWithTrustingEngine = 'systemtest.trusting.settings';

export const production = 'shop.settings.production';

export const host = 'shop.example.com';

interface ContainerDefinition {
  readonly command?: readonly string[];
  readonly environment: readonly { readonly name: string; readonly value: string }[];
  readonly stopTimeout?: number;
}

/** The only container of an emitted task definition: `web`, `migrate` or `ops`. */
export function containerOf(repository: string, task: string): ContainerDefinition {
  const file = path.join(repository, 'deploy', 'ecs', `${task}.json`);
  const definition = JSON.parse(readFileSync(file, 'utf8')) as { containerDefinitions: [ContainerDefinition] };
  return definition.containerDefinitions[0];
}

/**
 * The environment that a task definition gives its container, with what a user fills in: the database, the secrets and
 * the host name.
 */
export function taskEnvironment(
  repository: string,
  task: string,
  database: Pick<Postgres, 'address' | 'port' | 'authority'>,
  changes: Readonly<Record<string, string>> = {},
): NodeJS.ProcessEnv {
  const given = containerOf(repository, task).environment.map(({ name, value }) => [name, value]);
  return {
    PATH: process.env['PATH'],
    PYTHONPATH: extraPython,
    PYTHONDONTWRITEBYTECODE: '1',
    ...Object.fromEntries(given),
    SECRET_KEY: 'tests-only-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJ',
    ALLOWED_HOSTS: host,
    DB_HOST: database.address,
    DB_PORT: String(database.port),
    DB_PASSWORD: databaseRole.password,
    DB_SSLROOTCERT: database.authority,
    ...changes,
  };
}

export interface ServiceOptions {
  readonly repository: string;
  /** The program in whose virtual environment the requirements are installed. */
  readonly python: string;
  readonly environment: NodeJS.ProcessEnv;
  /** After the container's own arguments. */
  readonly args?: readonly string[];
  /** Enters namespaces. */
  readonly prefix?: readonly string[];
  /** Whether its port can be reached from here: not from outside of its network namespace. */
  readonly isReachable?: boolean;
}

/** One task: gunicorn, started by the command of the emitted Dockerfile, with its port moved to a free one. */
export class Service {
  readonly port: number;
  readonly url: string;
  readonly server: Server;

  constructor(port: number, options: ServiceOptions) {
    const { repository, python, environment, args = [], prefix = [] } = options;
    const [program = '', ...given] = imageCommand(repository);
    const command = [python, '-m', program, ...given, '--bind', `127.0.0.1:${port}`, ...args];
    this.port = port;
    this.url = `http://127.0.0.1:${port}`;
    this.server = new Server(`gunicorn on port ${port}`, command, { cwd: repository, env: environment, prefix });
  }

  /** Starts it and waits until /healthz answers and all of its workers have booted. */
  static async start(options: ServiceOptions): Promise<Service> {
    const service = new Service(await freePort(), options);
    const workers = workersOf(options);
    await until(`gunicorn boots ${workers} workers`, 30, () => {
      service.assertRunning();
      return [...service.server.output.matchAll(/Booting worker/gu)].length >= workers;
    });
    // A worker says so before it takes signals; SIGTERM until then is lost on it, and waits for graceful_timeout.
    await sleep(500);
    if (options.isReachable !== false) {
      await until('/healthz answers', 30, async () => {
        service.assertRunning();
        const response = await get(`${service.url}/healthz`).catch(() => undefined);
        return response?.status === 200;
      });
    }
    return service;
  }

  assertRunning(): void {
    if (!this.server.isRunning) {
      throw new Error(`gunicorn ended:\n${this.server.output}`);
    }
  }

  /** GET with the Host of the service. */
  get(target: string, headers: Readonly<Record<string, string>> = {}) {
    return get(this.url + target, { headers: { Host: host, ...headers } });
  }

  /** The process ids of the workers. */
  workers(): readonly number[] {
    return childrenOf(this.server.pid);
  }

  /** How many workers ended because they had served max_requests. */
  recycledWorkers(): number {
    return [...this.server.output.matchAll(/Autorestarting worker/gu)].length;
  }

  /** As ECS does: SIGTERM, then wait for stopTimeout, 45 s for the default answers. */
  stop(seconds = 45) {
    return this.server.stop('SIGTERM', seconds);
  }
}

/** The kernel's names of a process's threads. */
export function threadsOf(pid: number): readonly string[] {
  return readdirSync(`/proc/${pid}/task`).map((task) => readFileSync(`/proc/${pid}/task/${task}/comm`, 'utf8').trim());
}

/** How many workers gunicorn.conf.py starts. */
function workersOf({ repository, environment }: ServiceOptions): number {
  const file = readFileSync(path.join(repository, 'gunicorn.conf.py'), 'utf8');
  const [, number] = /^workers = positive\("GUNICORN_WORKERS", (\d+)\)$/mu.exec(file) ?? [];
  return Number(environment['GUNICORN_WORKERS'] ?? number);
}

function imageCommand(repository: string): readonly string[] {
  const [, json] = /^CMD (\[.*\])$/mu.exec(readFileSync(path.join(repository, 'Dockerfile'), 'utf8')) ?? [];
  if (json === undefined) {
    throw new Error('the Dockerfile has no CMD in JSON');
  }
  return JSON.parse(json) as readonly string[];
}
