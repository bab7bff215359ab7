import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeLoad, printFigures } from '../support/servers/figures.ts';
import { byStatus, failures, percentile, send } from '../support/servers/load.ts';
import type { Answer } from '../support/servers/load.ts';
import type { Postgres, Session } from '../support/servers/postgres.ts';
import { Server, stopServers, until } from '../support/servers/process.ts';
import { containerOf, host, settingsWithViews, taskEnvironment } from '../support/servers/service.ts';
import type { Service } from '../support/servers/service.ts';
import { System } from '../support/servers/system.ts';

/** In place of the plan's 5 s. */
const lockTimeoutSeconds = 1;

describe('migrations beside the running service', function () {
  this.timeout(90_000);
  let system: System;
  let postgres: Postgres;
  let task: Service;

  before(async function () {
    system = await System.need(this);
    postgres = await system.startPostgres();
    await system.migrate(postgres, 'systemtest', '0001');
    await postgres.sql("INSERT INTO systemtest_item (name) SELECT 'item ' || i FROM generate_series(1, 1000) i");
    task = await system.startTask(postgres);
  });

  after(stopServers);

  /** In place of the plan's 30 s; the migration takes 3 s. */
  const statementTimeoutMs = '1000';

  it("are cut by the limit of the requests' statements, so the next test can fail", async () => {
    const { migrating, code } = await migrate('0002', { DB_STATEMENT_TIMEOUT_MS: statementTimeoutMs });
    assert.notEqual(code, 0);
    assert.match(migrating.output, /canceling statement due to statement timeout/u);
  });

  it('may run longer than any request, with the limits of the migrate task', async () => {
    const { migrating, code } = await migrate('0002');
    assert.equal(code, 0, migrating.output);
  });

  it('give up waiting for a lock and try again, while the site goes on', async () => {
    const reader = await readTheTable();
    const reads = readsOfTheSite(8);
    await sleep(500);
    const migrating = startMigrate('0003');
    await migrating.printed(/attempt 2 of 3/u);
    await reader.close();
    const { code } = await migrating.ended();
    assert.equal(code, 0, migrating.output);
    assert.deepEqual(await columnsNamedNote(), ['1']);
    const answers = await reads;
    printFigures(`reads during two attempts: ${describeLoad(answers)}`);
    assert.deepEqual(failures(answers), [], byStatus(answers));
    // Queries queue behind each attempt, for its lock_timeout at most.
    const slowest = percentile(answers, 1);
    assert.ok(slowest < lockTimeoutSeconds + 3, `a read took ${slowest} s`);
    await migrate('0002');
  });

  it('end with an error when the lock is never to be had', async () => {
    const reader = await readTheTable();
    const { migrating, code } = await migrate('0003');
    await reader.close();
    assert.equal(code, 1);
    assert.match(migrating.output, /CommandError: systemtest\.0003_lock: could not get a lock in 3 attempts/u);
    assert.deepEqual(await columnsNamedNote(), ['0']);
  });

  it('would block the site if they waited for the lock, so the tests above would show it', async () => {
    const reader = await readTheTable();
    const migrating = startMigrate('0003', { DB_LOCK_TIMEOUT_MS: '0' });
    await until('the migration waits', 20, async () => (await waiting('ALTER TABLE')) === 1);
    const reads = readsOfTheSite(2);
    await sleep(lockTimeoutSeconds * 1000 + 4000);
    await reader.close();
    const answers = await reads;
    printFigures(`reads while a migration waits for the lock: ${describeLoad(answers)}`);
    assert.ok(percentile(answers, 0.5) > lockTimeoutSeconds + 2, describeLoad(answers));
    assert.equal((await migrating.ended()).code, 0, migrating.output);
  });

  describe('that build an index concurrently', () => {
    /** Longer than lock_timeout. */
    const heldSeconds = lockTimeoutSeconds + 2;

    it('build it whole, however long a transaction holds them up', async () => {
      const writer = await writeToTheTable();
      const migrating = startMigrate('0004');
      await until('the index waits', 20, async () => (await waiting('CREATE INDEX')) === 1);
      await sleep(heldSeconds * 1000);
      assert.deepEqual(await index(), ['f']);
      await writer.close();
      const { code } = await migrating.ended();
      assert.equal(code, 0, migrating.output);
      assert.deepEqual(await index(), ['t']);
      await migrate('0003');
      assert.deepEqual(await index(), []);
    });

    it("leave an invalid one with Django's own command, so the test above would show it", async () => {
      const writer = await writeToTheTable();
      const migrating = start(['-m', 'systemtest.stock_migrate', 'systemtest', '0004'], {});
      const { code } = await migrating.ended();
      await writer.close();
      assert.notEqual(code, 0);
      assert.match(migrating.output, /canceling statement due to lock timeout/u);
      assert.deepEqual(await index(), ['f']);
    });
  });

  /** Runs the command of the migrate task up to a migration, in the task's environment. */
  async function migrate(target: string, changes: Readonly<Record<string, string>> = {}) {
    const migrating = startMigrate(target, changes);
    const { code } = await migrating.ended(40);
    return { migrating, code };
  }

  function startMigrate(target: string, changes: Readonly<Record<string, string>> = {}): Server {
    const [program, ...args] = containerOf(system.repository, 'migrate').command ?? [];
    assert.equal(program, 'python');
    return start([...args, 'systemtest', target], changes);
  }

  function start(args: readonly string[], changes: Readonly<Record<string, string>>): Server {
    const env = taskEnvironment(system.repository, 'migrate', postgres, {
      DJANGO_SETTINGS_MODULE: settingsWithViews,
      DB_LOCK_TIMEOUT_MS: String(lockTimeoutSeconds * 1000),
      ...changes,
    });
    return new Server('migrate', [system.python, ...args], { cwd: system.repository, env });
  }

  function readsOfTheSite(seconds: number): Promise<readonly Answer[]> {
    return send({ url: `${task.url}/items`, requestsPerSecond: 15, seconds, headers: { Host: host } });
  }

  /** Somebody's long transaction that has read the table: it lets others read and write, but not alter it. */
  async function readTheTable(): Promise<Session> {
    const session = await postgres.session();
    await session.run('BEGIN; SELECT count(*) FROM systemtest_item');
    return session;
  }

  async function writeToTheTable(): Promise<Session> {
    const session = await postgres.session();
    await session.run("BEGIN; INSERT INTO systemtest_item (name) VALUES ('not committed')");
    return session;
  }

  async function waiting(statement: string): Promise<number> {
    const [count] = await postgres.sql(
      `SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query ILIKE '${statement}%'`,
    );
    return Number(count);
  }

  function columnsNamedNote(): Promise<readonly string[]> {
    return postgres.sql(
      "SELECT count(*) FROM information_schema.columns WHERE table_name = 'systemtest_item' AND column_name = 'note'",
    );
  }

  function index(): Promise<readonly string[]> {
    return postgres.sql("SELECT indisvalid FROM pg_index WHERE indexrelid::regclass::text = 'item_name'");
  }
});
