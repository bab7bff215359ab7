import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Account } from '../support/aws/account.ts';
import type { Rule } from '../support/aws/account.ts';
import { Checkout } from '../support/aws/checkout.ts';
import { onlyOnAws } from '../support/aws/onlyOnAws.ts';
import { keepUpload } from '../support/aws/uploads.ts';
import { failed, succeeded } from '../support/aws/outcomes.ts';
import { handOverTokens } from '../support/aws/pipeline.ts';
import { emitRepository } from '../support/emit.ts';
import { need, needPython } from '../support/need.ts';
import { run, runOk } from '../support/run.ts';
import { serverFolder } from '../support/servers/folder.ts';
import { stopServers, until } from '../support/servers/process.ts';
import { containerOf } from '../support/servers/service.ts';
import { venvFor } from '../support/venvs.ts';

const services = ['web', 'worker', 'beat'] as const;

/** Tasks that are long enough to be protected. */
const flags = ['--broker', 'sqs', '--beat', '--celery-longest-task', '600', '--ci', 'gitlab'];

/** A task that tells which release worked on it, without a database. */
const tell = `

@shared_task
def tell(path):
    import os
    from pathlib import Path

    Path(path).write_text(os.environ["GIT_SHA"])


@shared_task
def relay(path):
    """Works long enough to be protected, and sends another task."""
    import time

    time.sleep(2)
    tell.delay(path)


@shared_task(acks_late=True)
def give_back(path):
    """Is put back into the queue, once."""
    from pathlib import Path

    from celery.exceptions import Reject

    if Path(path).exists():
        return
    tell(path)
    raise Reject(path, requeue=True)
`;

/** Sends a task with the path of the file that it writes. */
const send =
  'import django, sys; django.setup(); from shop.background import tasks; getattr(tasks, sys.argv[2]).delay(sys.argv[1])';

/** Celery as its container starts it, but for the heartbeat: all workers share the /tmp of this machine. */
const celery = `
from pathlib import Path
from django_fargate.celery import heartbeat
heartbeat.FILE = Path("TMP/worker-heartbeat")
from celery.__main__ import main
main()
`;

/** A worker on SQS and beat beside the web service. The worker is a real one; the queue is moto's. */
describe('the life of a worker on the AWS stand-in', function () {
  this.timeout(120_000);
  this.slow(30_000);
  this.bail(true);
  let account: Account;
  let checkout: Checkout;
  let python: string;
  let told: string;
  const released: string[] = [];

  before(async function () {
    const moto = need(this, 'moto');
    const interpreter = await needPython(this, '3.11', 'highest');
    const repository = await emitRepository(path.join(serverFolder('worker'), 'shop'), flags);
    python = await venvFor(repository, interpreter);
    told = serverFolder('told');
    account = await Account.start(moto);
    checkout = await Checkout.of(repository, python, account);
    checkout.write('shop/background/tasks.py', checkout.read('shop/background/tasks.py') + tell);
    account.setRules(rules());
  });

  after(stopServers);

  it('gets its queue from a stack of its own, and no service before the first release', async () => {
    released.push(await checkout.commit('First commit'));
    const { output } = succeeded(await checkout.release('bootstrap'));
    assert.match(output, /shop-dbinit \w+: STOPPED[^]*broker: CREATE_COMPLETE[^]*service: CREATE_COMPLETE/u);
    for (const name of services) {
      assert.equal(await account.service('shop', name), undefined, name);
    }
    checkout.pipeline = handOverTokens('gitlab', serverFolder('tokens'));
  });

  it('goes live with the web service and takes tasks from the queue', async () => {
    const { output } = succeeded(await checkout.release('release'));
    assert.match(output, /shop-worker:1 1 of 1 run, COMPLETED/u);
    assert.deepEqual(await notesOf('web'), {
      ...{ RELEASE_SHA: released[0], RELEASE_PREVIOUS: '' },
      RELEASE_MIGRATIONS: 'accounts.0001_initial django_fargate.background.0001_initial',
      RELEASE_OVERRIDDEN_MIGRATIONS: '',
      RELEASE_WORKER: await revisionOf('worker'),
      RELEASE_BEAT: await revisionOf('beat'),
    });
    assert.equal(await workedBy('first'), released[0]);
  });

  it('asks AWS with the role of its task: to send, to put back, to be spared while it works, to keep uploads', async () => {
    assert.equal(await workedBy('relayed', 'relay'), released[0]);
    assert.equal(await workedBy('given back', 'give_back'), released[0]);
    const used = ['sqs:SendMessage', 'sqs:ChangeMessageVisibility', 'sqs:DeleteMessage'];
    await until('it has', 10, async () => {
      const calls = await account.calls();
      return used.every((action) => calls.includes(action));
    });
    await keepUpload(account, python, 'shop-worker');
    const { unneeded } = await account.rights('shop-worker');
    assert.deepEqual(unneeded, []);
  });

  it('is replaced by every release, and the old one ends', async () => {
    released.push(await checkout.commitAndPush('Second commit'));
    succeeded(await checkout.release('release'));
    for (const name of services) {
      assert.equal((await notesOf(name))['RELEASE_SHA'], released[1], name);
    }
    await until('the old worker ends', 30, async () => (await processes(String(released[0]))) === 0);
    assert.equal(await workedBy('second'), released[1]);
  });

  it('takes the whole release back when it does not start', async () => {
    const signals = checkout.read('django_fargate/celery/signals.py');
    checkout.write(
      'django_fargate/celery/signals.py',
      `${signals}\nraise RuntimeError("this worker does not start")\n`,
    );
    await checkout.commitAndPush('A worker that does not start');
    const { stdout } = failed(
      await checkout.release('release'),
      /shop-web:\d+ was rolled back: the stack shop-service/u,
    );
    assert.match(stdout, /task \w+: EssentialContainerExited; .*exit code 1 of worker/u);
    assert.match(stdout, /RuntimeError: this worker does not start/u);
    assert.doesNotMatch(stdout, /\(service shop-beat\)/u);
    assert.equal(await account.servedCommit(), released[1]);
    await assertRuns(1);
    assert.equal(await workedBy('third'), released[1]);
  });

  it('goes back with the web service', async () => {
    succeeded(await checkout.release('rollback'));
    assert.equal(await account.servedCommit(), released[0]);
    await assertRuns(0);
    const { output } = succeeded(await checkout.release('status'));
    assert.match(output, /worker {5}shop-worker:1 1 of 1 run, COMPLETED\n.*beat {7}shop-beat:1 1 of 1 run, COMPLETED/u);
    for (const name of services) {
      succeeded(await checkout.release('logs', name));
    }
  });

  it('stays as it is when only the infrastructure is updated', async () => {
    const file = 'deploy/cloudformation/service.yaml';
    checkout.write(file, checkout.read(file).replace(/MaxCapacity: \d+/u, 'MaxCapacity: 3'));
    await checkout.commitAndPush('Another ceiling');
    succeeded(await checkout.release('bootstrap'));
    await assertRuns(0);
  });

  it('has needed each right of its roles, and no other', async () => {
    succeeded(await checkout.release('run', '--', 'python', '-c', send, path.join(told, 'by hand'), 'tell'));
    const roles = ['shop-release', 'shop-ecs-execution', 'shop-task', 'shop-worker', 'shop-ops'];
    // Two releases at once are in life.test.ts.
    const elsewhere = ['shop-release Tasks: ecs:StopTask'];
    for (const role of ['shop-task', 'shop-ops']) await keepUpload(account, python, role);
    const { refused, unneeded } = await account.rights(...roles);
    assert.deepEqual(refused, []);
    // Secrets of the project's own are in life.test.ts, too.
    const rest = unneeded.filter((right) => !/:secret:shop\/app-\w{6}$/u.test(right));
    assert.deepEqual(rest, [...elsewhere, ...Object.keys(onlyOnAws)]);
  });

  /** The worker runs for real; beat only lives, since it has nothing to do for a day. */
  function rules(): readonly Rule[] {
    const { command = [] } = containerOf(checkout.folder, 'worker');
    assert.equal(command[0], 'celery');
    const env = { ...account.environment, PYTHONDONTWRITEBYTECODE: '1' } as Record<string, string>;
    const argv = ['python', '-c', celery, ...command.slice(1)];
    const process = { cwd: path.join(account.images, 'SHA'), python, env };
    return [
      { family: 'shop-worker', exec: { ...process, argv } },
      { family: 'shop-ops', exec: process },
    ];
  }

  /** Sends a task as a web task does. @returns the commit of the worker that worked on it */
  async function workedBy(name: string, task = 'tell'): Promise<string> {
    const file = path.join(told, name);
    const { environment } = containerOf(checkout.folder, 'web');
    const given = Object.fromEntries(environment.map((item) => [item.name, item.value]));
    const [{ QueueUrls }] = [await account.ask<{ QueueUrls: string[] }>('sqs', 'AmazonSQS.ListQueues', {})];
    const secrets = {
      SECRET_KEY: 'tests-only-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJ',
      DB_PASSWORD: 'unused',
    };
    const env = {
      ...account.environment,
      ...(await account.take('shop-task', 'ecs-tasks.amazonaws.com', 'arn:aws:ecs:us-east-1:123456789012:*')),
      ...given,
      ...secrets,
      CELERY_QUEUE_URL: QueueUrls.find((url) => url.endsWith('/shop-celery')),
    };
    await runOk(python, ['-c', send, file, task], { cwd: checkout.folder, env });
    await until(`somebody works on ${name}`, 30, () => existsSync(file) && readFileSync(file, 'utf8') !== '');
    return readFileSync(file, 'utf8');
  }

  async function processes(sha: string): Promise<number> {
    const { stdout } = await run('sh', [
      '-c',
      `ls -l /proc/[0-9]*/cwd 2>/dev/null | grep -c "${path.join(account.images, sha)}"`,
    ]);
    return Number(stdout);
  }

  async function revisionOf(name: string): Promise<string> {
    const { deployments = [] } = (await account.service('shop', name)) ?? {};
    return String(deployments[0]?.taskDefinition);
  }

  async function notesOf(name: string): Promise<Readonly<Record<string, string>>> {
    return account.notes(await revisionOf(name));
  }

  /** All services run what belongs to a release, and the stack says so. */
  async function assertRuns(release: number): Promise<void> {
    const parameters = (await account.stack('shop-service'))?.parameters;
    const names = { web: 'Revision', worker: 'WorkerRevision', beat: 'BeatRevision' };
    for (const name of services) {
      const { deployments = [] } = (await account.service('shop', name)) ?? {};
      assert.equal(deployments[0]?.rolloutState, 'COMPLETED', name);
      assert.equal(parameters?.[names[name]], deployments[0]?.taskDefinition, name);
      assert.equal((await notesOf(name))['RELEASE_SHA'], released[release], name);
    }
  }
});
