import assert from 'node:assert/strict';
import { highestDuring, webConnections } from '../support/servers/connections.ts';
import { describeLoad, printFigures } from '../support/servers/figures.ts';
import type { Proxy } from '../support/servers/haproxy.ts';
import { byStatus, failures, send } from '../support/servers/load.ts';
import type { Postgres } from '../support/servers/postgres.ts';
import { stopServers } from '../support/servers/process.ts';
import { host, threadsOf } from '../support/servers/service.ts';
import type { Service } from '../support/servers/service.ts';
import { System } from '../support/servers/system.ts';

describe('the emitted service, under load', function () {
  this.timeout(120_000);
  let system: System;
  let postgres: Postgres;

  before('PostgreSQL', async function () {
    system = await System.need(this);
    postgres = await system.startPostgres();
    await system.migrate(postgres);
  });

  after(stopServers);

  describe('one task of two behind the proxy', () => {
    let proxy: Proxy;
    let tasks: readonly Service[] = [];

    before(async () => {
      proxy = await system.startProxy();
      tasks = await Promise.all([system.startTask(postgres), system.startTask(postgres)]);
      await Promise.all(tasks.map((task) => proxy.register(task.port)));
    });

    it('has the processes and threads of the plan', async () => {
      const { workers, threads } = system.plan.gunicorn;
      const { url } = proxy;
      // Threads start when they are needed: more requests at once than there are slots.
      const load = { url: `${url}/sleep?seconds=0.2`, requestsPerSecond: 60, seconds: 2, headers: { Host: host } };
      const answers = await send(load);
      assert.deepEqual(failures(answers), []);
      for (const task of tasks) {
        assert.equal(task.workers().length, workers);
        for (const worker of task.workers()) {
          // One more accepts connections.
          assert.equal(threadsOf(worker).length, threads + 1, threadsOf(worker).join(', '));
        }
      }
    });

    it('opens as many connections under load as the plan counts, and never one more', async () => {
      const { slots } = system.plan.gunicorn;
      const load = {
        url: `${proxy.url}/sleep?seconds=0.2`,
        // 12 s of waiting a second: half as much again as both tasks can hold.
        requestsPerSecond: 60,
        seconds: 3,
        headers: { Host: host },
      };
      const { highest, result } = await highestDuring(postgres, send(load));
      assert.deepEqual(failures(result), [], byStatus(result));
      assert.equal(highest, tasks.length * slots);
    });

    it('keeps them in TLS', async () => {
      const rows = await postgres.sql(
        `SELECT ssl, version FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE ${webConnections}`,
      );
      assert.equal(rows.length, tasks.length * system.plan.gunicorn.slots);
      assert.deepEqual([...new Set(rows)], ['t|TLSv1.3']);
    });

    it('gives each of them the limits of the plan', async () => {
      const { body } = await get(`/setting?name=statement_timeout`);
      assert.equal(body, `${system.plan.database.statementTimeoutMs / 1000}s`);
    });

    it('loses no request while workers are recycled', async () => {
      const extra = await system.startTask(postgres, { args: ['--max-requests', '20', '--max-requests-jitter', '10'] });
      await proxy.register(extra.port);
      await Promise.all(tasks.map((task) => proxy.drain(task.port)));
      const before = extra.workers();
      const load = { url: `${proxy.url}/sleep?seconds=0.02`, requestsPerSecond: 30, seconds: 10 };
      const answers = await send({ ...load, headers: { Host: host } });
      printFigures(`recycling: ${describeLoad(answers)}`);
      assert.deepEqual(failures(answers), [], byStatus(answers));
      const recycled = extra.recycledWorkers();
      assert.ok(recycled >= 6, `${recycled} workers were recycled`);
      assert.ok(extra.workers().every((worker) => !before.includes(worker)));
    });

    function get(path: string) {
      const [task] = tasks;
      assert.ok(task !== undefined);
      return task.get(path);
    }
  });

  describe('with more threads than the plan has slots for', () => {
    const environment = { GUNICORN_THREADS: '4' };

    it('does not start', async () => {
      const { code, output } = await system.boot(postgres, environment);
      assert.notEqual(code, 0);
      assert.match(output, /2 workers x 4 threads = 8 is above the 4 slots/u);
    });

    it('opens more connections than the plan counts when told to start all the same', async () => {
      const task = await system.startTask(postgres, { environment: { ...environment, ALLOW_OVER_BUDGET: '1' } });
      const others = await countConnections();
      const load = { url: `${task.url}/sleep?seconds=0.2`, requestsPerSecond: 60, seconds: 2, headers: { Host: host } };
      const { highest } = await highestDuring(postgres, send(load));
      await task.stop();
      assert.ok(highest - others > system.plan.gunicorn.slots, `${highest} connections, of which ${others} of others`);
    });
  });

  async function countConnections(): Promise<number> {
    const [count] = await postgres.sql(`SELECT count(*) FROM pg_stat_activity WHERE ${webConnections}`);
    return Number(count);
  }
});
