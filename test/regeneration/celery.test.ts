import assert from 'node:assert/strict';
import { renamedAnswers } from '../../core/answers/renamed.ts';
import { edits } from './edits.ts';
import { edit, freshTree, newRepository, put, read, regenerate, run, treeOf } from './support.ts';
import { assertTree, contentOf, edited } from './trees.ts';
import type { Edits } from './trees.ts';

const worker = { broker: 'sqs' };
const command = 'celery';

/** In the very files that the worker changes, too. */
const mine: Edits = {
  ...edits,
  'shop/settings/base.py': (text) =>
    text.replace('    "django.contrib.staticfiles",\n', '$&    "django.contrib.sites",\n'),
  'compose.yaml': (text) =>
    text.replace(/^volumes:/mu, '# Mails end here.\n  mails:\n    image: axllent/mailpit\n\n$&'),
  '.env.example': (text) => `${text}\n# Where the map comes from.\nMAP_KEY=\n`,
};

describe('celery', function () {
  this.timeout(120_000);

  it('adds the worker to a repository, as if it had been there from the beginning', async () => {
    const folder = await newRepository();
    const { stdout } = await regenerate(folder, { command, flags: {} }, { tree: await freshTree(worker) });
    assert.match(stdout, /^ {2}Celery concurrency +none -> 2 /mu);
    assert.match(stdout, /^ {2}connections planned +98 -> 122 .*\+ 24 Celery \+/mu);
    assert.match(stdout, /^ {2}\+ shop\/background\/tasks\.py$/mu);
  });

  it('keeps every edit', async () => {
    const folder = await newRepository();
    edit(folder, mine);
    await regenerate(folder, { command }, { tree: edited(await freshTree(worker), mine) });
  });

  it('is taken back by --undo, to the byte', async () => {
    const folder = await newRepository();
    edit(folder, mine);
    const before = await treeOf(folder);
    assert.equal((await run(folder, { command })).code, 0);
    assert.equal((await run(folder, { command, flags: { undo: true } })).code, 0);
    assertTree(await treeOf(folder), before);
  });

  it('is known to resize from then on', async () => {
    const folder = await newRepository(worker);
    edit(folder, mine);
    const larger = { ...worker, vcpu: 1, 'celery-longest-task': 300, 'rds-class': 'db.m7g.large' };
    const { broker: _broker, ...flags } = larger;
    const { stdout } = await regenerate(folder, { flags }, { tree: edited(await freshTree(larger), mine) });
    assert.match(stdout, /^ {2}task protection +none -> 10 min/mu);
    assert.match(stdout, /^ {2}task_time_limit +60 -> 300 s/mu);
  });

  it('of 0.1.0 keeps its sizes, under the names of today', async () => {
    const flags = {
      ...worker,
      'celery-vcpu': 1,
      'celery-max-tasks': 6,
      'celery-longest-task': 300,
      'rds-class': 'db.m7g.large',
    };
    const folder = await newRepository(flags);
    const oldNames = (text: string): string =>
      renamedAnswers
        .reduce((all, { was, key }) => all.replaceAll(`"${key}"`, `"${was}"`), text)
        .replaceAll(/"version": "[\d.]+"/gu, '"version": "0.1.0"');
    edit(folder, { '.yo-rc.json': oldNames, '.django-fargate/baseline.json': oldNames });
    assert.match(read(folder, '.yo-rc.json'), /"workerVcpu": 1/u);
    const { stdout } = await regenerate(folder, { command: 'upgrade' }, { tree: await freshTree(flags) });
    assert.doesNotMatch(stdout, /->/u);
    assert.match(stdout, /^The plan: no size changes$/mu);
  });

  it('changes from one broker to the other', async () => {
    const folder = await newRepository(worker);
    edit(folder, mine);
    const redis = { broker: 'redis', beat: true };
    await regenerate(folder, { command, flags: redis }, { tree: edited(await freshTree(redis), mine) });
  });

  it('goes again with --broker none, but for what was written into its files', async () => {
    const folder = await newRepository(worker);
    const tasks = 'shop/background/tasks.py';
    put(folder, tasks, `${read(folder, tasks)}\n# Mine.\n`);
    const { stdout } = await run(folder, { flags: { broker: 'none' } });
    const tree = await treeOf(folder);
    assert.ok(contentOf(tree, tasks).endsWith('# Mine.\n'));
    assert.equal(contentOf(tree, 'shop/__init__.py'), '');
    assert.doesNotMatch(contentOf(tree, 'shop/settings/base.py'), /celery|background/u);
    assert.ok(!('deploy/ecs/worker.json' in tree) && !('shop/celery.py' in tree));
    assert.doesNotMatch(contentOf(tree, '.yo-rc.json'), /broker|WorkerTasks|longestTask|beat/u);
    assert.match(stdout, /^ {2}Celery concurrency +2 -> none/mu);
  });

  it('goes with --no-broker, too: what the command is for does not stand above a flag', async () => {
    const folder = await newRepository(worker);
    // As `yo` hands over --no-broker.
    await regenerate(folder, { command, flags: { broker: false } }, { tree: await freshTree() });
    await regenerate(folder, { command, flags: { broker: 'default' } }, { tree: await freshTree() });
  });

  it('asks for six answers, and proposes SQS', async () => {
    const folder = await newRepository();
    const answers = { broker: 'redis', celeryLongestTaskSeconds: '30', beat: true, confirmed: true };
    const { questions, code, message } = await run(folder, { command, answers });
    assert.equal(code, 0, message);
    assert.deepEqual(
      questions.map(({ name }) => name),
      [
        'broker',
        'celeryLongestTaskSeconds',
        'celeryQueueDelaySeconds',
        'celeryVcpu',
        'celeryMaxTasks',
        'beat',
        'confirmed',
      ],
    );
    assert.equal(questions[0]?.default, 'sqs');
    const fresh = await freshTree({ broker: 'redis', 'celery-longest-task': 30, beat: true });
    assertTree(await treeOf(folder), fresh);
  });

  const refused: readonly (readonly [Readonly<Record<string, unknown>>, RegExp])[] = [
    [{ 'celery-min-tasks': 0, broker: 'redis' }, /^--celery-min-tasks 0 and --broker redis: /u],
    [{ 'celery-min-tasks': 5 }, /^--celery-max-tasks 4: below --celery-min-tasks 5/u],
    [
      { 'celery-task-ms': 61_000 },
      /^--celery-task-ms 61000: an average task is longer than --celery-longest-task 60 s/u,
    ],
    [{ broker: 'none', beat: true }, /^--beat: there is no broker/u],
    [{ broker: 'rabbitmq' }, /^--broker rabbitmq: not a broker; allowed: none, sqs, redis/u],
    [{ 'celery-longest-task': 43_021 }, /nearest: 43020/u],
    [{ 'celery-max-tasks': 900 }, /Four ways out:[^]*fewer Celery workers: --celery-max-tasks \d+/u],
  ];
  for (const [flags, expected] of refused) {
    it(`refuses ${JSON.stringify(flags)} and writes nothing`, async () => {
      const folder = await newRepository();
      const { message } = await regenerate(folder, { command, flags }, { code: 2 });
      assert.match(message, expected);
    });
  }
});
