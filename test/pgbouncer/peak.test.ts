import assert from 'node:assert/strict';
import { webConnections } from '../support/servers/connections.ts';
import { describeLoad, printFigures } from '../support/servers/figures.ts';
import { byStatus, failures, sendBursts } from '../support/servers/load.ts';
import type { Answer } from '../support/servers/load.ts';
import { around, PooledSystem, smallAnswers } from '../support/servers/pooled.ts';
import type { Postgres } from '../support/servers/postgres.ts';
import { stopServers } from '../support/servers/process.ts';
import { host } from '../support/servers/service.ts';
import type { Service } from '../support/servers/service.ts';

describe('all web tasks at the peak of a deployment', function () {
  this.timeout(120_000);
  let system: PooledSystem;
  let postgres: Postgres;

  before('PostgreSQL', async function () {
    system = await PooledSystem.need(this, smallAnswers);
    postgres = await system.sharePostgres();
  });

  after(stopServers);

  it('are more than the database has connections for', () => {
    const { gunicorn, service, database } = system.plan;
    assert.ok(gunicorn.slots * service.peakTasks > database.maxConnections);
  });

  it('run out of connections without PgBouncer: the control', async () => {
    const { answers, highest } = await load(around(postgres));
    const refused = failures(answers);
    printFigures(`without: ${describeLoad(answers)}; ${highest} connections`);
    assert.ok(refused.length > 0);
    assert.deepEqual([...new Set(refused.map(({ status }) => status))], [503], byStatus(refused));
    assert.match(postgres.log, refusal);
  });

  it('are all served through PgBouncer, which opens as many connections as planned and never one more', async () => {
    const poolers = await system.startPoolers(postgres);
    const logged = postgres.log.length;
    const { answers, highest } = await load({});
    printFigures(`with: ${describeLoad(answers)}; ${highest} connections`);
    assert.deepEqual(failures(answers), [], byStatus(answers));
    assert.equal(highest, system.plan.database.webConnections);
    assert.equal(highest, poolers.length * system.plan.pgbouncer.poolSize);
    assert.doesNotMatch(postgres.log.slice(logged), refusal);
  });

  const refusal = /too many clients|remaining connection slots/u;

  /** Every slot of every task at once, several times; and the most connections that the database saw meanwhile. */
  async function load(environment: Readonly<Record<string, string>>) {
    const { gunicorn, service } = system.plan;
    const tasks = await Promise.all(
      Array.from({ length: service.peakTasks }, () => system.startTask(postgres, { environment })),
    );
    const highest = await postgres.watch(`SELECT count(*) FROM pg_stat_activity WHERE ${webConnections}`);
    const burst = (task: Service): Promise<readonly Answer[]> =>
      sendBursts({
        url: `${task.url}/sleep?seconds=0.2`,
        requests: gunicorn.slots,
        pausesSeconds: [0.3, 0.3, 0.3, 0.3],
        headers: { Host: host },
      });
    const answers = (await Promise.all(tasks.map(burst))).flat();
    const result = { answers, highest: await highest() };
    await Promise.all(tasks.map((task) => task.stop()));
    return result;
  }
});
