import { chownSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { skip } from '../need.ts';
import type { Skippable } from '../need.ts';
import { findPythons } from '../pythons.ts';
import { run } from '../run.ts';
import { toolsFolder } from '../tools.ts';
import { serverFolder } from './folder.ts';
import { databaseRole } from './postgres.ts';
import type { Postgres } from './postgres.ts';
import { asUnprivileged, Server, unprivilegedId } from './process.ts';
import type { Exit } from './process.ts';
import { containerOf } from './service.ts';

export interface PoolerOptions {
  readonly repository: string;
  readonly pgbouncer: string;
  /** For start.py: see needOpenPython. */
  readonly python: string;
  readonly database: Postgres;
  /** Where it listens. */
  readonly address: string;
  readonly port: number;
  /** The file of authorities in the image, instead of the one that signed the database's certificate. */
  readonly authority?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Settings of pgbouncer.ini that are left to PgBouncer's own defaults: for controls. */
  readonly without?: readonly string[];
  /** Enters namespaces. */
  readonly prefix?: readonly string[];
}

/**
 * One task of PgBouncer: the emitted start.py, in a folder laid out as the emitted Dockerfile lays out its image, with
 * a /tmp of its own, as an unprivileged user. Of pgbouncer.ini only address, port and that folder are changed.
 */
export class Pooler {
  readonly address: string;
  readonly server: Server;
  /** Holds every file of the task. */
  readonly folder: string;
  readonly #stopSignal: NodeJS.Signals;
  readonly #stopTimeoutSeconds: number;

  private constructor(options: PoolerOptions) {
    const { repository, pgbouncer, python, database, address, environment = {}, prefix = [] } = options;
    const source = path.join(repository, 'deploy', 'pgbouncer');
    const dockerfile = readFileSync(path.join(source, 'Dockerfile'), 'utf8');
    this.address = address;
    this.folder = serverFolder('pgbouncer');
    this.#stopSignal = first(dockerfile, /^STOPSIGNAL (SIG[A-Z]+)$/mu) as NodeJS.Signals;
    const image = path.join(this.folder, 'pgbouncer');
    const temporary = path.join(this.folder, 'tmp');
    mkdirSync(image);
    mkdirSync(temporary);
    const { uid, gid } = unprivilegedId();
    chownSync(temporary, uid, gid);
    cpSync(path.join(repository, 'django_fargate', 'pgbouncer', 'start.py'), path.join(image, 'start.py'));
    cpSync(options.authority ?? database.authority, path.join(image, 'rds-global-bundle.pem'));
    const ini = readFileSync(path.join(source, 'pgbouncer.ini'), 'utf8');
    writeFileSync(path.join(image, 'pgbouncer.ini'), moved(ini, options, image));
    const { environment: variables, stopTimeout } = containerOf(repository, 'pgbouncer');
    this.#stopTimeoutSeconds = stopTimeout ?? 30;
    const given = variables.map(({ name, value }) => [name, value]);
    const env = {
      PATH: [programFolder(pgbouncer), '/usr/local/bin', '/usr/bin', '/bin'].join(path.delimiter),
      TMPDIR: temporary,
      PYTHONDONTWRITEBYTECODE: '1',
      ...Object.fromEntries(given),
      DB_HOST: database.address,
      DB_PORT: String(database.port),
      DB_PASSWORD: databaseRole.password,
      ...environment,
    };
    const [, ...args] = JSON.parse(first(dockerfile, /^CMD (\[.*\])$/mu)) as readonly string[];
    const command = [python, ...args.map((arg) => arg.replace('/pgbouncer/', `${image}/`))];
    this.server = new Server(`PgBouncer on ${address}`, command, { cwd: temporary, env, unprivileged: true, prefix });
  }

  /** Starts it and waits until it takes clients; whether it reaches the database is another matter. */
  static async start(options: PoolerOptions): Promise<Pooler> {
    const pooler = new Pooler(options);
    await pooler.server.printed(/process up/u);
    return pooler;
  }

  /** As ECS does: the signal that the image names, then stopTimeout. */
  stop(): Promise<Exit> {
    return this.server.stop(this.#stopSignal, this.#stopTimeoutSeconds);
  }
}

/** pgbouncer.ini with another address and port to listen on, and with another folder than the image's. */
function moved(ini: string, { address, port, without = [] }: PoolerOptions, image: string): string {
  const changes = [
    ...without.map((setting) => [new RegExp(`^${setting} = .*\n`, 'mu'), ''] as const),
    [/^listen_addr = .*$/mu, `listen_addr = ${address}`],
    [/^listen_port = .*$/mu, `listen_port = ${port}`],
    [/^(server_tls_ca_file = )\/pgbouncer\//mu, `$1${image}/`],
  ] as const;
  return changes.reduce((text, [pattern, replacement]) => {
    first(text, pattern);
    return text.replace(pattern, replacement);
  }, ini);
}

function first(text: string, pattern: RegExp): string {
  const match = pattern.exec(text);
  if (match === null) {
    throw new Error(`no line is like ${pattern}`);
  }
  return match[1] ?? match[0];
}

let copied: string | undefined;

/** The folder of the program. One that the tests unpacked is copied to where an unprivileged user may read it. */
function programFolder(pgbouncer: string): string {
  if (!pgbouncer.startsWith(toolsFolder)) {
    return path.dirname(pgbouncer);
  }
  if (copied === undefined) {
    copied = serverFolder('pgbouncer-program');
    cpSync(path.dirname(pgbouncer), copied, { recursive: true, verbatimSymlinks: true });
  }
  return copied;
}

let openPython: Promise<string | undefined> | undefined;

/** A Python that the unprivileged user may run, too: one in root's home is none. Without one the suite is skipped. */
export async function needOpenPython(context: Skippable): Promise<string> {
  openPython ??= findOpenPython();
  return (await openPython) ?? skip(context, 'no Python that an unprivileged user may run');
}

async function findOpenPython(): Promise<string | undefined> {
  const isOpen = async (python: string) => {
    const [command = '', ...args] = [...asUnprivileged(), python, '-c', 'import os; os.memfd_create'];
    return (await run(command, args).catch(() => undefined))?.code === 0;
  };
  const debian = '/usr/bin/python3';
  if (await isOpen(debian)) {
    return debian;
  }
  for (const { path: python } of await findPythons()) {
    if (await isOpen(python)) {
      return python;
    }
  }
  return undefined;
}
