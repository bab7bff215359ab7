import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { webConnections } from '../support/servers/connections.ts';
import { describeLoad, printFigures } from '../support/servers/figures.ts';
import { byStatus, failures, send, sendBursts } from '../support/servers/load.ts';
import type { Answer } from '../support/servers/load.ts';
import { PooledSystem, smallAnswers } from '../support/servers/pooled.ts';
import type { Pooler } from '../support/servers/pgbouncer.ts';
import type { Postgres } from '../support/servers/postgres.ts';
import { stopServers } from '../support/servers/process.ts';
import { host } from '../support/servers/service.ts';
import type { Service } from '../support/servers/service.ts';

describe('what is restarted under load', function () {
  this.timeout(120_000);
  let system: PooledSystem;
  let postgres: Postgres;
  let poolers: readonly Pooler[];
  let tasks: readonly Service[];

  before('PostgreSQL, the tasks of PgBouncer and three web tasks', async function () {
    system = await PooledSystem.need(this, smallAnswers);
    postgres = await system.sharePostgres();
    poolers = await system.startPoolers(postgres);
    tasks = await Promise.all([1, 2, 3].map(() => system.startTask(postgres)));
  });

  after(stopServers);

  it('PgBouncer, one task after the other as ECS replaces them, is found again by itself', async () => {
    const highest = await postgres.watch(`SELECT count(*) FROM pg_stat_activity WHERE ${webConnections}`);
    const logged = postgres.log.length;
    await fillPools();
    const { answers, back } = await under(async () => {
      for (const old of poolers) {
        const others = poolers.filter(({ server }) => server.isRunning && server !== old.server);
        const long = tasks.map((task) => task.get('/sleep?seconds=2'));
        await sleep(500);
        // 50 % and 100 %: the old one goes before the new one comes. Until then the name has its address.
        const { code } = await old.stop();
        assert.equal(code, 0, old.server.output);
        // It waits for transactions.
        assert.deepEqual(
          (await Promise.all(long)).map(({ status }) => status),
          tasks.map(() => 200),
        );
        const replacement = await system.startPooler(postgres);
        poolers = [...others, replacement];
        system.names.point(poolers.map(({ address }) => address));
        await sleep(1000);
      }
    });
    const most = await highest();
    printFigures(`PgBouncer replaced: ${describeLoad(answers)}; at most ${most} connections`);
    assertRecovered(answers, back + 3000);
    // Only what had a transaction open or was just between two of them.
    assert.ok(failures(answers).length < answers.length / 20, byStatus(answers));
    const { pgbouncer, database } = system.plan;
    assert.ok(most > pgbouncer.poolSize && most <= database.webConnections, `${most} connections`);
    assert.doesNotMatch(postgres.log.slice(logged), /too many clients|remaining connection slots/u);
  });

  it('PostgreSQL is found again by itself', async () => {
    const { answers, back } = await under(async () => {
      await postgres.stop();
      await sleep(1000);
      await postgres.start();
    });
    printFigures(`PostgreSQL restarted: ${describeLoad(answers)}`);
    assert.ok(failures(answers).length > 0);
    assertRecovered(answers, back + 4000);
  });

  it('PgBouncer would wait for its clients for ever on SIGTERM: the control', async () => {
    const [pooler] = poolers;
    assert.ok(pooler !== undefined);
    process.kill(pooler.server.pid, 'SIGTERM');
    await pooler.server.printed(/SIGTERM/u);
    await sleep(2000);
    assert.ok(pooler.server.isRunning, pooler.server.output);
    // And SIGINT after all, though they are still there.
    assert.equal((await pooler.stop()).code, 0);
  });

  /** Every slot at once: idle server connections stay open then. */
  async function fillPools(): Promise<void> {
    const requests = system.plan.gunicorn.slots;
    const load = { requests, pausesSeconds: [0.3, 0.3], headers: { Host: host } };
    const answers = await Promise.all(
      tasks.map((task) => sendBursts({ ...load, url: `${task.url}/sleep?seconds=0.3` })),
    );
    assert.deepEqual(failures(answers.flat()), []);
  }

  /** Sends requests while `change` runs, and for 6 s after; `back` is when it was done. */
  async function under(change: () => Promise<void>): Promise<{ answers: readonly Answer[]; back: number }> {
    let end = Number.POSITIVE_INFINITY;
    const loads = tasks.map((task) =>
      send({
        url: `${task.url}/sleep?seconds=0.05`,
        requestsPerSecond: 10,
        seconds: 60,
        headers: { Host: host },
        isOver: () => Date.now() > end,
      }),
    );
    await sleep(1500);
    await change();
    const back = Date.now();
    end = back + 6000;
    return { answers: (await Promise.all(loads)).flat(), back };
  }

  function assertRecovered(answers: readonly Answer[], since: number): void {
    const statuses = new Set(answers.map(({ status }) => status));
    assert.ok(
      [...statuses].every((status) => status === 200 || status === 503),
      byStatus(answers),
    );
    const later = answers.filter(({ at }) => at >= since);
    assert.ok(later.length > 30, describeLoad(later));
    assert.deepEqual(failures(later), [], byStatus(later));
  }
});
