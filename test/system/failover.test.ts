import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { need, skip } from '../support/need.ts';
import { describeLoad, printFigures } from '../support/servers/figures.ts';
import { byStatus, failures, longestRun, percentile, send } from '../support/servers/load.ts';
import type { Answer } from '../support/servers/load.ts';
import { databaseAddress, Network } from '../support/servers/namespace.ts';
import { between, describeOutage, isFailed, loadsOf, observe } from '../support/servers/outage.ts';
import type { Observed } from '../support/servers/outage.ts';
import { stopServers } from '../support/servers/process.ts';
import { host, settingsWithStockEngine } from '../support/servers/service.ts';
import { System } from '../support/servers/system.ts';

/** A failover of RDS takes 60 to 120 s. */
const outageSeconds = 60;
const warmUpSeconds = 5;
/** After the outage everything must be as before within this time. */
const recoverySeconds = 30;
const totalSeconds = warmUpSeconds + outageSeconds + recoverySeconds + 4;

describe('a database that goes away', function () {
  this.timeout(180_000);
  let system: System;
  /** Why no packet can be dropped here. */
  let noNetwork: string | undefined;
  /** Wall clock, ms. */
  let from = 0;
  let to = 0;
  const observed = new Map<string, Observed>();

  before('three tasks and two databases, which go away at the same time', async function () {
    system = await System.need(this);
    const network = await Network.create(need(this, 'ip')).catch((error: unknown) => {
      noNetwork = String(error);
    });
    const scenes = [...(network === undefined ? [] : [await dropped(network)]), await frozen()];
    const all = Promise.all(scenes.map(({ load }) => load()));
    // Awaited when the outage is over.
    all.catch(() => undefined);
    await sleep(warmUpSeconds * 1000);
    from = Date.now();
    await Promise.all(scenes.map(({ takeAway }) => takeAway()));
    await sleep(outageSeconds * 1000);
    await Promise.all(scenes.map(({ giveBack }) => giveBack()));
    to = Date.now();
    for (const [name, one] of (await all).flat()) {
      observed.set(name, one);
      printFigures(`${name}: ${describeOutage(one, from, to)}`);
    }
  });

  after(stopServers);

  for (const name of ['packets dropped', 'server frozen']) {
    describe(name, () => {
      before(function () {
        needsNetwork(this, name);
      });

      it('is served normally before', () => {
        const before = sent(name, Number.NEGATIVE_INFINITY, from - 1000);
        assert.ok(before.length > 20, describeLoad(before));
        assert.deepEqual(failures(before), [], byStatus(before));
      });

      it('never fails as many probes in a row as make a task unhealthy', () => {
        const { unhealthyThreshold } = system.plan.loadBalancer;
        // The outage is shorter than so many probes take; what counts is that the failed ones do not go on.
        const allowed = Math.min(2, unhealthyThreshold - 1);
        for (const probes of observed.get(name)?.probes ?? []) {
          assert.ok(longestRun(probes, isFailed) <= allowed, byStatus(probes));
        }
      });

      it('answers 503 quickly, when it has found out, instead of hanging', () => {
        const answers = sent(name, from, to);
        assert.ok(
          answers.every((answer) => answer.status !== 0),
          byStatus(answers),
        );
        // What was under way when it began waits for tcp_user_timeout at most; what connects when it ends succeeds.
        const during = sent(name, from + 15_000, to - 7000);
        assert.deepEqual([...new Set(during.map((answer) => answer.status))], [503], byStatus(during));
        assert.ok(percentile(during, 0.5) < 3, describeLoad(during));
      });

      it('is served normally 30 s after', () => {
        const after = sent(name, to + recoverySeconds * 1000, Number.POSITIVE_INFINITY);
        assert.ok(after.length > 20, describeLoad(after));
        assert.deepEqual(failures(after), [], byStatus(after));
      });
    });
  }

  it("fails every probe with Django's own engine and no limits, so the tests above would show it", function () {
    needsNetwork(this, 'packets dropped');
    const { healthCheckTimeoutSeconds } = system.plan.loadBalancer;
    for (const probes of observed.get('packets dropped, stock engine')?.probes ?? []) {
      const during = between(probes, from + 2000, to - healthCheckTimeoutSeconds * 1000);
      assert.ok(during.length >= 3, byStatus(during));
      assert.ok(during.every(isFailed), byStatus(during));
    }
  });

  /** As in a failover: two tasks, one of them with Django's own engine, lose the database's address. */
  async function dropped(network: Network) {
    const database = await system.startPostgres({ addresses: [databaseAddress], prefix: network.database });
    const { tasks: prefix } = network;
    const ours = await system.startTask(database, { prefix });
    const stock = await system.startTask(database, { prefix, settings: settingsWithStockEngine });
    const loads = [
      loadsOf(system.plan, ours, '/sleep?seconds=0.05', totalSeconds),
      loadsOf(system.plan, stock, '/sleep?seconds=0.05', totalSeconds),
    ] as const;
    return {
      load: async () => {
        const answers = await network.send(loads.flat());
        const half = loads[0].length;
        return [
          ['packets dropped', observe(answers.slice(0, half))],
          ['packets dropped, stock engine', observe(answers.slice(half))],
        ] as const;
      },
      takeAway: () => network.dropPackets(),
      giveBack: () => network.restore(),
    };
  }

  /**
   * As when the server's disk hangs: it is there, and silent. Its queries are short, since nothing that a client can
   * set cuts one that was under way.
   */
  async function frozen() {
    const database = await system.startPostgres();
    const task = await system.startTask(database);
    const loads = loadsOf(system.plan, task, '/setting?name=port', totalSeconds);
    let goOn: (() => Promise<void>) | undefined;
    return {
      load: async () => [['server frozen', observe(await Promise.all(loads.map(send)))]] as const,
      takeAway: async () => {
        goOn = await database.freeze();
      },
      giveBack: async () => goOn?.(),
    };
  }

  function needsNetwork(context: Mocha.Context, name: string): void {
    if (noNetwork !== undefined && name !== 'server frozen') {
      skip(context, `network namespaces cannot be made: ${noNetwork.replaceAll(/\s+/gu, ' ')}`);
    }
  }

  function sent(name: string, start: number, end: number): readonly Answer[] {
    return between(observed.get(name)?.requests ?? [], start, end);
  }
});

describe('a database that is restarted under load', function () {
  this.timeout(120_000);

  after(stopServers);

  it('is found again by itself', async function () {
    const system = await System.need(this);
    const postgres = await system.startPostgres();
    const task = await system.startTask(postgres);
    const load = { url: `${task.url}/sleep?seconds=0.05`, requestsPerSecond: 30, seconds: 11, headers: { Host: host } };
    const sending = send(load);
    await sleep(2000);
    await postgres.stop();
    await sleep(1000);
    await postgres.start();
    const back = Date.now();
    const answers = await sending;
    printFigures(`restart: ${describeLoad(answers)}`);
    const statuses = [...new Set(answers.map((answer) => answer.status))].toSorted((a, b) => a - b);
    assert.deepEqual(statuses, [200, 503], byStatus(answers));
    const later = answers.filter(({ at }) => at >= back + 5000);
    assert.ok(later.length > 30, describeLoad(later));
    assert.deepEqual(failures(later), [], byStatus(later));
  });
});
