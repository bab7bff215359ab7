import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { edits } from './edits.ts';
import { edit, freshTree, newRepository, put, read, run, treeOf } from './support.ts';
import { assertTree, contentOf, edited, replace } from './trees.ts';

interface Told {
  readonly drift: readonly Readonly<Record<'path' | 'where' | 'item' | 'yours' | 'plan', string>>[];
}

describe('sizes on disk that are not the plan’s', function () {
  this.timeout(120_000);
  const larger = { vcpu: 2 };
  const web = 'deploy/ecs/web.json';
  const gunicorn = 'gunicorn.conf.py';
  const check = { 'dry-run': true, 'detailed-exitcode': true };

  /** A resize of which two files were taken back. */
  async function halfReverted(): Promise<string> {
    const folder = await newRepository();
    const before = await treeOf(folder);
    assert.equal((await run(folder, { flags: larger })).code, 0);
    for (const file of [web, gunicorn]) put(folder, file, contentOf(before, file));
    return folder;
  }

  it('a resize that was reverted by half: each size is named, with exit 5', async () => {
    const folder = await halfReverted();
    const { code, stdout } = await run(folder, { flags: check });
    assert.equal(code, 5);
    assert.doesNotMatch(stdout, /no size changes/u);
    assert.match(stdout, /^The plan is unchanged$/mu);
    assert.match(stdout, /^ {2}deploy\/ecs\/web\.json\n {6}cpu: yours 512, the plan 2048\n {6}memory: yours 1024, /mu);
    assert.match(stdout, /^ {2}gunicorn\.conf\.py\n(?: {6}.*\n)* {6}max_requests: yours \d+, the plan \d+$/mu);
    const { drift } = JSON.parse((await run(folder, { flags: { ...check, json: true } })).stdout) as Told;
    assert.deepEqual(drift[0], { path: web, where: 'cpu', item: 'task.cpuUnits', yours: '512', plan: '2048' });
    assert.deepEqual(new Set(drift.map((one) => one.path)), new Set([web, gunicorn]));
  });

  it('the plan’s sizes can be reached again, and their reasons with them', async () => {
    const folder = await halfReverted();
    edit(folder, { [gunicorn]: edits[gunicorn] ?? assert.fail() });
    const flags = { 'on-conflict': 'theirs' };
    const dry = await run(folder, { flags: { ...flags, ...check } });
    assert.equal(dry.code, 5);
    const { code, message, stdout } = await run(folder, { flags });
    assert.equal(code, 0, message);
    assert.match(stdout, /^ {2}M gunicorn\.conf\.py {2}merge: the plan’s sizes: .*max_requests \d+ -> \d+/mu);
    const fresh = edited(await freshTree(larger), { [gunicorn]: edits[gunicorn] ?? assert.fail() });
    assertTree(await treeOf(folder), fresh);
    assert.equal((await run(folder, { flags: check })).code, 0);
    assert.equal((await run(folder, { flags: { undo: true } })).code, 0);
    assert.equal((await run(folder, { flags: check })).code, 5);
  });

  it('without a choice a resize says what it leaves, and leaves it', async () => {
    const folder = await newRepository();
    edit(folder, { [gunicorn]: replace('keepalive = 90', 'keepalive = 95') });
    const { code, stdout } = await run(folder, { flags: larger });
    assert.equal(code, 0);
    assert.match(stdout, /^ {6}keepalive: yours 95, the plan 90$/mu);
    assert.match(read(folder, gunicorn), /^keepalive = 95$/mu);
    assert.equal((await run(folder, { flags: { ...check, 'on-conflict': 'mine' } })).code, 5);
  });

  it('in a terminal it asks, file by file', async () => {
    for (const [answer, expected] of [
      ['mine', 95],
      ['plan', 90],
      ['abort', 95],
    ] as const) {
      const folder = await newRepository();
      edit(folder, { [gunicorn]: replace('keepalive = 90', 'keepalive = 95') });
      const { code, message } = await run(folder, { answers: { sizes: answer } });
      assert.equal(code, answer === 'abort' ? 2 : 0, message);
      assert.match(read(folder, gunicorn), new RegExp(`^keepalive = ${expected}$`, 'mu'));
    }
  });

  it('what is deleted or unmanaged has no size, and edits of other things are no drift', async () => {
    const folder = await newRepository();
    edit(folder, edits);
    edit(folder, {
      [web]: replace('"cpu": "512"', '"cpu": "1024"'),
      '.yo-rc.json': replace('"projectName"', `"unmanaged": ["${web}"],\n    "projectName"`),
    });
    const { code, stdout } = await run(folder, { flags: check });
    assert.equal(code, 0, stdout);
  });

  it('a file that was moved is compared where it is', async () => {
    const folder = await newRepository();
    put(folder, 'conf/gunicorn.py', read(folder, gunicorn).replace('keepalive = 90', 'keepalive = 95'));
    edit(folder, {
      '.yo-rc.json': replace('"projectName"', `"paths": {"${gunicorn}": "conf/gunicorn.py"},\n    "projectName"`),
    });
    const { code, stdout } = await run(folder, { flags: check });
    assert.equal(code, 5);
    assert.match(stdout, /^ {2}conf\/gunicorn\.py\n {6}keepalive: yours 95, the plan 90$/mu);
  });

  it('a size that cannot be set by itself costs nothing else, and the way out that is named works', async () => {
    const file = 'compose.yaml';
    const folder = await newRepository();
    edit(folder, {
      [file]: (text) =>
        text
          .replace(/^( +web:\n(?:.*\n)*? +stop_grace_period: ).*$/mu, '$1*grace')
          .replace(/^x-app:/mu, '# Ours.\nx-grace: &grace 95s\nx-app:'),
    });
    const before = read(folder, file);
    for (const options of [{ flags: { 'on-conflict': 'theirs' } }, { answers: { sizes: 'plan' } }]) {
      const { code, stdout } = await run(folder, options);
      assert.equal(code, 0);
      assert.equal(read(folder, file), before);
      assert.match(stdout, /^ {2}compose\.yaml keeps your sizes, which could not be set without changing the rest; /mu);
      assert.doesNotMatch(stdout, /in the backup/u);
    }
    const { stdout } = await run(folder, { flags: { ...check, 'on-conflict': 'theirs' } });
    assert.match(stdout, /^ {2}k compose\.yaml {2}kept: services\.web\.stop_grace_period: could not be set/mu);
    const [, restored = ''] = /or delete it and give\s+--restore (\S+?)\.?$/mu.exec(stdout) ?? [];
    rmSync(path.join(folder, restored));
    assert.equal((await run(folder, { flags: { restore: restored } })).code, 0);
    assert.equal((await run(folder, { flags: check })).code, 0);
  });

  it('a worker’s options that are written otherwise stay, and no drift is told of', async () => {
    const folder = await newRepository({ broker: 'sqs' });
    const file = 'compose.yaml';
    edit(folder, {
      [file]: (text) =>
        text
          .replace(/"max_connections=\d+"/u, '"log_statement=all"')
          .replace(/- --concurrency=(\d+)/u, '- -c\n      - "$1"'),
    });
    const before = read(folder, file);
    const { code, stdout } = await run(folder, { flags: { ...check, 'on-conflict': 'theirs' } });
    assert.equal(code, 0, stdout);
    assert.equal((await run(folder, { flags: { 'on-conflict': 'theirs' } })).code, 0);
    assert.equal(read(folder, file), before);
  });
});
