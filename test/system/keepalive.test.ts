import assert from 'node:assert/strict';
import { describeLoad, printFigures } from '../support/servers/figures.ts';
import { byStatus, failures, sendBursts } from '../support/servers/load.ts';
import type { Answer } from '../support/servers/load.ts';
import type { Postgres } from '../support/servers/postgres.ts';
import { stopServers } from '../support/servers/process.ts';
import { host } from '../support/servers/service.ts';
import { System } from '../support/servers/system.ts';

/** The plan's seconds pass this much faster: 75 s become 2.5 s, 90 s become 3 s. */
const scale = 30;
const gunicornDefaultSeconds = 2;

/** Near the idle timeout of the proxy, and past gunicorn's default. */
const pausesSeconds = [2.02, 2.1, 2.2, 2.3, 2.4, 2.45, 2.5, 2.05, 2.15, 2.25];

describe('idle connections between the proxy and the service', function () {
  this.timeout(120_000);
  let system: System;
  let postgres: Postgres;

  before(async function () {
    system = await System.need(this);
    postgres = await system.startPostgres();
  });

  after(stopServers);

  it("are closed by the proxy first: bursts after pauses meet no 502, and some with gunicorn's default", async () => {
    const { keepaliveSeconds } = system.plan.gunicorn;
    const [ours, defaults] = await Promise.all([bursts(keepaliveSeconds / scale), bursts(gunicornDefaultSeconds)]);
    printFigures(`the plan's keepalive: ${describeLoad(ours)}`);
    printFigures(`gunicorn's default of 2 s: ${describeLoad(defaults)}`);
    assert.deepEqual(failures(ours), [], byStatus(ours));
    assert.ok(
      defaults.some((answer) => answer.status === 502),
      byStatus(defaults),
    );
  });

  async function bursts(keepaliveSeconds: number): Promise<readonly Answer[]> {
    const idleTimeoutSeconds = system.plan.loadBalancer.idleTimeoutSeconds / scale;
    const proxy = await system.startProxy({ idleTimeoutSeconds, slots: 1 });
    const task = await system.startTask(postgres, { args: ['--keep-alive', String(keepaliveSeconds)] });
    await proxy.register(task.port);
    return sendBursts({ url: `${proxy.url}/plain`, requests: 40, pausesSeconds, headers: { Host: host } });
  }
});
