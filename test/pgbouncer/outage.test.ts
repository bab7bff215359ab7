import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { need, skip } from '../support/need.ts';
import { describeLoad, printFigures } from '../support/servers/figures.ts';
import { byStatus, failures, longestRun, percentile, send } from '../support/servers/load.ts';
import type { Answer } from '../support/servers/load.ts';
import { databaseAddress, Network } from '../support/servers/namespace.ts';
import { between, describeOutage, isFailed, loadsOf, observe } from '../support/servers/outage.ts';
import type { Observed } from '../support/servers/outage.ts';
import { PooledSystem } from '../support/servers/pooled.ts';
import { stopServers } from '../support/servers/process.ts';
import { settingsWithTrustingEngine } from '../support/servers/service.ts';

const outageSeconds = 30;
const warmUpSeconds = 5;
/** After the outage everything must be as before within this time: less than the 30 s that are promised. */
const recoverySeconds = 10;
const totalSeconds = warmUpSeconds + outageSeconds + recoverySeconds + 4;

describe('a database that goes away behind PgBouncer', function () {
  this.timeout(180_000);
  let system: PooledSystem;
  /** Why no packet can be dropped here. */
  let noNetwork: string | undefined;
  /** Wall clock, ms. */
  let from = 0;
  /** From here on nothing is answered any more. */
  let gone = 0;
  let to = 0;
  const observed = new Map<string, Observed>();

  before('two databases, which go away at the same time', async function () {
    // The planned waits of the default answers: the longest that a request can hold a slot for.
    const [first, second, careless] = [
      await PooledSystem.need(this, []),
      await PooledSystem.need(this, []),
      await PooledSystem.need(this, []),
    ];
    system = first;
    const network = await Network.create(need(this, 'ip')).catch((error: unknown) => {
      noNetwork = String(error);
    });
    const scenes = [...(network === undefined ? [] : [await dropped(network, second)]), await frozen(first, careless)];
    const all = Promise.all(scenes.map(({ load }) => load()));
    // Awaited when the outage is over.
    all.catch(() => undefined);
    await sleep(warmUpSeconds * 1000);
    from = Date.now();
    await Promise.all(scenes.map(({ takeAway }) => takeAway()));
    gone = Date.now();
    await sleep(outageSeconds * 1000);
    await Promise.all(scenes.map(({ giveBack }) => giveBack()));
    to = Date.now();
    for (const [name, answers] of (await all).flat()) {
      const one = observe(answers);
      observed.set(name, one);
      printFigures(`${name}: ${describeOutage(one, from, to)}`);
    }
  });

  after(stopServers);

  for (const name of ['packets dropped', 'server frozen']) {
    describe(name, () => {
      before(function () {
        if (name === 'packets dropped' && noNetwork !== undefined) {
          skip(this, `network namespaces cannot be made: ${noNetwork.replaceAll(/\s+/gu, ' ')}`);
        }
      });

      it('is served normally before', () => {
        const before = sent(name, Number.NEGATIVE_INFINITY, from - 1000);
        assert.ok(before.length > 10, describeLoad(before));
        assert.deepEqual(failures(before), [], byStatus(before));
      });

      it('never fails as many probes in a row as make a task unhealthy', () => {
        const { unhealthyThreshold } = system.plan.loadBalancer;
        const allowed = Math.min(2, unhealthyThreshold - 1);
        for (const probes of observed.get(name)?.probes ?? []) {
          assert.ok(longestRun(probes, isFailed) <= allowed, byStatus(probes));
        }
      });

      it('answers 503 quickly, when it has found out, instead of hanging', () => {
        const answers = sent(name, from, to);
        // A query that the server had taken when it froze: its system acknowledges packets, so nobody gives up on it.
        const caught = name === 'server frozen' ? answers.filter(({ at, status }) => status === 0 && at < gone) : [];
        assert.ok(caught.length <= system.plan.gunicorn.workers * system.plan.gunicorn.threads, byStatus(answers));
        assert.ok(
          answers.every((answer) => answer.status !== 0 || caught.includes(answer)),
          byStatus(answers),
        );
        const during = sent(name, from + 15_000, to - 7000);
        assert.deepEqual([...new Set(during.map((answer) => answer.status))], [503], byStatus(during));
        assert.ok(percentile(during, 0.5) < 3, describeLoad(during));
      });

      it('is served normally soon after', () => {
        const after = sent(name, to + recoverySeconds * 1000, Number.POSITIVE_INFINITY);
        assert.ok(after.length > 20, describeLoad(after));
        assert.deepEqual(failures(after), [], byStatus(after));
      });
    });
  }

  it('would hang with an engine that takes the word of a PgBouncer that lets clients wait, so the tests above would show it', () => {
    const during = sent('server frozen, trusting engine', from + 15_000, to - 7000);
    assert.ok(during.length > 30, describeLoad(during));
    assert.ok(percentile(during, 0.5) > 3, describeLoad(during));
  });

  /** As in a failover: the database's address is gone, for PgBouncer, too. */
  async function dropped(network: Network, around: PooledSystem) {
    const database = await around.startPostgres({ addresses: [databaseAddress], prefix: network.database });
    await around.startPoolers(database, { prefix: network.tasks });
    const task = await around.startTask(database, { prefix: network.tasks });
    return {
      load: async () => [
        [
          'packets dropped',
          await network.send(loadsOf(system.plan, task, '/sleep?seconds=0.05', totalSeconds)),
        ] as const,
      ],
      takeAway: () => network.dropPackets(),
      giveBack: () => network.restore(),
    };
  }

  /** As when the server's disk hangs: it is there, and silent. */
  async function frozen(around: PooledSystem, careless: PooledSystem) {
    const database = await around.startPostgres();
    await around.startPoolers(database);
    const task = await around.startTask(database);
    const environment = { DJANGO_SETTINGS_MODULE: settingsWithTrustingEngine };
    // The control has PgBouncer's own two minutes of waiting: the emitted four seconds alone would end most of the hanging.
    await careless.startPoolers(database, { without: ['query_wait_timeout'] });
    const trusting = await careless.startTask(database, { environment });
    let goOn: (() => Promise<void>) | undefined;
    return {
      load: () =>
        Promise.all(
          [task, trusting].map(async (one, i) => {
            const answers = await Promise.all(loadsOf(system.plan, one, '/setting?name=port', totalSeconds).map(send));
            return [`server frozen${i === 0 ? '' : ', trusting engine'}`, answers] as const;
          }),
        ),
      takeAway: async () => {
        goOn = await database.freeze();
      },
      giveBack: async () => goOn?.(),
    };
  }

  function sent(name: string, start: number, end: number): readonly Answer[] {
    return between(observed.get(name)?.requests ?? [], start, end);
  }
});
