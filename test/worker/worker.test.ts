import assert from 'node:assert/strict';
import { rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from '../support/run.ts';
import { highestDuring } from '../support/servers/connections.ts';
import { printFigures } from '../support/servers/figures.ts';
import { stopServers, until } from '../support/servers/process.ts';
import { containerOf } from '../support/servers/service.ts';
import { WorkerSystem } from '../support/servers/worker.ts';
import type { Worker } from '../support/servers/worker.ts';

/**
 * Longer than the tasks of the tests, and short enough to wait for. A worker on Redis looks at its start for messages
 * that were not acknowledged in time, and then every 100 s.
 */
const visibilityTimeoutSeconds = { redis: 6, sqs: 20 };

for (const broker of ['redis', 'sqs'] as const) {
  describe(`the emitted worker on ${broker === 'sqs' ? 'SQS' : 'Redis'}`, function () {
    this.timeout(240_000);
    let system: WorkerSystem;

    before('servers', async function () {
      system = await WorkerSystem.need(this, broker, visibilityTimeoutSeconds[broker]);
    });

    afterEach(() => system.killWorkers());

    after(stopServers);

    const isEmpty = (seconds: number) =>
      until('the queue is empty', seconds, async () => (await system.queue.left()) === 0);

    it('does each of 500 tasks once, whatever happens to its workers', async () => {
      await system.send(['work', 20, ['KEY', 2]], ['work', 480, ['KEY', 0.001]]);
      const [first, second] = await Promise.all([system.start(), system.start()]);
      // In the middle of the long ones.
      await sleep(800);
      const stopped = first.stop(30);
      await second.kill();
      const third = await system.start();
      // ECS takes longer to start another one.
      await sleep(visibilityTimeoutSeconds[broker] * 1000);
      const successors = [third, await system.start()];
      assert.equal(await stopped, 0, first.server.output.slice(-2000));
      await isEmpty(150);
      await Promise.all(successors.map((worker) => worker.stop(30)));
      assert.deepEqual(await system.effects(), { 1: 500 });
      const taken = successors.map((worker) => succeeded(worker));
      printFigures(`500 tasks: ${succeeded(first)}, killed ${succeeded(second)}, then ${taken.join(' and ')}`);
      await system.clear();
    });

    it('gives a task back that does not end in time, and ends', async () => {
      await system.send(['work', 1, ['KEY', 8]]);
      const worker = await system.start({ TEST_SHUTDOWN: '1', TEST_VISIBILITY: '60' });
      await until('it works', 20, async () => (await lockedMarks()) > 0);
      assert.notEqual(await worker.stop(7), null);
      assert.match(worker.server.output, /go back to the queue/u);
      // At once, not when its message would come back by itself.
      const next = await system.start({ TEST_VISIBILITY: '60' });
      await until('it works again', 10, async () => (await lockedMarks()) > 0);
      await isEmpty(30);
      await next.stop(30);
      assert.deepEqual(await system.effects(), { 1: 1 });
      await system.clear();
    });

    /** Transactions that hold a mark which is not committed: tasks at work. */
    async function lockedMarks(): Promise<number> {
      const [count] = await system.postgres.sql(
        "SELECT count(*) FROM pg_locks JOIN pg_class ON pg_class.oid = relation WHERE relname = 'background_done' AND mode = 'RowExclusiveLock'",
      );
      return Number(count);
    }
  });
}

describe('the emitted worker', function () {
  this.timeout(180_000);
  let system: WorkerSystem;

  before('servers', async function () {
    system = await WorkerSystem.need(this, 'redis', visibilityTimeoutSeconds.redis, ['--celery-longest-task', '600']);
  });

  afterEach(() => system.killWorkers());

  after(stopServers);

  it("loses tasks with Celery's own settings: the control", async () => {
    await system.send(['careless', 8, ['KEY', 3]]);
    const worker = await system.start({ TEST_CELERY_DEFAULTS: '1' });
    await until('two run', 20, async () => Number((await system.effects())['1'] ?? 0) >= 2);
    await worker.kill();
    await system.postgres.sql('TRUNCATE workertest_effect');
    await sleep(visibilityTimeoutSeconds.redis * 1000);
    const next = await system.start();
    await until('the queue is empty', 60, async () => (await system.queue.left()) === 0);
    await next.stop(30);
    // Both that ran when it was killed are gone.
    assert.deepEqual(await system.effects(), { 1: 6 });
    await system.clear();
  });

  it('repeats the effect of a task without a mark: the control', async () => {
    await system.send(['careless', 2, ['KEY', 3]]);
    const worker = await system.start();
    await until('two run', 20, async () => Number((await system.effects())['1'] ?? 0) >= 2);
    await worker.kill();
    await sleep(visibilityTimeoutSeconds.redis * 1000);
    const next = await system.start();
    await until('the queue is empty', 60, async () => (await system.queue.left()) === 0);
    await next.stop(30);
    assert.deepEqual(await system.effects(), { 2: 2 });
    await system.clear();
  });

  it('never opens more connections than the plan counts for a worker, and uses them', async () => {
    const { concurrency } = system.planned;
    await system.send(['query', 40, [0.2]]);
    const worker = await system.start();
    const work = until('the queue is empty', 60, async () => (await system.queue.left()) === 0);
    const { highest } = await highestDuring(system.postgres, work);
    await worker.stop(30);
    assert.ok(highest >= concurrency && highest <= concurrency + 1, `${highest} connections`);
  });

  it('turns unhealthy when it hangs, and only then', async () => {
    const [, command = ''] = (containerOf(system.repository, 'worker') as unknown as Checked).healthCheck.command;
    const age = system.planned.heartbeatAgeSeconds;
    assert.ok(command.includes(`-${age} seconds`), command);
    const check = async () => (await run('sh', ['-c', command.replace(`-${age} seconds`, '-5 seconds')])).code;
    rmSync('/tmp/worker-heartbeat', { force: true });
    assert.notEqual(await check(), 0, 'without a worker');
    const worker = await system.start({ TEST_HEARTBEAT: '0.5' });
    await until('it is healthy', 10, async () => (await check()) === 0);
    // Busy is not hanging.
    await system.send(['query', 2, [8]]);
    await sleep(6000);
    assert.equal(await check(), 0, 'while its children work');
    process.kill(worker.server.pid, 'SIGSTOP');
    await until('it is unhealthy', 20, async () => (await check()) !== 0);
    const touched = statSync('/tmp/worker-heartbeat').mtimeMs;
    process.kill(worker.server.pid, 'SIGCONT');
    await until('it beats again', 10, () => statSync('/tmp/worker-heartbeat').mtimeMs > touched);
    await worker.stop(30);
  });

  it('tells in one line of each task how it ended, also of one that was ended', async () => {
    await system.send(['query', 3, [0]], ['fail', 2, ['planted']], ['hang', 1, []]);
    const worker = await system.start({ TEST_TIME_LIMIT: '2' });
    await until('the queue is empty', 60, async () => (await system.queue.left()) === 0);
    await worker.stop(30);
    const ended = worker.lines.filter(({ event }) => typeof event === 'string' && event.startsWith('task-'));
    const counts: Record<string, number> = {};
    for (const { event, task_name: name } of ended) {
      const key = `${String(event)} ${String(name)}`;
      counts[key] = (counts[key] ?? 0) + 1;
    }
    assert.deepEqual(counts, {
      'task-succeeded workertest.tasks.query': 3,
      'task-failed workertest.tasks.fail': 2,
      'task-failed workertest.tasks.hang': 1,
    });
    for (const line of ended) {
      assert.match(String(line['task_id']), /^[0-9a-f-]{36}$/u);
      if (line['event'] === 'task-succeeded') {
        assert.ok(Number(line['waited_seconds']) >= 0 && Number(line['ran_seconds']) >= 0, JSON.stringify(line));
      }
    }
    const texts = worker.server.output.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('{'));
    assert.deepEqual(
      texts.filter((line) => !isBanner(line)),
      [],
    );
  });

  it('asks ECS to spare it while it works, and lets go when it is idle', async () => {
    const told: unknown[] = [];
    const agent = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        told.push([request.method, request.url, JSON.parse(Buffer.concat(chunks).toString('utf8'))]);
        // The first time it refuses.
        response.end(JSON.stringify(told.length === 1 ? { failure: { Reason: 'DEPLOYMENT_BLOCKED' } } : {}));
      });
    });
    await new Promise<void>((resolve) => agent.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = agent.address() as AddressInfo;
      const worker = await system.start({ ECS_AGENT_URI: `http://127.0.0.1:${port}` });
      await system.send(['query', 2, [12]]);
      await until('it lets go', 40, () => told.length >= 3);
      await worker.stop(30);
      const put = (body: unknown) => ['PUT', '/task-protection/v1/state', body];
      const on = put({ ProtectionEnabled: true, ExpiresInMinutes: system.planned.protectionMinutes });
      assert.deepEqual(told, [on, on, put({ ProtectionEnabled: false })]);
      assert.match(worker.server.output, /task protection True was refused.*DEPLOYMENT_BLOCKED/u);
    } finally {
      agent.close();
    }
  });

  it('has a beat that starts and ends', async () => {
    const beat = system.beat();
    await beat.printed(/beat: Starting/u, 30);
    // It says so before it has imported all that it needs, and Celery's handler of SIGTERM imports the same.
    await sleep(2000);
    const { code } = await beat.stop('SIGTERM', 30);
    assert.equal(code, 0, beat.output);
  });
});

interface Checked {
  readonly healthCheck: { readonly command: readonly string[] };
}

function succeeded(worker: Worker): number {
  return worker.lines.filter(({ event }) => event === 'task-succeeded').length;
}

/** What Celery prints of itself at start and end, whatever the logging. */
function isBanner(line: string): boolean {
  return !/Traceback|Error/u.test(line);
}
