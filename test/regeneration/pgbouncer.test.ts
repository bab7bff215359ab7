import assert from 'node:assert/strict';
import { edits } from './edits.ts';
import { changing, edit, freshTree, newer, newRepository, put, read, regenerate, run, treeOf } from './support.ts';
import { assertTree, contentOf, edited, replace } from './trees.ts';
import type { Edits } from './trees.ts';

const small = { 'rds-class': 'db.t4g.micro' };
const pooled = { ...small, pooler: 'pgbouncer' };
const command = 'pgbouncer';
/** Told where the release program will find another fingerprint than that of the PgBouncer that runs. */
const told = /^PgBouncer changes\. If it runs on AWS, the next `make bootstrap` replaces its tasks/mu;

/** In the very files that PgBouncer changes, too. */
const mine: Edits = {
  ...edits,
  'shop/settings/production.py': replace('            "keepalives": 1,\n', '            "krbsrvname": "db",\n$&'),
  'django_fargate/management/commands/migrate.py': replace('PAUSE_SECONDS = 2.0', 'PAUSE_SECONDS = 5.0'),
  'deploy/ecs/migrate.json': replace('"mode": "blocking"', '"mode": "non-blocking"'),
  '.env.example': (text) => `${text}\n# Where the map comes from.\nMAP_KEY=\n`,
  '.dockerignore': replace('\ndocs\n', '\ndocs\nnotes\n'),
};

describe('pgbouncer', function () {
  this.timeout(120_000);

  it('adds PgBouncer to a repository, as if it had been there from the beginning', async () => {
    const folder = await newRepository(small);
    const { stdout } = await regenerate(folder, { command, flags: {} }, { tree: await freshTree(pooled) });
    assert.match(stdout, /^ {2}web tasks, maximum +7 -> 10 .*PgBouncer/mu);
    assert.match(stdout, /^ {2}connections planned +74 -> 78 +30 x 2 \+ /mu);
    assert.match(stdout, /^ {2}default_pool_size +none -> 30 /mu);
    assert.match(stdout, /^ {2}\+ deploy\/pgbouncer\/pgbouncer\.ini$/mu);
    assert.match(stdout, /Next:\n[^]*deploy PgBouncer before the next release/u);
    const again = await run(folder, { flags: { 'min-tasks': 3 } });
    assert.doesNotMatch(again.stdout, /deploy PgBouncer/u);
    assert.doesNotMatch(stdout + again.stdout, told);
  });

  it('keeps every edit', async () => {
    const folder = await newRepository(small);
    edit(folder, mine);
    await regenerate(folder, { command }, { tree: edited(await freshTree(pooled), mine) });
  });

  it('does not throw away an edit of a limit that the web tasks no longer set', async () => {
    const folder = await newRepository(small);
    edit(folder, { 'deploy/ecs/web.json': replace('"value": "10000"', '"value": "5000"') });
    const { message } = await regenerate(folder, { command }, { code: 3 });
    assert.match(message, /deploy\/ecs\/web\.json/u);
  });

  it('is taken back by --undo, to the byte', async () => {
    const folder = await newRepository(small);
    edit(folder, mine);
    const before = await treeOf(folder);
    assert.equal((await run(folder, { command })).code, 0);
    assert.equal((await run(folder, { command, flags: { undo: true } })).code, 0);
    assertTree(await treeOf(folder), before);
  });

  it('is known to resize from then on', async () => {
    const earlier = { ...pooled, 'max-tasks': 20, broker: 'sqs' };
    const folder = await newRepository(earlier);
    const own: Edits = {
      ...mine,
      'deploy/pgbouncer/pgbouncer.ini': replace('log_disconnections = 0', 'log_disconnections = 1'),
      'deploy/ecs/pgbouncer.json': replace('"startPeriod": 30', '"startPeriod": 60'),
    };
    edit(folder, own);
    const flags = { vcpu: 1, 'max-tasks': 30, 'celery-max-tasks': 2 };
    const larger = { ...earlier, ...flags };
    const { stdout } = await regenerate(folder, { flags }, { tree: edited(await freshTree(larger), own) });
    assert.match(stdout, /^ {2}default_pool_size +18 -> 24 /mu);
    assert.match(stdout, told);
    assert.match(stdout, /^ {2}M deploy\/pgbouncer\/pgbouncer\.ini .*your 1 line kept$/mu);
  });

  it('is said to change by an upgrade that changes how it starts, and by no other', async () => {
    for (const file of ['django_fargate/pgbouncer/start.py', 'django_fargate/health.py']) {
      const release = await newer('9.0.0', changing({ [file]: (text) => `${text}\n# Newer.\n` }));
      const folder = await newRepository(pooled);
      const { stdout, code, message } = await run(folder, { command: 'upgrade', release });
      assert.equal(code, 0, message);
      assert.equal(told.test(stdout), file.endsWith('start.py'), stdout);
    }
  });

  it('goes with --no-pooler, too: what the command is for does not stand above a flag', async () => {
    const folder = await newRepository({ pooler: 'pgbouncer' });
    await regenerate(folder, { command, flags: { pooler: false } }, { tree: await freshTree() });
  });

  it('goes again with --pooler none, but for what was written into its files', async () => {
    const folder = await newRepository(pooled);
    const ini = 'deploy/pgbouncer/pgbouncer.ini';
    put(folder, ini, `${read(folder, ini)}\n; Mine.\nverbose = 1\n`);
    const { stdout, code, message } = await run(folder, { flags: { pooler: 'none' } });
    assert.equal(code, 0, message);
    assert.match(stdout, /^ {2}default_pool_size +30 -> none +no longer part of the plan$/mu);
    assert.doesNotMatch(stdout, told);
    const tree = await treeOf(folder);
    assert.ok(contentOf(tree, ini).endsWith('; Mine.\nverbose = 1\n'));
    const fresh = await freshTree(small);
    assert.deepEqual(
      Object.keys(tree).filter((file) => tree[file]?.type === 'file' && !(file in fresh)),
      [ini],
    );
    for (const file of ['deploy/ecs/web.json', 'shop/settings/production.py', 'compose.yaml', '.yo-rc.json']) {
      assert.equal(contentOf(tree, file), contentOf(fresh, file), file);
    }
    assert.match(stdout, /^ {2}default_pool_size +30 -> none/mu);
  });

  it('asks for the tasks, whose number the connections no longer bound', async () => {
    const folder = await newRepository(small);
    const { questions, code, message } = await run(folder, { command, answers: { confirmed: true } });
    assert.equal(code, 0, message);
    assert.deepEqual(
      questions.map(({ name }) => name),
      ['minTasks', 'maxTasks', 'confirmed'],
    );
    assertTree(await treeOf(folder), await freshTree(pooled));
  });

  const refused: readonly (readonly [Readonly<Record<string, unknown>>, RegExp])[] = [
    [{ pooler: 'pgpool' }, /^--pooler pgpool: not a connection pooler; allowed: none, pgbouncer/u],
  ];
  for (const [flags, expected] of refused) {
    it(`refuses ${JSON.stringify(flags)} and writes nothing`, async () => {
      const folder = await newRepository(small);
      const { message } = await regenerate(folder, { command, flags }, { code: 2 });
      assert.match(message, expected);
    });
  }
});
