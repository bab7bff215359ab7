import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { highestDuring } from '../support/servers/connections.ts';
import { describeLoad, printFigures } from '../support/servers/figures.ts';
import type { Proxy } from '../support/servers/haproxy.ts';
import { byStatus, failures, send } from '../support/servers/load.ts';
import type { Answer } from '../support/servers/load.ts';
import type { Postgres } from '../support/servers/postgres.ts';
import { stopServers } from '../support/servers/process.ts';
import type { Exit } from '../support/servers/process.ts';
import { host } from '../support/servers/service.ts';
import type { Service } from '../support/servers/service.ts';
import { System } from '../support/servers/system.ts';

/** In the deregistration delay's place: longer than any request of the load. */
const drainSeconds = 4;
const load = { requestsPerSecond: 60, headers: { Host: host }, timeoutSeconds: 30 };
/** Each worker is replaced about every 3 s. */
const recycling = ['--max-requests', '30', '--max-requests-jitter', '15'];

describe('a deployment under load', function () {
  this.timeout(120_000);
  let system: System;
  let postgres: Postgres;
  let proxy: Proxy;
  let tasks: Service[] = [];

  before(async function () {
    system = await System.need(this);
    postgres = await system.startPostgres();
    proxy = await system.startProxy();
    tasks = await startTasks();
  });

  after(stopServers);

  it('fails no request: new tasks healthy, old ones drained, then SIGTERM', async () => {
    const old = tasks;
    let isOver = false;
    const answers = send({ ...load, seconds: 60, url: `${proxy.url}/sleep?seconds=0.05`, isOver: () => isOver });
    const deployment = async () => {
      await sleep(2000);
      // As ECS does with 100 % to 200 % of the tasks: two new ones beside the old, which then go.
      tasks = await startTasks();
      await Promise.all(old.map((task) => proxy.drain(task.port)));
      await sleep(drainSeconds * 1000);
      const exits = await stop(old);
      await sleep(2000);
      isOver = true;
      return exits;
    };
    const { highest, result } = await highestDuring(postgres, Promise.all([answers, deployment()]));
    const [sent, exits] = result;
    printFigures(`with drain: ${describeLoad(sent)}; at most ${highest} connections`);
    assert.deepEqual(failures(sent), [], byStatus(sent));
    assert.ok(sent.length > load.requestsPerSecond * (drainSeconds + 4), describeLoad(sent));
    assert.deepEqual(exits, [clean, clean]);
    const recycled = [...old, ...tasks].map((task) => task.recycledWorkers());
    assert.ok(
      recycled.every((count) => count > 0),
      `recycled workers of each task: ${recycled.join(', ')}`,
    );
    // Old and new tasks together hold what was counted for them.
    const { slots } = system.plan.gunicorn;
    assert.ok(highest <= 4 * slots, `${highest} connections of 4 tasks`);
  });

  it('fails some without the drain, so the test above would show it', async () => {
    const old = tasks;
    tasks = await startTasks();
    const answers = send({ ...load, url: `${proxy.url}/sleep?seconds=0.05`, seconds: 5 });
    await sleep(1500);
    await stop(old);
    const sent = await answers;
    printFigures(`without drain: ${describeLoad(sent)}`);
    const failed = failures(sent);
    assert.ok(failed.length > 0, 'no request failed');
    assert.ok(failed.every(isOfGateway), byStatus(failed));
  });

  const clean: Exit = { code: 0, signal: null };

  async function startTasks(): Promise<Service[]> {
    const started = await Promise.all([1, 2].map(() => system.startTask(postgres, { args: recycling })));
    await Promise.all(started.map((task) => proxy.register(task.port)));
    return started;
  }

  async function stop(old: readonly Service[]): Promise<readonly Exit[]> {
    const exits = await Promise.all(old.map((task) => task.stop()));
    await Promise.all(old.map((task) => proxy.remove(task.port)));
    return exits;
  }

  function isOfGateway(answer: Answer): boolean {
    return [502, 503, 504].includes(answer.status);
  }
});
