import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { generate, scratch } from '../support/generate.ts';
import type { Generated } from '../support/generate.ts';
import { layouts, putAll, startProject } from './django.ts';
import { freshTree, read, regenerate, run, timesOf, treeOf } from './support.ts';
import { assertTree, contentOf, withEntries, withFiles } from './trees.ts';

const conflicts = '.django-fargate/conflicts';

describe('over a Django project that was there before', function () {
  this.timeout(120_000);
  let folder: string;

  beforeEach(() => {
    folder = path.join(scratch('existing'), 'bakery-site');
    mkdirSync(folder);
  });

  const app = (flags = {}): Promise<Generated> => generate('app', { cwd: folder, flags: { yes: true, ...flags } });

  for (const { title, files, mark } of layouts) {
    it(`${title}: nothing is written, and the file that tells is named`, async () => {
      putAll(folder, files);
      const [before, times] = [await treeOf(folder), timesOf(folder)];
      const { code, message, stdout } = await app();
      assert.deepEqual([code, stdout], [2, '']);
      assert(message.startsWith(`${folder} contains a Django project (${mark}); nothing was written.\n`), message);
      assertTree(await treeOf(folder), before);
      assert.deepEqual(timesOf(folder), times);
    });
  }

  it('neither a choice for conflicts nor a dry run nor a named folder changes that; nobody is asked first', async () => {
    putAll(folder, startProject);
    const before = await treeOf(folder);
    for (const choice of ['abort', 'mine', 'theirs', 'sidecar', 'markers']) {
      assert.equal((await app({ 'on-conflict': choice })).code, 2);
    }
    assert.equal((await app({ 'dry-run': true })).code, 2);
    const named = await generate('app', { cwd: path.dirname(folder), args: ['bakery-site'], answers: {} });
    assert.deepEqual([named.code, named.questions, named.stdout], [2, [], '']);
    assertTree(await treeOf(folder), before);
  });

  it('what it says to do works: a folder beside it, in the name of the project', async () => {
    putAll(folder, startProject);
    const command = /^ {2}yo django-fargate (?<folder>\S+) --project-name (?<name>\S+)$/mu;
    const said = command.exec((await app()).message)?.groups ?? assert.fail();
    assert.deepEqual({ ...said }, { folder: '../bakery-site-fargate', name: 'bakery' });
    const beside = { cwd: folder, args: [said['folder'] ?? ''], flags: { yes: true, 'project-name': said['name'] } };
    const { code, message } = await generate('app', beside);
    assert.equal(code, 0, message);
    const made = path.join(folder, said['folder'] ?? '');
    assertTree(await treeOf(made), await freshTree({ 'project-name': 'bakery' }));
    assert.match((await app()).message, /^ {2}yo django-fargate \.\.\/bakery-site-fargate-2 /mu);
  });

  it('a package called after what it is gives no name', async () => {
    putAll(folder, { 'manage.py': (startProject['manage.py'] ?? '').replaceAll('bakery', 'config') });
    assert.match((await app()).message, /^ {2}yo django-fargate \.\.\/bakery-site-fargate$/mu);
  });

  it('a repository of ours whose baseline was lost is told apart', async () => {
    const made = await generate('app', { cwd: folder, flags: { yes: true } });
    assert.equal(made.code, 0, made.message);
    rmSync(path.join(folder, '.django-fargate/baseline.json'));
    const { code, message } = await app();
    assert.equal(code, 2);
    assert.match(message, /without its \.django-fargate\/baseline\.json; .*resize --rebuild-baseline there\.$/u);
    const rebuilt = await run(folder, { flags: { 'rebuild-baseline': true } });
    assert.equal(rebuilt.code, 0, rebuilt.message);
    assert.equal((await generate('app', { cwd: folder, args: ['.'], flags: { yes: true } })).code, 0);
  });
});

describe('over any other folder', function () {
  this.timeout(120_000);

  it('everything stays, also what only speaks of Django or was installed', async () => {
    const folder = path.join(scratch('existing'), 'shop');
    const own = {
      LICENSE: 'MIT\n',
      'docs/django.md': 'django\n',
      'package.json': '{"keywords": ["django"]}\n',
      'src/index.js': 'import "django";\n',
      'tools/models.py': 'import torch\n',
      'node_modules/x/manage.py': startProject['manage.py'] ?? '',
      '.venv/lib/python3.12/site-packages/django/urls.py': 'import django\n',
      'env/pyvenv.cfg': '',
      'env/lib/manage.py': startProject['manage.py'] ?? '',
    };
    putAll(folder, own);
    symlinkSync('nowhere.py', path.join(folder, 'models.py'));
    const { code, message } = await generate('app', { cwd: folder, flags: { yes: true } });
    assert.equal(code, 0, message);
    for (const [file, content] of Object.entries(own)) assert.equal(read(folder, file), content);
  });

  it('a module that a package of ours would hide: refused, and what it says to do works', async () => {
    const folder = path.join(scratch('existing'), 'shop');
    putAll(folder, { 'shop/settings.py': 'DEBUG = True\n' });
    const before = await treeOf(folder);
    const refused = await generate('app', { cwd: folder, flags: { yes: true } });
    assert.equal(refused.code, 3);
    assert.match(refused.message, /^shop\/settings\.py would be hidden by the new package shop\/settings\/; /u);
    assert.match(refused.message, /Rename shop\/settings\.py and its imports/u);
    assertTree(await treeOf(folder), before);
    renameSync(path.join(folder, 'shop/settings.py'), path.join(folder, 'shop/switches.py'));
    const { code, message } = await generate('app', { cwd: folder, flags: { yes: true } });
    assert.equal(code, 0, message);
    assert.equal(read(folder, 'shop/switches.py'), 'DEBUG = True\n');
  });
});

describe('in a folder with files of the same names', function () {
  this.timeout(120_000);
  const own = { Makefile: 'all:\n', 'deploy/ecs/web.json': '{}\n', 'notes.txt': 'mine\n' };
  let folder: string;

  beforeEach(() => {
    folder = path.join(scratch('existing'), 'shop');
    putAll(folder, own);
  });

  const app = (choice: string): Promise<Generated> =>
    generate('app', { cwd: path.dirname(folder), args: ['shop'], flags: { yes: true, 'on-conflict': choice } });

  it('abort: nothing is written', async () => {
    const before = await treeOf(folder);
    for (const choice of ['abort', 'markers']) {
      const { code, message } = await app(choice);
      assert.equal(code, 3);
      assert.match(message, /^2 paths .*\n {2}Makefile: exists with different content\n {2}deploy\/ecs\/web\.json: /u);
      assertTree(await treeOf(folder), before);
    }
  });

  it('mine: everything else is written, and the next run asks again', async () => {
    assert.equal((await app('mine')).code, 0);
    const fresh = withFiles(await freshTree(), own);
    assertTree(await treeOf(folder), withEntries(fresh, { Makefile: undefined, 'deploy/ecs/web.json': undefined }));
    const { message } = await regenerate(folder, {}, { code: 3 });
    assert.match(message, /^2 paths are in conflict/u);
  });

  it('theirs: the generator’s stands there, and --undo brings mine back', async () => {
    const before = await treeOf(folder);
    assert.equal((await app('theirs')).code, 0);
    assertTree(await treeOf(folder), withFiles(await freshTree(), { 'notes.txt': 'mine\n' }));
    const undone = await run(folder, { flags: { undo: true } });
    assert.equal(undone.code, 0, undone.message);
    assertTree(await treeOf(folder), before);
  });

  it('sidecar: mine stays, the generator’s lies beside it, and the next run asks again', async () => {
    assert.equal((await app('sidecar')).code, 0);
    const fresh = await freshTree();
    for (const file of ['Makefile', 'deploy/ecs/web.json'] as const) {
      assert.equal(read(folder, file), own[file]);
      assert.equal(read(folder, `${conflicts}/${file}`), contentOf(fresh, file));
    }
    await regenerate(folder, {}, { code: 3 });
  });
});
