import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from '../support/run.ts';
import { describeLoad, printFigures } from '../support/servers/figures.ts';
import type { Proxy } from '../support/servers/haproxy.ts';
import { byStatus, failures, send } from '../support/servers/load.ts';
import type { Postgres } from '../support/servers/postgres.ts';
import { stopServers, until } from '../support/servers/process.ts';
import { Service, host, taskEnvironment, threadsOf } from '../support/servers/service.ts';
import { highestDuring, webConnections } from '../support/servers/connections.ts';
import { System } from '../support/servers/system.ts';

const production = 'shop.settings.production';

describe('the emitted service, running', function () {
  this.timeout(120_000);
  let system: System;
  let postgres: Postgres;

  before('PostgreSQL', async function () {
    system = await System.need(this);
    postgres = await system.startPostgres({ addresses: ['127.0.0.1', '127.0.0.2'] });
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
      const { code, output } = await boot(environment);
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

  it('has a slow query cut, and goes on', async () => {
    const task = await system.startTask(postgres, { environment: { DB_STATEMENT_TIMEOUT_MS: '500' } });
    const started = performance.now();
    const { status } = await task.get('/sleep?seconds=20');
    const seconds = (performance.now() - started) / 1000;
    assert.equal(status, 500);
    assert.ok(seconds < 10, `cut after ${seconds} s`);
    assert.match(task.server.output, /canceling statement due to statement timeout/u);
    assert.equal((await task.get('/sleep?seconds=0.1')).status, 200);
    await task.stop();
  });

  describe('with production settings and HTTPS', () => {
    let task: Service;

    before(async () => {
      task = await system.startTask(postgres, { settings: production, environment: { HTTPS: '1', GIT_SHA: 'abc123' } });
    });

    after(() => task.stop());

    it('answers 400 to a foreign Host', async () => {
      const response = await task.get('/admin/', { Host: 'evil.example', 'X-Forwarded-Proto': 'https' });
      assert.equal(response.status, 400);
    });

    it('redirects plain HTTP', async () => {
      const response = await task.get('/admin/', { 'X-Forwarded-Proto': 'http' });
      assert.equal(response.status, 301);
      assert.equal(response.headers.location, `https://${host}/admin/`);
    });

    it('does not redirect HTTPS', async () => {
      const response = await task.get('/', { 'X-Forwarded-Proto': 'https' });
      assert.equal(response.status, 302);
      assert.equal(response.headers.location, '/admin/');
    });

    it('answers the probe of the load balancer: an IP address as Host, plain HTTP', async () => {
      const response = await task.get('/healthz', { Host: '10.0.0.7' });
      assert.equal(response.status, 200);
    });

    it('tells on /readyz which commit runs', async () => {
      const response = await task.get('/readyz', { Host: '10.0.0.7' });
      assert.deepEqual(
        { status: response.status, body: JSON.parse(response.body) as unknown },
        { status: 200, body: { status: 'ok', git_sha: 'abc123' } },
      );
    });

    it('is alive but not ready while the database is down, even when started then, and ready again after', async () => {
      const ip = { Host: '10.0.0.7' };
      await postgres.stop();
      try {
        const late = await system.startTask(postgres, { settings: production, environment: { HTTPS: '1' } });
        for (const one of [task, late]) {
          // The last answer is remembered for 1 s.
          await until('/readyz answers 503', 10, async () => (await one.get('/readyz', ip)).status === 503);
          assert.equal((await one.get('/healthz', ip)).status, 200);
        }
        await postgres.start();
        for (const one of [task, late]) {
          await until('/readyz answers 200', 20, async () => (await one.get('/readyz', ip)).status === 200);
        }
        await late.stop();
      } finally {
        await postgres.start();
      }
    });
  });

  describe('TLS to the database', () => {
    it('is trusted when the authority and the name are right', async () => {
      const { code, output } = await connect({});
      assert.equal(code, 0, output);
    });

    it('is refused when the certificate is of another authority', async () => {
      const { code, output } = await connect({ DB_SSLROOTCERT: postgres.strangeAuthority });
      assert.equal(code, 1);
      assert.match(output, /certificate verify failed/u);
    });

    it('is refused when the authority is not among those of RDS, which are trusted unless told otherwise', async () => {
      const { code, output } = await connect({ DB_SSLROOTCERT: '' });
      assert.equal(code, 1);
      assert.match(output, /certificate verify failed/u);
    });

    it('is refused when the certificate has another name', async () => {
      const { code, output } = await connect({ DB_HOST: '127.0.0.2' });
      assert.equal(code, 1);
      assert.match(output, /server certificate for .* does not match host name "127\.0\.0\.2"/u);
    });

    it('is demanded by the server of these tests', async () => {
      const { code, output } = await connect({ DB_SSLMODE: 'disable' });
      assert.equal(code, 1);
      assert.match(output, /no encryption/u);
    });

    it('keeps a service whose database cannot be trusted from being ready, but not from living', async () => {
      const task = await system.startTask(postgres, {
        settings: production,
        environment: { DB_SSLROOTCERT: postgres.strangeAuthority },
      });
      assert.equal((await task.get('/readyz')).status, 503);
      assert.equal((await task.get('/healthz')).status, 200);
      await task.stop();
    });

    /** Connects with the settings of the service, once. */
    function connect(changes: Readonly<Record<string, string>>) {
      const code = 'import django; django.setup(); from django.db import connection as c; c.ensure_connection()';
      const environment = { DJANGO_SETTINGS_MODULE: production, ...changes };
      const env = taskEnvironment(system.repository, 'web', postgres, environment);
      return run(system.python, ['-c', code], { cwd: system.repository, env });
    }
  });

  describe('without a secret', () => {
    for (const [missing, expected] of [
      [['SECRET_KEY'], 'shop.settings.production: SECRET_KEY is not set'],
      [['SECRET_KEY', 'DB_PASSWORD'], 'shop.settings.production: SECRET_KEY, DB_PASSWORD are not set'],
    ] as const) {
      it(`does not start, and says on one line that ${missing.join(' and ')} lacks`, async () => {
        const { code, output } = await boot(Object.fromEntries(missing.map((name) => [name, ''])));
        assert.notEqual(code, 0);
        assert.doesNotMatch(output, /Traceback/u);
        const lines = output.split('\n').filter((line) => missing.some((name) => line.includes(name)));
        assert.deepEqual(lines, [expected], output);
      });
    }
  });

  it('ends within its grace period after SIGTERM, with exit code 0 and the request under way answered', async () => {
    const task = await system.startTask(postgres);
    const answer = task.get('/sleep?seconds=2');
    await sleep(500);
    const exit = await task.stop();
    assert.deepEqual(exit, { code: 0, signal: null });
    assert.equal((await answer).status, 200);
  });

  /** Starts gunicorn, which is expected to end by itself. */
  async function boot(changes: Readonly<Record<string, string>>): Promise<{ code: number | null; output: string }> {
    const environment = taskEnvironment(system.repository, 'web', postgres, {
      DJANGO_SETTINGS_MODULE: production,
      ...changes,
    });
    const service = new Service(1, { repository: system.repository, python: system.python, environment });
    const { code } = await service.server.ended();
    return { code, output: service.server.output };
  }

  async function countConnections(): Promise<number> {
    const [count] = await postgres.sql(`SELECT count(*) FROM pg_stat_activity WHERE ${webConnections}`);
    return Number(count);
  }
});
