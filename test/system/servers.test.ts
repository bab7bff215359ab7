import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { serverFolder } from '../support/servers/folder.ts';
import type { Proxy } from '../support/servers/haproxy.ts';
import { get } from '../support/servers/http.ts';
import type { Postgres } from '../support/servers/postgres.ts';
import { Server, stopServers, until } from '../support/servers/process.ts';
import { host } from '../support/servers/service.ts';
import { System } from '../support/servers/system.ts';

const hold = fileURLToPath(new URL('../support/servers/hold.ts', import.meta.url));

describe('the servers of these tests', function () {
  this.timeout(120_000);
  let system: System;

  before(async function () {
    system = await System.need(this);
  });

  after(stopServers);

  it('do not outlive a killed run, not even a frozen database', async () => {
    const { postgres, openssl, haproxy } = system.programs;
    const args = [hold, postgres, openssl, haproxy, system.repository, system.python];
    // What it leaves behind goes with the folders of this run.
    const env = { ...process.env, TMPDIR: serverFolder('hold') };
    const holder = new Server('hold.ts', [process.execPath, '--import', 'tsx/esm', ...args], { env });
    const [, json = ''] = await holder.printed(/holding (.*)\n/u, 40);
    const pids = JSON.parse(json) as readonly number[];
    // PostgreSQL with its helpers, HAProxy, gunicorn with its workers.
    assert.ok(pids.length >= 8, json);
    assert.ok(pids.every(isAlive));
    process.kill(holder.pid, 'SIGKILL');
    await holder.ended();
    await until(`${json} are gone`, 20, () => !pids.some(isAlive));
  });

  describe('the proxy', () => {
    let postgres: Postgres;
    let proxy: Proxy;

    before(async () => {
      postgres = await system.startPostgres();
      proxy = await system.startProxy();
    });

    it('answers 503 without a target', async () => {
      assert.equal((await ask()).status, 503);
    });

    it('sends requests to a healthy target, and none to one that drains', async () => {
      const task = await system.startTask(postgres);
      await proxy.register(task.port);
      assert.equal((await ask()).status, 200);
      await proxy.drain(task.port);
      assert.equal((await ask()).status, 503);
      await proxy.remove(task.port);
      await task.stop();
    });

    it('takes out a target whose process died', async () => {
      const task = await system.startTask(postgres);
      await proxy.register(task.port);
      task.server.kill();
      await task.server.ended();
      // Without a target the proxy answers at once; before that it meets the closed port.
      await until('the dead target is out', 20, async () => (await proxy.statusOf(task.port)) === 'DOWN');
    });

    function ask() {
      return get(`${proxy.url}/plain`, { headers: { Host: host } });
    }
  });
});

function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}/stat`);
}
