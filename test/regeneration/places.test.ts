import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { asOrdinaryUser } from '../disk/ordinaryUser.ts';
import { inTemporaryFolder, readTree } from '../disk/tree.ts';
import type { Tree } from '../disk/tree.ts';
import { scratch } from '../support/generate.ts';
import { edits } from './edits.ts';
import { edit, freshTree, newRepository, put, regenerate, run, treeOf } from './support.ts';
import { assertTree, edited, remembering } from './trees.ts';

const larger = { vcpu: 1 };
const mine = { flags: { ...larger, 'on-conflict': 'mine' } };

describe('where files stand', function () {
  this.timeout(120_000);

  describe('case 30: a link in the place of a file', () => {
    const file = 'gunicorn.conf.py';
    let parent: string;
    let folder: string;

    beforeEach(async () => {
      parent = scratch('links');
      folder = await newRepository({}, parent);
      renameSync(path.join(folder, file), path.join(parent, file));
      put(folder, 'config/gunicorn.py', 'mine\n');
    });

    for (const [where, to] of [
      ['inside', 'config/gunicorn.py'],
      ['outside', '../gunicorn.conf.py'],
      ['nowhere', 'gone.py'],
    ] as const) {
      it(`to ${where}: neither the link nor its target is touched, and it is said`, async () => {
        symlinkSync(to, path.join(folder, file));
        const all = await readTree(parent);
        const { message, stdout } = await regenerate(folder, { flags: larger }, { code: 3 });
        assert.match(message, /^ {2}gunicorn\.conf\.py: is a symbolic link$/mu);
        assert.match(stdout, /^ {2}! gunicorn\.conf\.py {2}IN THE WAY: is a symbolic link$/mu);
        // Taking the generator's would mean to write through it.
        await regenerate(folder, { flags: { ...larger, 'on-conflict': 'theirs' } }, { code: 3 });
        assertTree(await readTree(parent), all);

        const before = await treeOf(folder);
        const kept: Tree = { ...(await freshTree(larger)), [file]: { type: 'link', to } };
        for (const name of ['config', 'config/gunicorn.py']) Object.assign(kept, { [name]: before[name] });
        await regenerate(folder, mine, { tree: remembering(kept, await freshTree(), file) });
        assert.deepEqual((await readTree(parent))[file], all[file]);
      });
    }
  });

  it('case 30: a folder in the place of a file, a file in the place of a folder, another case', async () => {
    const folder = await newRepository();
    rmSync(path.join(folder, 'Makefile'));
    put(folder, 'makefile', 'all:\n');
    rmSync(path.join(folder, 'README.md'));
    mkdirSync(path.join(folder, 'README.md'));
    rmSync(path.join(folder, 'deploy/ecs'), { recursive: true });
    put(folder, 'deploy/ecs', 'mine\n');
    const { message } = await regenerate(folder, { flags: larger }, { code: 3 });
    assert.match(message, /^ {2}Makefile: differs only in case from makefile, which exists$/mu);
    assert.match(message, /^ {2}README\.md: is a folder$/mu);
    assert.match(message, /^ {2}deploy\/ecs\/web\.json: deploy\/ecs is not a folder$/mu);
    const before = await treeOf(folder);
    const { code } = await run(folder, mine);
    assert.equal(code, 0);
    for (const name of ['makefile', 'README.md', 'deploy/ecs']) {
      assert.deepEqual((await treeOf(folder))[name], before[name]);
    }
  });

  describe('case 31: a folder that is a link out of the repository', () => {
    for (const moved of ['deploy', '.django-fargate']) {
      it(`${moved}: refused, and nothing is written outside`, async () => {
        const parent = scratch('links');
        const folder = await newRepository({}, parent);
        renameSync(path.join(folder, moved), path.join(parent, 'outside'));
        symlinkSync('../outside', path.join(folder, moved));
        const all = await readTree(parent);
        const { code, message } = await run(folder, { flags: larger });
        assert.equal(code, moved === 'deploy' ? 3 : 4, message);
        assert.match(message, /symbolic link/u);
        assertTree(await readTree(parent), all);
        await run(folder, mine);
        const after = await readTree(parent);
        const outside = (tree: Tree) => Object.entries(tree).filter(([name]) => name.startsWith('outside'));
        assert.deepEqual(outside(after), outside(all));
      });
    }

    it('.yo-rc.json that is a link is not written through', async () => {
      const parent = scratch('links');
      const folder = await newRepository({}, parent);
      renameSync(path.join(folder, '.yo-rc.json'), path.join(parent, 'answers.json'));
      symlinkSync('../answers.json', path.join(folder, '.yo-rc.json'));
      const all = await readTree(parent);
      const { code, message } = await run(folder, { flags: larger });
      assert.equal(code, 3, message);
      assert.match(message, /\.yo-rc\.json/u);
      assertTree(await readTree(parent), all);
    });
  });

  describe('case 33: what may not be written', () => {
    for (const [name, closed] of [
      ['a folder', 'deploy/ecs'],
      ['the repository itself', ''],
      ['our own folder', '.django-fargate'],
    ] as const) {
      it(`${name}: exit 2, and nothing has changed`, () =>
        inTemporaryFolder(async (parent) => {
          const folder = await newRepository({}, parent);
          for (const file of ['', ...readdirSync(folder, { recursive: true, encoding: 'utf8' })]) {
            if (process.getuid?.() === 0) chownSync(path.join(folder, file), 1000, 1000);
          }
          chmodSync(path.join(folder, closed), 0o555);
          const before = await treeOf(folder);
          const { code, message } = await asOrdinaryUser(() => run(folder, { flags: larger }));
          assert.equal(code, 2, message);
          assert.match(message, /Permission was denied\. /u);
          assertTree(await treeOf(folder), before);
          chmodSync(path.join(folder, closed), 0o755);
          const tree = await freshTree(larger);
          await asOrdinaryUser(() => regenerate(folder, { flags: larger }, { tree }));
        }));
    }

    it('a read-only file is written all the same: its folder allows it, and it stays read-only', async () => {
      const folder = await newRepository();
      chmodSync(path.join(folder, 'gunicorn.conf.py'), 0o444);
      const fresh = await freshTree(larger);
      const file = { ...fresh['gunicorn.conf.py'], mode: '0444' } as Tree[string];
      await regenerate(folder, { flags: larger }, { tree: { ...fresh, 'gunicorn.conf.py': file } });
    });
  });

  describe('case 37: two runs at once', () => {
    const lock = '.django-fargate/lock';
    const holder = (pid: number): string => `${JSON.stringify({ pid, host: hostname(), run: 'a'.repeat(16) })}\n`;

    it('the second is refused while the first lives, and goes on when it is gone', async () => {
      const folder = await newRepository();
      edit(folder, edits);
      const other = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)'], { stdio: 'ignore' });
      const ended = once(other, 'exit');
      try {
        writeFileSync(path.join(folder, lock), holder(other.pid ?? 0));
        const before = await treeOf(folder);
        const { code, message } = await run(folder, { flags: larger });
        assert.equal(code, 4, message);
        assert.match(message, new RegExp(`process ${other.pid} on `, 'u'));
        assertTree(await treeOf(folder), before);
      } finally {
        other.kill('SIGKILL');
        await ended;
      }
      await regenerate(folder, { flags: larger }, { tree: edited(await freshTree(larger), edits) });
    });
  });
});
