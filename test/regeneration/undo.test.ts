import assert from 'node:assert/strict';
import { chmodSync, rmSync } from 'node:fs';
import path from 'node:path';
import { readTree } from '../disk/tree.ts';
import { edits, threads } from './edits.ts';
import { changing, edit, freshTree, newRepository, newer, put, read, run, timesOf, treeOf } from './support.ts';
import { assertTree, edited, replace } from './trees.ts';

const larger = { vcpu: 1 };
const undo = { undo: true };

describe('--undo', function () {
  this.timeout(120_000);
  let folder: string;

  beforeEach(async () => {
    folder = await newRepository();
    edit(folder, edits);
  });

  /** Runs that must go through, in order. */
  const all = async (...runs: readonly Parameters<typeof run>[1][]): Promise<void> => {
    for (const options of runs) {
      const { code, message } = await run(folder, options);
      assert.equal(code, 0, message);
    }
  };

  it('takes a resize back to the byte, and leaves no backup of it', async () => {
    const before = await readTree(folder);
    await all({ flags: larger });
    const { code, stdout, message } = await run(folder, { flags: undo });
    assert.equal(code, 0, message);
    assert.match(stdout, /^Undoing "yo django-fargate:resize --vcpu 1" of \d{4}-\d\d-\d\d \d\d:\d\d UTC:$/mu);
    assert.match(stdout, /^Undone\.$/mu);
    assertTree(await readTree(folder), before);
    await all({ flags: larger });
    assertTree(await treeOf(folder), edited(await freshTree(larger), edits));
  });

  it('takes an upgrade back: what it wrote, merged, renamed, deleted and made executable', async () => {
    const renames = [{ from: 'gunicorn.conf.py', to: 'deploy/gunicorn.py', since: '0.2.0' }];
    const release = await newer(
      '0.2.0',
      (files) => [
        ...changing({ Makefile: replace('PORT ?= 8000', 'PORT ?= 8001') })(files)
          .filter(({ path: file }) => file !== '.editorconfig' && !file.startsWith('django_fargate/postgresql/'))
          .map((file) => ({
            ...file,
            path: file.path === 'gunicorn.conf.py' ? 'deploy/gunicorn.py' : file.path,
            executable: file.executable || file.path === 'compose.yaml',
          })),
        { path: 'docs/on-call.md', bytes: Buffer.from('Call us.\n'), executable: false, policy: 'merge' as const },
      ],
      { renames },
    );
    chmodSync(path.join(folder, 'gunicorn.conf.py'), 0o640);
    const before = await readTree(folder);
    await all({ release, flags: larger, command: 'upgrade' }, { flags: undo });
    assertTree(await readTree(folder), before);
  });

  it('takes back three runs, one after the other, and then says that there is none', async () => {
    const trees = [await treeOf(folder)];
    for (const vcpu of [1, 2, 4]) {
      await all({ flags: { vcpu } });
      trees.push(await treeOf(folder));
    }
    for (const tree of trees.toReversed().slice(1)) {
      await all({ flags: undo });
      assertTree(await treeOf(folder), tree);
    }
    const { code, message } = await run(folder, { flags: undo });
    assert.equal(code, 2);
    assert.match(message, /^There is no run to undo in /u);
  });

  it('keeps three backups and no more, out of sight of git', async () => {
    for (const vcpu of [1, 2, 4, 8]) await all({ flags: { vcpu } });
    const backups = Object.keys(await readTree(path.join(folder, '.django-fargate/backup')));
    assert.equal(backups.filter((file) => file.endsWith('/run.json')).length, 3);
    assert.equal(read(folder, '.django-fargate/backup/.gitignore'), '*\n');
  });

  it('a run that writes nothing leaves no backup', async () => {
    await all({}, { flags: { 'dry-run': true, ...larger } });
    assert(!('.django-fargate/backup' in (await readTree(folder))));
  });

  it('refuses where a file has changed since, names it, and writes nothing', async () => {
    await all({ flags: larger });
    edit(folder, { 'gunicorn.conf.py': (text) => `${text}# since\n` });
    rmSync(path.join(folder, 'deploy/ecs/ops.json'));
    const [before, times] = [await readTree(folder), timesOf(folder)];
    const { code, message } = await run(folder, { flags: undo });
    assert.equal(code, 3);
    assert.match(
      message,
      /^Changed since .*nothing was written:\n {2}deploy\/ecs\/ops\.json\n {2}gunicorn\.conf\.py\n/u,
    );
    assertTree(await readTree(folder), before);
    assert.deepEqual(timesOf(folder), times);
  });

  it('leaves alone what the run had nothing to do with', async () => {
    await all({ flags: larger });
    put(folder, 'notes.txt', 'mine\n');
    edit(folder, { Makefile: (text) => `${text}# since\n` });
    await all({ flags: undo });
    assert.equal(read(folder, 'notes.txt'), 'mine\n');
    assert.match(read(folder, 'Makefile'), /# since\n$/u);
  });

  it('a dry run says what would be taken back, and JSON too', async () => {
    await all({ flags: larger });
    const [before, times] = [await readTree(folder), timesOf(folder)];
    const { stdout } = await run(folder, { flags: { ...undo, 'dry-run': true, json: true } });
    const told = JSON.parse(stdout) as { undone: boolean; changes: readonly { path: string; kind: string }[] };
    assert.equal(told.undone, false);
    assert(told.changes.some(({ path: file, kind }) => file === 'gunicorn.conf.py' && kind === 'replace'));
    assertTree(await readTree(folder), before);
    assert.deepEqual(timesOf(folder), times);
  });

  it('asks in a terminal, and "no" writes nothing', async () => {
    await all({ flags: larger });
    const before = await readTree(folder);
    const { code, questions } = await run(folder, { flags: undo, answers: { confirmed: false } });
    assert.equal(code, 0);
    assert.deepEqual(
      questions.map(({ message }) => message),
      ['Undo it?'],
    );
    assertTree(await readTree(folder), before);
  });

  it('without a terminal and --yes asks nothing and writes nothing', async () => {
    await all({ flags: larger });
    const before = await readTree(folder);
    const { code, message } = await run(folder, { flags: { ...undo, yes: false } });
    assert.equal(code, 2);
    assert.match(message, /There is no terminal for questions/u);
    assertTree(await readTree(folder), before);
  });

  it('the backup holds what "theirs" replaced, and what the generator dropped', async () => {
    edit(folder, { 'gunicorn.conf.py': threads });
    const before = await treeOf(folder);
    const release = await newer('0.2.0', (files) => files.filter((file) => file.path !== '.editorconfig'));
    await all({ release, flags: { ...larger, 'on-conflict': 'theirs' } });
    const kept = await readTree(path.join(folder, '.django-fargate/backup/1/files'));
    for (const file of ['gunicorn.conf.py', '.editorconfig']) assert.deepEqual(kept[file], before[file]);
  });
});
