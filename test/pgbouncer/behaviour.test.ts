import assert from 'node:assert/strict';
import { around, PooledSystem, smallAnswers } from '../support/servers/pooled.ts';
import type { Outcome } from '../support/servers/pooled.ts';
import type { Pooler } from '../support/servers/pgbouncer.ts';
import type { Postgres } from '../support/servers/postgres.ts';
import { stopServers, until } from '../support/servers/process.ts';
import type { Server } from '../support/servers/process.ts';
import type { Service } from '../support/servers/service.ts';

describe('code that goes through PgBouncer', function () {
  this.timeout(120_000);
  let system: PooledSystem;
  let postgres: Postgres;
  let pooler: Pooler;

  before('PostgreSQL and one PgBouncer', async function () {
    system = await PooledSystem.need(this, smallAnswers);
    postgres = await system.sharePostgres();
    pooler = await system.startPooler(postgres);
    system.names.point([pooler.address]);
    await postgres.sql("INSERT INTO systemtest_item (name) SELECT 'item ' || n FROM generate_series(1, 100) AS n");
  });

  after(stopServers);

  describe('as the emitted settings have it', () => {
    let seen: Readonly<Record<string, Outcome>>;

    before(async () => {
      seen = await ask([
        ...['iterate', 'iterate_with_cursor', 'iterate_with_cursor_in_transaction', 'set_session', 'set_local'],
        ...['advisory_session', 'advisory_transaction', 'listen', 'temporary_table', 'prepare_in_protocol'],
        ...['prepare_in_sql', 'limits', 'slow_query', 'startup_options'],
      ]);
    });

    it('iterates over a query outside of a transaction', () => {
      assert.equal(seen['iterate']?.result, 100);
    });

    it('could not with a cursor of the server, which is left behind on another connection', () => {
      assert.match(String(seen['iterate_with_cursor']?.result), /^\w+: cursor "[^"]+" does not exist$/u);
    });

    it('could with a cursor of the server inside of a transaction', () => {
      assert.equal(seen['iterate_with_cursor_in_transaction']?.result, 100);
    });

    it('leaves a SET to the next client, and loses it itself', () => {
      const before = `${system.plan.database.lockTimeoutMs / 1000}s`;
      assert.deepEqual(seen['set_session']?.result, {
        before,
        'next client': '1234ms',
        'same client later': before,
      });
      assert.deepEqual(seen['set_local']?.result, { inside: '1234ms', after: before });
    });

    it('cannot rely on advisory locks of the session, but on those of a transaction', () => {
      assert.deepEqual(seen['advisory_session']?.result, {
        'second client got it, too': true,
        'first gave it back': false,
      });
      assert.equal(seen['advisory_transaction']?.result, false);
    });

    it('hears no notification', async () => {
      assert.equal(seen['listen']?.result, 0);
      const direct = await ask(['listen'], around(postgres));
      assert.equal(direct['listen']?.result, 1);
    });

    it('loses a temporary table', () => {
      assert.match(String(seen['temporary_table']?.result), /^UndefinedTable: relation "kept" does not exist/u);
    });

    it('may prepare statements in the protocol', () => {
      assert.deepEqual(seen['prepare_in_protocol']?.result, { servers: 2, prepared: [1, 1] });
    });

    it('may not prepare statements in SQL', () => {
      const { result } = seen['prepare_in_sql'] ?? {};
      assert.match(String(result), /^InvalidSqlStatementName: prepared statement "answer" does not exist/u);
    });

    it('has the limits of the plan, which migrate gave the role, and a slow query is cut', () => {
      const { statementTimeoutMs, lockTimeoutMs, idleInTransactionTimeoutMs } = system.plan.database;
      assert.deepEqual(seen['limits']?.result, {
        statement_timeout: `${statementTimeoutMs / 1000}s`,
        lock_timeout: `${lockTimeoutMs / 1000}s`,
        idle_in_transaction_session_timeout: `${idleInTransactionTimeoutMs / 1000}s`,
      });
      assert.match(String(seen['slow_query']?.result), /canceling statement due to statement timeout/u);
      assert.ok((seen['slow_query']?.seconds ?? 0) >= statementTimeoutMs / 1000);
    });

    it('would be refused with the limits as startup options', () => {
      const { result } = seen['startup_options'] ?? {};
      assert.match(String(result), /unsupported startup parameter in options: statement_timeout/u);
    });
  });

  describe('while transactions hold every connection of the pool', () => {
    let task: Service;
    let holders: Server;

    before(async () => {
      task = await system.startTask(postgres);
      assert.equal((await task.get('/items')).status, 200);
      holders = system.hold(postgres, system.plan.pgbouncer.poolSize);
      await holders.printed(/held/u);
    });

    it('fails after query_wait_timeout, and the site answers 503 instead of hanging', async () => {
      const answer = await task.get('/items');
      const [line] = await holders.printed(/^\{.*\}$/mu);
      const { result, seconds } = JSON.parse(line) as Outcome;
      assert.match(String(result), /^ProtocolViolation: query_wait_timeout/u);
      // It looks once a second.
      assert.ok(seconds >= system.plan.pgbouncer.queryWaitTimeoutSeconds - 1, `${seconds} s`);
      assert.equal(answer.status, 503, answer.body);
      assert.equal(answer.headers['retry-after'], '10');
      assert.equal((await task.get('/healthz')).status, 200);
    });

    it('works again when the database has ended them: they were idle for too long', async () => {
      await until('the site answers again', 20, async () => (await task.get('/items')).status === 200);
      assert.ok(holders.isRunning);
      assert.match(postgres.log, /terminating connection due to idle-in-transaction timeout/u);
    });
  });

  const ask = (names: readonly string[], changes: Readonly<Record<string, string>> = {}) =>
    system.ask(postgres, names, changes);
});
