import { realpathSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runOk } from '../run.ts';
import { makeAuthority, makeCertificate } from './certificates.ts';
import { serverFolder } from './folder.ts';
import { freePort } from './ports.ts';
import { asUnprivileged, childrenOf, Server, until } from './process.ts';

/** What the tables of a service are reached with; the password needs escaping in a URL. */
export const databaseRole = { name: 'shop', user: 'shop_app', password: 'p@ss/w:rd%20#?' } as const;

export interface PostgresOptions {
  /** The programs `postgres`, whose neighbours initdb and psql are used too, and `openssl`. */
  readonly postgres: string;
  readonly openssl: string;
  /** Where it listens; its certificate is for the first only. */
  readonly addresses?: readonly string[];
  /** As the emitted parameter group sets it. */
  readonly maxConnections: number;
  /** Enters a network namespace. */
  readonly prefix?: readonly string[];
  /** Off for a build without TLS: whoever comes over TCP is then asked for a password alone. */
  readonly tls?: boolean;
  /** As RDS makes it: with a master user and a database of his, but without the service's role. */
  readonly master?: { readonly user: string; readonly password: string };
}

/**
 * A PostgreSQL server of its own, with TLS: whoever comes over TCP must use it. Superusers come through the Unix socket
 * in its folder.
 */
export class Postgres {
  readonly folder: string;
  readonly port: number;
  readonly address: string;
  /** The certificates of the authority that signed the server's, and of another one. */
  readonly authority: string;
  readonly strangeAuthority: string;
  readonly #bin: string;
  readonly #command: readonly string[];
  readonly #prefix: readonly string[];
  #server: Server | undefined;

  private constructor(bin: string, folder: string, port: number, options: PostgresOptions) {
    const { addresses = ['127.0.0.1'], maxConnections, prefix = [], tls = true } = options;
    this.#bin = bin;
    this.folder = folder;
    this.port = port;
    this.address = addresses[0] as string;
    this.authority = path.join(folder, 'authority.pem');
    this.strangeAuthority = path.join(folder, 'strange.pem');
    this.#prefix = prefix;
    const settings = {
      listen_addresses: addresses.join(','),
      port,
      unix_socket_directories: folder,
      max_connections: maxConnections,
      hba_file: path.join(folder, 'pg_hba.conf'),
      ...(tls
        ? { ssl: 'on', ssl_cert_file: path.join(folder, 'server.pem'), ssl_key_file: path.join(folder, 'server.key') }
        : {}),
      password_encryption: 'scram-sha-256',
      timezone: 'UTC',
      shared_buffers: '32MB',
      // What it holds is thrown away.
      fsync: 'off',
      full_page_writes: 'off',
    };
    const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    this.#command = [path.join(bin, 'postgres'), '-D', path.join(folder, 'data'), ...flags];
  }

  /** Makes the server's files, starts it, and creates the database and the role of the service, or the master user. */
  static async create(options: PostgresOptions): Promise<Postgres> {
    const bin = path.dirname(realpathSync(options.postgres));
    const folder = serverFolder('postgres');
    const postgres = new Postgres(bin, folder, await freePort(), options);
    await makeAuthority(options.openssl, folder, 'authority');
    await makeAuthority(options.openssl, folder, 'strange');
    await makeCertificate(options.openssl, folder, 'authority', 'server', [`IP:${postgres.address}`]);
    const remote = options.tls === false ? 'host' : 'hostssl';
    writeFileSync(path.join(folder, 'pg_hba.conf'), `local all all trust\n${remote} all all all scram-sha-256\n`, {
      mode: 0o644,
    });
    const initdb = [path.join(bin, 'initdb'), '-D', path.join(folder, 'data'), '-U', 'postgres', '-A', 'trust'];
    const [command = '', ...rest] = [...asUnprivileged(), ...initdb, '-E', 'UTF8', '--locale=C', '--no-sync'];
    await runOk(command, rest, { cwd: folder });
    await postgres.start();
    const { user, password } = options.master ?? databaseRole;
    const rights = options.master === undefined ? '' : 'CREATEROLE CREATEDB';
    await postgres.sql(`CREATE ROLE ${user} LOGIN ${rights} PASSWORD '${password}'`, 'postgres');
    await postgres.sql(`CREATE DATABASE ${databaseRole.name} OWNER ${user}`, 'postgres');
    return postgres;
  }

  /** Starts it unless it runs. */
  async start(): Promise<void> {
    if (this.#server?.isRunning) {
      return;
    }
    // SIGQUIT: ends at once, yet frees its shared memory.
    const server = new Server('postgres', this.#command, {
      cwd: this.folder,
      unprivileged: true,
      prefix: this.#prefix,
      lastSignal: 'SIGQUIT',
    });
    this.#server = server;
    await server.printed(/ready to accept connections/u);
  }

  /** Fast: ends the sessions, then itself, as a restart of RDS does. */
  async stop(): Promise<void> {
    await this.#server?.stop('SIGINT');
  }

  /** Its own process and those of its sessions and helpers. */
  processes(): readonly number[] {
    const pid = this.#server?.pid;
    return pid === undefined ? [] : [pid, ...childrenOf(pid)];
  }

  /** All that the server logged. */
  get log(): string {
    return this.#server?.output ?? '';
  }

  /** Runs SQL as the superuser and returns the rows, values separated by `|`. */
  async sql(text: string, database: string = databaseRole.name): Promise<readonly string[]> {
    const [command = '', ...args] = this.#psql(database);
    const { stdout } = await runOk(command, [...args, '-c', text], { timeoutMs: 20_000 });
    return stdout.split('\n').filter((line) => line !== '');
  }

  /** Asks for a number 10 times a second until `stop`, which gives the highest. */
  async watch(sql: string): Promise<() => Promise<number>> {
    const psql = new Server('psql', this.#psql(databaseRole.name));
    psql.write(`${sql} \\watch 0.1\n`);
    const numbers = () => psql.output.match(/^\d+$/gmu)?.map(Number) ?? [];
    await until('psql answers', 20, () => numbers().length > 0);
    return async () => {
      psql.kill();
      await psql.ended();
      return Math.max(...numbers());
    };
  }

  /** A session that stays open: a transaction of somebody else. */
  async session(): Promise<Session> {
    return new Session(new Server('psql', this.#psql(databaseRole.name)));
  }

  #psql(database: string): readonly string[] {
    const args = ['-AtqX', '-v', 'ON_ERROR_STOP=1', '-h', this.folder, '-p', String(this.port)];
    return [path.join(this.#bin, 'psql'), ...args, '-U', 'postgres', '-d', database];
  }

  /**
   * Stops all of its processes in their tracks (SIGSTOP), as a hung disk would: the kernel goes on acknowledging what
   * clients send. A shell of its own holds them and lets them go on when the tests end, however they do.
   *
   * @returns what lets them go on
   */
  async freeze(): Promise<() => Promise<void>> {
    const [pid] = this.processes();
    const script = [
      // The postmaster first, so that no process is added. Each of its children has a group of its own.
      `kill -STOP ${pid}`,
      `pids="${pid} $(cat /proc/${pid}/task/${pid}/children)"`,
      'kill -STOP $pids',
      'echo frozen',
      'read -r _',
      'kill -CONT $pids',
    ].join('\n');
    // Not guarded by a signal: it must see the end of its input, and act.
    const holder = new Server('freezer', ['sh', '-c', script], { lastSignal: 'SIGCONT' });
    await holder.printed(/frozen/u);
    return async () => {
      holder.endInput();
      await holder.ended();
    };
  }
}

/** One psql that is written to line by line. */
export class Session {
  readonly #psql: Server;
  #steps = 0;

  constructor(psql: Server) {
    this.#psql = psql;
  }

  /** Runs statements and waits for them. */
  async run(sql: string): Promise<void> {
    const mark = `step-${(this.#steps += 1)}-done`;
    this.#psql.write(`${sql};\n\\echo ${mark}\n`);
    await until(`psql: ${sql}`, 20, () => this.#psql.output.includes(mark));
  }

  /** Ends the session; what was not committed is rolled back. */
  async close(): Promise<void> {
    this.#psql.endInput();
    await this.#psql.ended();
  }
}
