import assert from 'node:assert/strict';
import { mkdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { generate, scratch } from '../support/generate.ts';
import type { Generated } from '../support/generate.ts';
import type { Tree } from '../disk/tree.ts';
import { edits } from './edits.ts';
import { putAll, settingsPackage, startProject } from './django.ts';
import { edit, freshTree, put, read, regenerate, run, timesOf, treeOf } from './support.ts';
import { assertTree, contentOf, edited, remembering, replace, withEntries, withFiles } from './trees.ts';
import type { Edits } from './trees.ts';

const named = { 'project-name': 'bakery' };
const larger = { vcpu: 1 };
const conflicts = '.django-fargate/conflicts';

describe('in a Django project that was there before', function () {
  this.timeout(120_000);
  let folder: string;

  beforeEach(() => {
    folder = path.join(scratch('existing'), 'bakery-site');
    mkdirSync(folder);
  });

  const app = (flags = {}, answers?: Readonly<Record<string, unknown>>): Promise<Generated> =>
    generate('app', {
      cwd: folder,
      flags: { ...(answers === undefined && { yes: true }), ...flags },
      ...(answers && { answers }),
    });

  it('as django-admin startproject makes it: its settings would be hidden; refused, with what to do', async () => {
    putAll(folder, startProject);
    const before = await treeOf(folder);
    const { code, message, stdout } = await app();
    assert.equal(code, 3);
    assert.match(stdout, /^A Django project \(settings bakery\.settings\): what you have is kept/u);
    assert.match(
      message,
      /^bakery\/settings\.py would be hidden by the package bakery\/settings\/.*nothing was written/u,
    );
    assert.match(message, /git mv bakery\/settings\.py bakery\/settings\/base\.py/u);
    assertTree(await treeOf(folder), before);
    for (const choice of ['mine', 'theirs', 'sidecar']) {
      assert.equal((await app({ 'on-conflict': choice })).code, 3);
      assertTree(await treeOf(folder), before);
    }

    mkdirSync(path.join(folder, 'bakery/settings'));
    renameSync(path.join(folder, 'bakery/settings.py'), path.join(folder, 'bakery/settings/base.py'));
    const followed = await app();
    assert.equal(followed.code, 0, followed.message);
    assert.equal(read(folder, 'bakery/settings/base.py'), startProject['bakery/settings.py']);
  });

  /** Everything of the user's as it was, everything else as it is rendered, and ours of what differs put aside. */
  const adopted = async (own: Tree, flags = {}, asideFlags = flags): Promise<Tree> => {
    const [fresh, then] = [await freshTree({ ...named, ...flags }), await freshTree({ ...named, ...asideFlags })];
    const different = Object.keys(own).filter(
      (file) => fresh[file]?.type === 'file' && !isDeepStrictEqual(own[file], then[file]),
    );
    const place = (file: string): string => `${conflicts}/${file === '.gitignore' ? '.gitignore.new' : file}`;
    const aside = Object.fromEntries(different.map((file) => [place(file), contentOf(then, file)]));
    const tree = { ...withFiles(fresh, { ...aside, [`${conflicts}/.gitignore`]: '*\n' }), ...own };
    const folders = Object.keys(aside).flatMap((file) =>
      file.split('/').map((_, index, parts) => parts.slice(0, index).join('/')),
    );
    const made = folders
      .filter((name) => name.startsWith(conflicts))
      .map((name) => [name, { type: 'folder', mode: '0755' }]);
    return { ...tree, ...(Object.fromEntries(made) as Tree) };
  };

  it('with a package of settings: what it has is kept, what is missing is added, ours lies beside', async () => {
    putAll(folder, { ...settingsPackage, '.gitignore': '*.pyc\n' });
    const own = await treeOf(folder);
    const { code, message, stdout } = await app();
    assert.equal(code, 0, message);
    assertTree(await treeOf(folder), await adopted(own));
    const said = (file: string) => `  ${file}: yours; the generator’s is in ${conflicts}, take from it what you need`;
    const files = [
      '.gitignore',
      'bakery/asgi.py',
      'bakery/settings/base.py',
      'bakery/urls.py',
      'bakery/wsgi.py',
      'manage.py',
    ];
    assert(stdout.endsWith(['What was in conflict:', ...files.map(said), ''].join('\n')), stdout);

    const times = timesOf(folder);
    const again = await generate('app', { cwd: folder, args: ['.'], flags: { yes: true } });
    assert.equal(again.code, 0, again.message);
    assert.match(again.stdout, /^Everything is there already; nothing was written\.$/mu);
    assert.deepEqual(timesOf(folder), times);
  });

  it('is resized later: what was added follows, what was there stays', async () => {
    putAll(folder, settingsPackage);
    const own = await treeOf(folder);
    await app();
    await regenerate(folder, { flags: larger }, { tree: await adopted(own, larger, {}) });
  });

  it('whoever takes a file from what was put aside has it merged from then on', async () => {
    const file = 'gunicorn.conf.py';
    putAll(folder, { ...settingsPackage, [file]: 'workers = 3\n' });
    const own = await treeOf(folder);
    await app();
    const hook = edits[file] ?? assert.fail();
    put(folder, file, hook(read(folder, `${conflicts}/${file}`)));
    const tree = await adopted(own, larger, {});
    const merged = hook(contentOf(await freshTree({ ...named, ...larger }), file));
    await regenerate(folder, { flags: larger }, { tree: withFiles(tree, { [file]: merged }) });
  });

  it('a file of its own that is resized is a conflict, until .yo-rc.json calls it unmanaged', async () => {
    putAll(folder, { ...settingsPackage, 'README.md': '# Our bakery\n' });
    const own = await treeOf(folder);
    await app();
    const { message } = await regenerate(folder, { flags: larger }, { code: 3 });
    assert.match(message, /^1 path is in conflict .*\n {2}README\.md\n/u);
    const unmanaged: Edits = {
      '.yo-rc.json': replace('"projectName"', '"unmanaged": ["README.md"],\n    "projectName"'),
    };
    edit(folder, unmanaged);
    const tree = edited(await adopted(own, larger, {}), unmanaged);
    await regenerate(folder, { flags: larger }, { tree: remembering(tree, await freshTree(named), 'README.md') });
  });

  it('in a terminal proposes the name of its package, and asks file by file', async () => {
    putAll(folder, settingsPackage);
    const own = await treeOf(folder);
    const { questions, code, message } = await app(
      {},
      { conflict: ['mine', 'sidecar', 'mine for good', 'mine', 'theirs'] },
    );
    assert.equal(code, 0, message);
    assert.equal(questions.find(({ name }) => name === 'projectName')?.default, 'bakery');
    const asked = questions.filter(({ name }) => name === 'conflict').map((question) => question.message.split(':')[0]);
    assert.deepEqual(asked, [
      'bakery/asgi.py',
      'bakery/settings/base.py',
      'bakery/urls.py',
      'bakery/wsgi.py',
      'manage.py',
    ]);
    const [after, fresh] = [await treeOf(folder), await freshTree(named)];
    const kept = asked.slice(0, -1).map((file) => file ?? '');
    assert.deepEqual(
      kept.map((file) => after[file]),
      kept.map((file) => own[file]),
    );
    assert.equal(read(folder, 'manage.py'), contentOf(fresh, 'manage.py'));
    assert.equal(read(folder, `${conflicts}/bakery/settings/base.py`), contentOf(fresh, 'bakery/settings/base.py'));
  });

  it('"stop" at one conflict asks no more, and writes nothing', async () => {
    putAll(folder, settingsPackage);
    const own = await treeOf(folder);
    const { questions, code, message } = await app({}, { conflict: ['mine', 'abort'] });
    assert.equal(code, 3);
    assert.match(message, /^4 paths are in conflict/u);
    assert.equal(questions.filter(({ name }) => name === 'conflict').length, 2);
    assertTree(await treeOf(folder), own);
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
      assert.match(message, /^2 paths .*\n {2}Makefile: exists with other content\n {2}deploy\/ecs\/web\.json: /u);
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
