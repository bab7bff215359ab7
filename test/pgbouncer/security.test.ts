import assert from 'node:assert/strict';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { run } from '../support/run.ts';
import { webConnections } from '../support/servers/connections.ts';
import { PooledSystem, smallAnswers } from '../support/servers/pooled.ts';
import type { Outcome } from '../support/servers/pooled.ts';
import type { Pooler, PoolerOptions } from '../support/servers/pgbouncer.ts';
import { databaseRole } from '../support/servers/postgres.ts';
import type { Postgres } from '../support/servers/postgres.ts';
import { stopServers, until } from '../support/servers/process.ts';
import { containerOf } from '../support/servers/service.ts';

describe('who gets through PgBouncer, and what it keeps', function () {
  this.timeout(120_000);
  let system: PooledSystem;
  let postgres: Postgres;
  let pooler: Pooler;

  before('PostgreSQL and one PgBouncer', async function () {
    system = await PooledSystem.need(this, smallAnswers);
    postgres = await system.sharePostgres();
    pooler = await system.startPooler(postgres);
    system.names.point([pooler.address]);
  });

  after(stopServers);

  describe('clients', () => {
    let seen: Readonly<Record<string, Outcome>>;

    before(async () => {
      seen = await system.ask(postgres, ['ask_once', 'scram', 'wrong_password', 'master', 'without_tls', 'console']);
    });

    it('are let in with the password of the role, by SCRAM', () => {
      assert.equal(seen['ask_once']?.result, 'answered');
      assert.equal(seen['scram']?.result, 'SCRAM');
    });

    it('are refused with another password, and as another role, even one that the database has', () => {
      for (const name of ['wrong_password', 'master']) {
        assert.match(String(seen[name]?.result), /^OperationalError: .*SASL authentication failed/u, name);
      }
    });

    it('must use TLS', () => {
      assert.match(String(seen['without_tls']?.result), /SSL required/u);
    });

    it('do not get to its console', () => {
      assert.match(String(seen['console']?.result), /not allowed/u);
    });
  });

  describe('the database', () => {
    it('is reached over TLS, by SCRAM', async () => {
      const rows = await postgres.sql(
        `SELECT DISTINCT ssl, version FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE ${webConnections}`,
      );
      assert.deepEqual(rows, ['t|TLSv1.3']);
      // The only line for connections over TCP.
      assert.match(
        readFileSync(path.join(postgres.folder, 'pg_hba.conf'), 'utf8'),
        /^hostssl all all all scram-sha-256$/mu,
      );
      const [stored] = await postgres.sql(`SELECT rolpassword FROM pg_authid WHERE rolname = '${databaseRole.user}'`);
      assert.match(stored ?? '', /^SCRAM-SHA-256\$/u);
    });

    it('is not reached when it is another, or its authority, or the password', async () => {
      const cases: readonly (readonly [what: string, expected: RegExp, options: Partial<PoolerOptions>])[] = [
        ['authority', /certificate verify failed/u, { authority: postgres.strangeAuthority }],
        ['name', /not present in server certificate/u, { environment: { DB_HOST: '127.0.0.2' } }],
        ['password', /password authentication failed/u, { environment: { DB_PASSWORD: 'wrong' } }],
      ];
      const refused = cases.map(async ([what, expected, options]) => {
        const other = await system.startPooler(postgres, options);
        const password = options.environment?.['DB_PASSWORD'] ?? databaseRole.password;
        const changes = { DB_HOST: other.address, DB_PASSWORD: password };
        const { ask_once: answer } = await system.ask(postgres, ['ask_once'], changes);
        assert.match(String(answer?.result), /^\w+: /u, what);
        assert.match(other.server.output, expected, what);
      });
      await Promise.all(refused);
    });
  });

  describe('the password', () => {
    it('is in memory only: in no file of the task, not in its environment, its arguments or its log', () => {
      const { pid, output } = pooler.server;
      const files = filesUnder(pooler.folder);
      assert.ok(
        files.some((file) => file.endsWith('.key')),
        files.join(', '),
      );
      for (const file of [...files, `/proc/${pid}/environ`, `/proc/${pid}/cmdline`]) {
        assert.ok(!holdsPassword(readFileSync(file)), file);
      }
      assert.match(readFileSync(`/proc/${pid}/environ`, 'latin1'), /DB_USER=/u);
      assert.ok(!holdsPassword(Buffer.from(output)));
      // Where it is, so that the search is one that finds it.
      const opened = readdirSync(`/proc/${pid}/fd`).map((name) => `/proc/${pid}/fd/${name}`);
      const memory = opened.filter((file) => readlinkSync(file).startsWith('/memfd:'));
      assert.deepEqual(
        memory.map((file) => holdsPassword(readFileSync(file))),
        [true],
      );
    });

    const holdsPassword = (content: Buffer) => content.includes(databaseRole.password);
  });

  describe('the health check of the task definition', () => {
    it('passes with and without the database, and fails when PgBouncer hangs', async () => {
      const check = (containerOf(system.repository, 'pgbouncer') as unknown as Checked).healthCheck;
      const [kind, program, ...args] = check.command;
      assert.deepEqual([kind, program], ['CMD', 'python']);
      const code = (args[1] ?? '').replace('127.0.0.1', pooler.address).replace('6432', String(system.port));
      const isHealthy = async () => (await run(system.programs.openPython, ['-c', code])).code === 0;
      assert.ok(await isHealthy());
      await postgres.stop();
      assert.ok(await isHealthy());
      await postgres.start();
      process.kill(pooler.server.pid, 'SIGSTOP');
      assert.ok(!(await isHealthy()));
      process.kill(pooler.server.pid, 'SIGCONT');
      await until('it is healthy again', 10, isHealthy);
    });
  });
});

interface Checked {
  readonly healthCheck: { readonly command: readonly string[] };
}

function filesUnder(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}
