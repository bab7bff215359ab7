import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { promises } from 'node:fs';
import { join } from 'node:path';
import { gitStatus } from '../../../disk/read/gitStatus.ts';
import { inTemporaryFolder, readTree, writeTree } from '../tree.ts';

function git(folder: string, ...args: string[]): void {
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com'];
  execFileSync('git', ['-C', folder, ...identity, ...args], { stdio: 'ignore' });
}

/** A repository in which one file of each kind lies below `shop`. */
async function inRepository(test: (folder: string) => Promise<void>): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    const paths = ['clean.py', 'modified.py', 'staged.py', 'gone.py', 'deep/modified.py', 'old name.py'];
    await writeTree(folder, Object.fromEntries(paths.map((path) => [`shop/${path}`, `${path}\n`])));
    await writeTree(folder, { 'modified.py': 'top\n', '.gitignore': '*.log\ncache/\nnested/\n' });
    git(folder, 'init', '--quiet');
    git(folder, 'add', '.');
    git(folder, 'commit', '--quiet', '-m', 'first');
    await writeTree(folder, {
      'shop/modified.py': 'edited\n',
      'shop/deep/modified.py': 'edited\n',
      'shop/staged.py': 'edited\n',
      'shop/new/untracked.py': '',
      'shop/naïve *.py': '',
      'shop/ignored.log': '',
      'shop/cache/deep/ignored.py': '',
      'shop/nested/inside.py': '',
    });
    git(join(folder, 'shop/nested'), 'init', '--quiet');
    git(folder, 'add', 'shop/staged.py');
    git(folder, 'mv', 'shop/old name.py', 'shop/new name.py');
    await promises.unlink(join(folder, 'shop/gone.py'));
    await test(folder);
  });
}

async function dirtyFiles(folder: string, paths: readonly string[]): Promise<readonly string[]> {
  const status = await gitStatus(folder, paths);
  assert(status.kind === 'answer', JSON.stringify(status));
  return status.dirty;
}

/** Sets a variable of the environment while a test runs. */
async function withEnvironment(name: string, value: string, test: () => Promise<void>): Promise<void> {
  const usual = process.env[name];
  process.env[name] = value;
  try {
    await test();
  } finally {
    if (usual === undefined) delete process.env[name];
    else process.env[name] = usual;
  }
}

const dirty = [
  'modified.py',
  'staged.py',
  'gone.py',
  'deep/modified.py',
  'new/untracked.py',
  'naïve *.py',
  'ignored.log',
  'cache/deep/ignored.py',
  'nested/inside.py',
  'old name.py',
  'new name.py',
];

describe('gitStatus', () => {
  it('names what is modified, staged, deleted, renamed, untracked or ignored, in a folder below the top', () =>
    inRepository(async (folder) => {
      const asked = [...dirty, 'clean.py', 'nowhere.py', 'nowhere.log', '*.py'];
      assert.deepEqual(await dirtyFiles(join(folder, 'shop'), asked), dirty);
    }));

  it('names only what was asked for', () =>
    inRepository(async (folder) => {
      assert.deepEqual(await dirtyFiles(join(folder, 'shop'), ['clean.py', 'staged.py']), ['staged.py']);
      assert.deepEqual(await dirtyFiles(join(folder, 'shop'), []), []);
      assert.deepEqual(await dirtyFiles(folder, ['modified.py', 'shop/modified.py']), ['shop/modified.py']);
    }));

  it('finds the repository behind a link', () =>
    inRepository((folder) =>
      inTemporaryFolder(async (elsewhere) => {
        await writeTree(elsewhere, { shop: { link: join(folder, 'shop') } });
        assert.deepEqual(await dirtyFiles(join(elsewhere, 'shop'), ['staged.py']), ['staged.py']);
      }),
    ));

  it('changes nothing, not even the index that a status would refresh', () =>
    inRepository(async (folder) => {
      // The same content with another time: git would note that in the index.
      await promises.utimes(join(folder, 'shop/clean.py'), 1, 1);
      const before = await readTree(folder);
      await dirtyFiles(folder, ['shop/clean.py', 'shop/modified.py']);
      assert.deepEqual(await readTree(folder), before);
    }));

  it('asks the repository of the folder, not that of a surrounding hook', () =>
    inRepository((folder) =>
      withEnvironment('GIT_DIR', '/nowhere', async () => {
        assert.deepEqual(await dirtyFiles(folder, ['shop/staged.py']), ['shop/staged.py']);
      }),
    ));

  it('starts no program that the repository names', () =>
    inRepository(async (folder) => {
      const hook = join(folder, 'hook.sh');
      await writeTree(folder, { 'hook.sh': { content: `#!/bin/sh\ntouch '${folder}/started'\n`, mode: 0o755 } });
      git(folder, 'config', 'core.fsmonitor', hook);
      await dirtyFiles(folder, ['shop/staged.py']);
      assert.equal('started' in (await readTree(folder)), false);
    }));

  it('tells when there is no repository, and when there is no folder', () =>
    inTemporaryFolder(async (folder) => {
      await writeTree(folder, { 'a.py': '' });
      assert.deepEqual(await gitStatus(folder, ['a.py']), { kind: 'no repository' });
      assert.deepEqual(await gitStatus(join(folder, 'nowhere'), ['a.py']), { kind: 'no repository' });
      git(folder, 'init', '--quiet');
      assert.deepEqual(await dirtyFiles(folder, ['a.py']), ['a.py']);
    }));

  it('tells that git is not there', () =>
    inRepository((folder) =>
      withEnvironment('PATH', folder, async () => {
        const reason = 'git is not installed, or not on PATH';
        assert.deepEqual(await gitStatus(folder, ['a.py']), { kind: 'no answer', reason });
      }),
    ));

  it('tells what git says: a repository of somebody else’s, a broken one', () =>
    inRepository(async (folder) => {
      // What git sets for its own tests of this.
      await withEnvironment('GIT_TEST_ASSUME_DIFFERENT_OWNER', '1', async () => {
        const status = await gitStatus(folder, ['modified.py']);
        assert(status.kind === 'no answer' && status.reason.startsWith('fatal: detected dubious ownership'));
        assert.match(status.reason, /safe\.directory/u);
      });
      await writeTree(folder, { '.git/HEAD': 'nonsense\n' });
      const status = await gitStatus(folder, ['modified.py']);
      assert(status.kind === 'no answer' && status.reason.startsWith('fatal: '), JSON.stringify(status));
    }));

  it('tells that an answer is too long, which is no silence', () =>
    inTemporaryFolder(async (folder) => {
      const content = '#!/bin/sh\nexec head -c 17000000 /dev/zero\n';
      await writeTree(folder, { 'bin/git': { content, mode: 0o755 }, '.git': { folder: true } });
      await withEnvironment('PATH', `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`, async () => {
        const reason = "git's answer is longer than 16 MiB";
        assert.deepEqual(await gitStatus(folder, ['a.py']), { kind: 'no answer', reason });
      });
    }));

  it('does not wait for a git that hangs, and tells', () =>
    inTemporaryFolder(async (folder) => {
      const path = process.env['PATH'] ?? '';
      const content = `#!/bin/sh\ntouch '${folder}/started'\nexec sleep 60\n`;
      await writeTree(folder, { 'bin/git': { content, mode: 0o755 }, '.git': { folder: true } });
      await withEnvironment('PATH', `${join(folder, 'bin')}:${path}`, async () => {
        const reason = 'git did not answer within 2 seconds';
        assert.deepEqual(await gitStatus(folder, ['a.py'], 2000), { kind: 'no answer', reason });
      });
      assert.ok('started' in (await readTree(folder)));
    }));
});
