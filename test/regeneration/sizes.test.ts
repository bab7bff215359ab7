import assert from 'node:assert/strict';
import { edits } from './edits.ts';
import { edit, freshTree, newRepository, put, read, regenerate, run, timesOf, treeOf } from './support.ts';
import { assertTree, contentOf, edited, withFiles } from './trees.ts';

const larger = { vcpu: 1 };
const otherDatabase = { 'rds-class': 'db.m7g.large' };

describe('resize', function () {
  this.timeout(120_000);

  it('case 1: without edits only the files of the sizes change', async () => {
    const folder = await newRepository();
    const before = await treeOf(folder);
    await regenerate(folder, { flags: larger }, { tree: await freshTree(larger) });
    const after = await treeOf(folder);
    const changed = Object.keys(after).filter((file) => JSON.stringify(after[file]) !== JSON.stringify(before[file]));
    assert.deepEqual(changed, [
      '.django-fargate/baseline.json',
      '.env.example',
      '.yo-rc.json',
      'README.md',
      'compose.yaml',
      'deploy/README.md',
      'deploy/cloudformation/data.yaml',
      'deploy/cloudformation/service.yaml',
      'deploy/ecs/migrate.json',
      'deploy/ecs/ops.json',
      'deploy/ecs/web.json',
      'deploy/sizing.json',
      'gunicorn.conf.py',
      'shop/settings/production.py',
    ]);
  });

  it('names the run that an undo takes back as it is typed', async () => {
    const folder = await newRepository({ memory: 2048 });
    assert.equal((await run(folder, { flags: { memory: false, 'worker-memory': '200' } })).code, 0);
    const { stdout } = await run(folder, { flags: { undo: true, 'dry-run': true } });
    assert.match(stdout, /yo django-fargate:resize (?=.*--no-memory(?! default)).*--worker-memory 200/u);
  });

  it('case 2: to the same size writes nothing, edited or not', async () => {
    const folder = await newRepository(larger);
    await regenerate(folder, { flags: larger });
    edit(folder, edits);
    const times = timesOf(folder);
    const { stdout } = await regenerate(folder);
    assert.match(stdout, /^The plan: no size changes$/mu);
    assert.deepEqual(timesOf(folder), times);
  });

  it('case 3: keeps edits far from what changes', async () => {
    const folder = await newRepository();
    edit(folder, edits);
    const flags = { ...larger, ...otherDatabase };
    const { stdout } = await regenerate(folder, { flags }, { tree: edited(await freshTree(flags), edits) });
    assert.match(stdout, /^ {2}M gunicorn\.conf\.py {2}merge: \d hunks of the generator; your 4 lines kept$/mu);
    assert.match(stdout, /^ {2}M compose\.yaml {2}merge: 2 hunks of the generator; your 3 lines kept$/mu);
    assert.match(stdout, /, 3 to merge, 4 kept as yours, /u);
  });

  it('case 7: what the user has changed to the same already is there, and the baseline learns it', async () => {
    const folder = await newRepository();
    const fresh = await freshTree(larger);
    for (const file of ['gunicorn.conf.py', 'deploy/ecs/web.json', 'deploy/README.md']) {
      put(folder, file, contentOf(fresh, file));
    }
    const { stdout } = await regenerate(folder, { flags: larger }, { tree: fresh });
    assert.match(stdout, /^ {2}= gunicorn\.conf\.py {2}already there: you have already made this change$/mu);
  });

  it('case 10: keeps edits through three sizes in a row, and takes none of its own text for an edit', async () => {
    const folder = await newRepository();
    edit(folder, edits);
    for (const flags of [larger, { vcpu: 2, ...otherDatabase }, { vcpu: 4, 'rds-class': 'db.m7g.xlarge' }]) {
      await regenerate(folder, { flags }, { tree: edited(await freshTree(flags), edits) });
    }
    const back = { vcpu: 0.5, 'rds-class': 'db.t4g.small' };
    const { stdout } = await regenerate(folder, { flags: back }, { tree: edited(await freshTree(), edits) });
    assert.match(stdout, /, 3 to merge, 4 kept as yours, /u);
  });

  for (const [name, flags] of [
    ['--force', { force: true }],
    ['--bail', { bail: true }],
    ['--force --bail --skip-install', { force: true, bail: true, 'skip-install': true }],
  ] as const) {
    it(`${name} overwrites no edit`, async () => {
      const folder = await newRepository();
      edit(folder, edits);
      await regenerate(folder, { flags: { ...larger, ...flags } }, { tree: edited(await freshTree(larger), edits) });
    });
  }

  it('a dry run tells by its exit code whether something would change', async () => {
    const folder = await newRepository();
    const check = (flags: Readonly<Record<string, unknown>>) =>
      run(folder, { flags: { 'dry-run': true, 'detailed-exitcode': true, ...flags } });
    const before = await treeOf(folder);
    assert.equal((await check({})).code, 0);
    assert.equal((await check(larger)).code, 5);
    edit(folder, edits);
    assert.equal((await check({})).code, 0, 'edits are no drift');
    assertTree(await treeOf(folder), edited(before, edits));
  });

  it('answers that were edited by hand in .yo-rc.json are a new size, and not what was rendered last', async () => {
    const folder = await newRepository();
    edit(folder, edits);
    edit(folder, { '.yo-rc.json': (text) => text.replace('"vcpu": 0.5', '"vcpu": 1') });
    const { stdout } = await regenerate(folder, {}, { tree: edited(await freshTree(larger), edits) });
    assert.match(stdout, /^ {2}task CPU +512 -> 1024 units/mu);
  });

  it('leaves the part of other generators in .yo-rc.json, and its layout, to the byte', async () => {
    const folder = await newRepository();
    const other = '{\r\n\t"generator-other": {"a":1.0, "list": [ 1,2 ],\r\n\t\t"b": "\\u00e4"},';
    const ours = (text: string): string => text.replace('{\n', `${other}\n`);
    edit(folder, { '.yo-rc.json': ours });
    const fresh = await freshTree(larger);
    const yoRc = ours(contentOf(fresh, '.yo-rc.json'));
    await regenerate(folder, { flags: larger }, { tree: withFiles(fresh, { '.yo-rc.json': yoRc }) });
  });
});

describe('a change that a release alone cannot bring', () => {
  it('is told of, before the question and with the commands to type', async () => {
    const folder = await newRepository();
    const { code, stdout } = await run(folder, { flags: { 'rds-engine-version': '18' } });
    assert.equal(code, 0);
    assert.match(stdout, /^! PostgreSQL 17 -> 18 is a separate step: it needs a snapshot/mu);
    assert.match(stdout, /^ {2}# PostgreSQL 17 -> 18 is a separate step/mu);
    const runbook = read(folder, 'deploy/README.md');
    assert.match(runbook, /^### A new major version of PostgreSQL$/mu);
    assert.match(runbook, /"AllowMajorVersionUpgrade": "true"/u);
    const stack = read(folder, 'deploy/cloudformation/data.yaml');
    assert.match(stack, /^ {6}Family: postgres18$/mu);
    assert.match(stack, /^ {6}EngineVersion: "18"$/mu);
  });

  it('is refused where nothing could bring it, and nothing is written', async () => {
    const folder = await newRepository({ 'rds-engine-version': '18' });
    const before = await treeOf(folder);
    const older = await run(folder, { flags: { 'rds-engine-version': '17' } });
    assert.equal(older.code, 2);
    assert.match(older.message, /--rds-engine-version 18 -> 17: a database cannot go back/u);
    edit(folder, { '.yo-rc.json': (text) => text.replace('"shop"', '"store"') });
    const renamed = await run(folder);
    assert.equal(renamed.code, 2);
    assert.match(
      renamed.message,
      /projectName shop -> store: .*Keep shop \(--project-name, --answers or \.yo-rc\.json\)/u,
    );
    edit(folder, { '.yo-rc.json': (text) => text.replace('"store"', '"shop"') });
    assertTree(await treeOf(folder), before);
  });
});
