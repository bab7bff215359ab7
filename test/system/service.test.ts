import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from '../support/run.ts';
import { get } from '../support/servers/http.ts';
import type { Postgres } from '../support/servers/postgres.ts';
import { stopServers, until } from '../support/servers/process.ts';
import { host, production, taskEnvironment } from '../support/servers/service.ts';
import type { Service } from '../support/servers/service.ts';
import { System } from '../support/servers/system.ts';

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

  describe('behind a load balancer', () => {
    const client = '127.0.0.7';
    const spoofed = '203.0.113.9';
    const trace = 'Root=1-67891233-abcdef012345678912345678';

    /** What a view is told of who asked, and what the log says of the request. */
    async function ask(environment: Readonly<Record<string, string>>) {
      const [proxy, task] = await Promise.all([system.startProxy(), system.startTask(postgres, { environment })]);
      await proxy.register(task.port);
      const headers = { Host: host, 'X-Forwarded-For': `6.6.6.6, ${spoofed}`, 'X-Amzn-Trace-Id': trace };
      const { body } = await get(`${proxy.url}/who`, { headers, localAddress: client });
      await task.stop();
      const lines = task.server.output
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
      return { body, lines };
    }

    it('takes the address that the load balancer saw for the client, and its trace id for the request', async () => {
      const { body, lines } = await ask({});
      assert.equal(body, `${client} ${client}`);
      const access = lines.find(({ path }) => path === '/who');
      assert.deepEqual({ client: access?.['client'], trace: access?.['trace'] }, { client, trace });
      const [said] = lines.filter(({ message }) => message === 'asked');
      assert.equal(said?.['trace'], trace);
      assert.deepEqual(new Set(lines.flatMap((line) => line['trace'] ?? [])), new Set([trace]));
    });

    it('takes the address that a second proxy saw, where one stands before it', async () => {
      const { body } = await ask({ TRUSTED_PROXIES: '2' });
      assert.equal(body, `${spoofed} ${spoofed}`);
    });

    it('would take the load balancer for the client, and believe what it sends: the control', async () => {
      const { body } = await ask({ TRUSTED_PROXIES: '0' });
      assert.equal(body, `127.0.0.1 6.6.6.6, ${spoofed},${client}`);
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
        const { code, output } = await system.boot(postgres, Object.fromEntries(missing.map((name) => [name, ''])));
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
});
