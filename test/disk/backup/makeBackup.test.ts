import assert from 'node:assert/strict';
import { promises } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../../core/errors.ts';
import { planUndo } from '../../../disk/undo/planUndo.ts';
import { sha256 } from '../../../disk/files/sha256.ts';
import { assertKept, atEveryCall, completeTree, run } from '../atEveryCall.ts';
import type { Act, Scene } from '../atEveryCall.ts';
import { faultyFileSystem, Killed } from '../faultyFileSystem.ts';
import { planned } from '../planned.ts';
import { inTemporaryFolder, readTree, writeTree } from '../tree.ts';
import type { Tree } from '../tree.ts';
import { undoLast } from '../undoLast.ts';
import { smallUpgrade, upgrade } from '../upgrade.ts';

const label = 'yo django-fargate:resize --vcpu 2';
const backup = { label };
const backupOf = (scene: Scene): Act => {
  return (root, fs) => run(root, scene.files, { backup, ...(fs === undefined ? {} : { fs }) });
};
const inBackups = (tree: Tree): Tree =>
  Object.fromEntries(
    Object.entries(tree).flatMap(([path, entry]) => {
      const [, inner] = path.split('.django-fargate/backup/');
      return inner === undefined ? [] : [[inner, entry]];
    }),
  );

/** After a killed run the next backup has another number. */
const withoutNumber = (tree: Tree): Tree =>
  Object.fromEntries(Object.entries(tree).map(([path, entry]) => [path.replace(/\/backup\/\d+/, '/backup/N'), entry]));

const scenes = [false, true].map((linksRefused): Scene => ({
  ...smallUpgrade,
  title: linksRefused ? 'without hard links' : 'with hard links',
  linksRefused,
}));

/** Runs that each write the given content. */
async function writeOften(root: string, contents: readonly string[]): Promise<void> {
  for (const [index, content] of contents.entries()) {
    const before = index === 0 ? {} : { replaces: Buffer.from(contents[index - 1] ?? '') };
    await run(root, [planned('a.txt', content, before)], { backup: { label: content } });
  }
}

describe('a run that keeps a backup', () => {
  it('copies what it replaces, changes in mode and removes, and lists all that it does', () =>
    inTemporaryFolder(async (folder) => {
      await writeTree(folder, upgrade.before ?? {});
      await run(folder, upgrade.files, { backup });
      const { '1/run.json': list, ...others } = inBackups(await readTree(folder));
      const made = { type: 'folder', mode: '0755' };
      const copy = (content: string, mode = '0644') => ({ type: 'file', mode, content });
      assert.deepEqual(others, {
        '.gitignore': copy('*\n'),
        '1': made,
        '1/files': made,
        '1/files/.django-fargate': made,
        '1/files/.django-fargate/baseline.json': copy('{"schema": 1}\n'),
        '1/files/docs': made,
        '1/files/docs/deep': made,
        '1/files/docs/deep/a.md': copy('a\n'),
        '1/files/docs/deep/b.md': copy('b\n'),
        '1/files/lock.sh': copy('old\n'),
        '1/files/old.txt': copy('gone\n', '0600'),
        '1/files/ops': made,
        '1/files/ops/old.sh': copy('old\n'),
        '1/files/run.sh': copy('#!/bin/sh\n'),
        '1/files/shop': made,
        '1/files/shop/settings.py': copy('DEBUG = False\n', '0640'),
      });
      assert(list?.type === 'file');
      const state = (content: string, mode = '0644') => ({ sha256: sha256(Buffer.from(content)), mode });
      assert.deepEqual(JSON.parse(list.content), {
        schema: 1,
        label,
        files: [
          {
            path: '.django-fargate/baseline.json',
            was: state('{"schema": 1}\n'),
            became: state('{"schema": 1, "more": 2}\n'),
          },
          { path: 'docs/deep/a.md', was: state('a\n'), became: 'absent' },
          { path: 'docs/deep/b.md', was: state('b\n'), became: 'absent' },
          { path: 'lock.sh', was: state('old\n', '0755'), became: state('new\n') },
          { path: 'new/folder/file.py', was: 'absent', became: state('new\n') },
          { path: 'old.txt', was: state('gone\n', '0600'), became: 'absent' },
          { path: 'ops/old.sh', was: state('old\n', '0755'), became: 'absent' },
          { path: 'run.sh', was: state('#!/bin/sh\n'), became: state('#!/bin/sh\n', '0755') },
          {
            path: 'shop/settings.py',
            was: state('DEBUG = False\n', '0640'),
            became: state('DEBUG = False\nMORE = 1\n', '0640'),
          },
        ],
      });
    }));

  it('has all of it on the disk before the first name changes', () =>
    inTemporaryFolder(async (folder) => {
      await writeTree(folder, upgrade.before ?? {});
      const { fs, calls } = faultyFileSystem({});
      await run(folder, upgrade.files, { backup, fs });
      const complete = calls.findIndex((call) => /^rename .*draft\.json .*pending\.json$/.test(call));
      const first = calls.findIndex((call) => /^(link|rename) (?!.*\/backup\/)/.test(call));
      assert(complete > 0 && complete < first);
      const synced = calls.slice(0, complete).filter((call) => /^fsync .*\/backup\//.test(call));
      // The list, its folder and its copies' folders, eight copies and .gitignore.
      assert.equal(synced.length, 1 + 1 + 6 + 8 + 1);
    }));

  it('keeps none when there is nothing to do', () =>
    inTemporaryFolder(async (folder) => {
      await writeTree(folder, { 'a.txt': 'a\n' });
      await run(folder, [planned('a.txt', 'a\n')], { backup });
      assert.deepEqual(Object.keys(await readTree(folder)), ['a.txt']);
    }));

  it('numbers them, and keeps the last three', () =>
    inTemporaryFolder(async (folder) => {
      await writeOften(folder, ['1', '2', '3', '4', '5']);
      const tree = inBackups(await readTree(folder));
      assert.deepEqual(
        Object.keys(tree).filter((path) => /^\d+$/.test(path)),
        ['3', '4', '5'],
      );
      assert.deepEqual(tree['5/files/a.txt'], { type: 'file', mode: '0644', content: '4' });
    }));

  it('leaves what is not one of its backups alone', () =>
    inTemporaryFolder(async (folder) => {
      const mine = {
        'notes.txt': 'mine\n',
        '02/run.json': '{}',
        '2/mine.txt': 'mine\n',
        '3/run.json': '{"schema": 7}',
      };
      const own = Object.fromEntries(
        Object.entries(mine).map(([path, content]) => [`.django-fargate/backup/${path}`, content]),
      );
      await writeTree(folder, own);
      await writeTree(folder, { '.django-fargate/backup/1': { link: '/nowhere' } });
      const before = await readTree(folder);
      await writeOften(folder, ['1', '2', '3', '4', '5']);
      const now = await readTree(folder);
      for (const [path, entry] of Object.entries(before)) assert.deepEqual(now[path], entry, path);
      assert('.django-fargate/backup/8/run.json' in now);
    }));

  for (const [title, sapling, reason] of [
    ['a link', { link: '../elsewhere' }, /backup is a symbolic link, not a folder of backups\. Move it away/],
    ['a file', 'mine\n', /backup is a file, not a folder of backups/],
  ] as const) {
    it(`refuses ${title} in their place`, () =>
      inTemporaryFolder(async (folder) => {
        await writeTree(folder, { 'elsewhere/mine.txt': 'mine\n', '.django-fargate/backup': sapling });
        const before = await readTree(folder);
        await assert.rejects(run(folder, [planned('a.txt', 'a\n')], { backup }), (error) => {
          assert(error instanceof UserError && error.exitCode === 4, String(error));
          assert.match(error.message, reason);
          return true;
        });
        assert.deepEqual(await readTree(folder), before);
      }));
  }

  it('refuses a number after which there is none', () =>
    inTemporaryFolder(async (folder) => {
      await writeTree(folder, { '.django-fargate/backup/999999999999999': { folder: true } });
      await assert.rejects(run(folder, [planned('a.txt', 'a\n')], { backup }), (error) => {
        assert(error instanceof UserError && error.exitCode === 4, String(error));
        assert.match(error.message, /999999999999999 is too high/);
        return true;
      });
    }));

  it('tells when there is no room for it, and leaves all as it was', () =>
    inTemporaryFolder(async (folder) => {
      await writeTree(folder, smallUpgrade.before ?? {});
      const before = await readTree(folder);
      const when = (call: string): boolean => /^writeFile .*\/files\/settings\.py$/.test(call);
      const { fs } = faultyFileSystem({ when, code: 'ENOSPC' });
      await assert.rejects(run(folder, smallUpgrade.files, { backup, fs }), (error) => {
        assert(error instanceof UserError && error.exitCode === 2, String(error));
        assert.match(error.message, /Cannot write .*\/backup\/1\/files\/settings\.py \(ENOSPC\)\. The disk is full/);
        return true;
      });
      assert.deepEqual(await readTree(folder), before);
    }));

  it('stays when something could not be taken back, so that it can be undone later', () =>
    inTemporaryFolder(async (folder) => {
      await writeTree(folder, smallUpgrade.before ?? {});
      const before = await readTree(folder);
      const when = (call: string): boolean => /^rename .*(\.new .*baseline\.json|\.old .*settings\.py)$/.test(call);
      await assert.rejects(
        run(folder, smallUpgrade.files, { backup, fs: faultyFileSystem({ when }).fs }),
        /could not be undone:\n {2}.*\/settings\.py\n/,
      );
      assert('.django-fargate/backup/1/files/settings.py' in (await readTree(folder)));
      assert.equal((await planUndo(folder))?.isUnfinished, true);
      await undoLast(folder);
      assert.deepEqual(await readTree(folder), before);
    }));

  it('leaves neither a change nor a backup, whichever call fails', async function () {
    const scene = smallUpgrade;
    this.timeout(300_000);
    const complete = withoutNumber(await completeTree(scene, backupOf(scene)));
    let failed = 0;
    const calls = await atEveryCall(
      scene,
      { how: 'fail', act: backupOf(scene) },
      async ({ folder, root, before, error, leftovers, call }) => {
        if (error !== undefined) {
          failed += 1;
          assert(error instanceof UserError && error.exitCode === 2, `${call}: ${String(error)}`);
          assert.deepEqual(await readTree(folder), before, call);
          return;
        }
        assert.notEqual(leftovers.length, 0, `${call} failed unnoticed`);
        await run(root, scene.files, { backup });
        assert.deepEqual(withoutNumber(await readTree(folder)), complete, call);
      },
    );
    assert(failed > 150 && failed > 0.7 * calls, `${failed} of ${calls} calls`);
  });

  for (const scene of scenes) {
    it(`is completed, and can be taken back, after it was killed at any call, ${scene.title}`, async function () {
      this.timeout(300_000);
      const complete = withoutNumber(await completeTree(scene, backupOf(scene)));
      await atEveryCall(scene, { how: 'kill', act: backupOf(scene) }, async ({ folder, root, before, error, call }) => {
        assert(error === undefined || error instanceof Killed, `${call}: ${String(error)}`);
        assertKept(scene, before, await readTree(folder), complete, call);
        await run(root, scene.files, { backup });
        assert.deepEqual(withoutNumber(await readTree(folder)), complete, call);
        await undoLast(root);
        assert.deepEqual(await readTree(folder), before, call);
        assert.equal(await undoLast(root), undefined, call);
      });
    });

    it(`can be taken back as it is after it was killed at any call, ${scene.title}`, async function () {
      this.timeout(300_000);
      const seen = new Set<boolean>();
      await atEveryCall(scene, { how: 'kill', act: backupOf(scene) }, async ({ folder, root, before, call }) => {
        const undone = await undoLast(root);
        seen.add(undone === undefined);
        // Without a complete backup nothing had changed yet; the next run tidies up.
        if (undone === undefined) {
          await run(root, scene.files, { backup });
          await undoLast(root);
        }
        assert.deepEqual(await readTree(folder), before, call);
      });
      assert.equal(seen.size, 2);
    });
  }

  it('stays what it is when the next run fails after a killed one', () =>
    inTemporaryFolder(async (folder) => {
      await writeTree(folder, upgrade.before ?? {});
      const before = await readTree(folder);
      const isLate = (call: string): boolean => /^rename .*\.new .*settings\.py$/.test(call);
      const { fs } = faultyFileSystem({ when: isLate, how: 'kill' });
      await assert.rejects(run(folder, upgrade.files, { backup, fs }), Killed);
      const full = faultyFileSystem({ when: isLate, code: 'ENOSPC' });
      await assert.rejects(run(folder, upgrade.files, { backup, fs: full.fs }), UserError);
      assert('.django-fargate/backup/1/pending.json' in (await readTree(folder)));
      await run(folder, upgrade.files, { backup });
      await undoLast(folder);
      assert.deepEqual(await readTree(folder), before);
    }));

  it('is continued by a run that brings everything back: then there is nothing to undo', () =>
    inTemporaryFolder(async (folder) => {
      await writeTree(folder, { 'a.txt': 'old', 'b.txt': 'old' });
      const write = (path: string, from: string, to: string) => planned(path, to, { replaces: Buffer.from(from) });
      const { fs } = faultyFileSystem({ when: (call) => /^rename .*\.new .*b\.txt$/.test(call), how: 'kill' });
      const forth = ['a.txt', 'b.txt'].map((path) => write(path, 'old', 'new'));
      await assert.rejects(run(folder, forth, { backup, fs }), Killed);
      await run(folder, [write('a.txt', 'new', 'old')], { backup });
      assert.deepEqual(Object.keys(await readTree(folder)), ['a.txt', 'b.txt']);
    }));

  it('is one to undo by itself when somebody has edited what a killed run wrote', () =>
    inTemporaryFolder(async (folder) => {
      await writeTree(folder, { 'a.txt': 'old', 'b.txt': 'old' });
      const write = (path: string, from: string, to: string) => planned(path, to, { replaces: Buffer.from(from) });
      const { fs } = faultyFileSystem({ when: (call) => /^rename .*\.new .*b\.txt$/.test(call), how: 'kill' });
      const forth = ['a.txt', 'b.txt'].map((path) => write(path, 'old', 'new'));
      await assert.rejects(run(folder, forth, { backup, fs }), Killed);
      await promises.unlink(join(folder, '.django-fargate/journal.json'));
      await writeTree(folder, { 'a.txt': 'mine' });
      await run(folder, [write('a.txt', 'mine', 'merged'), write('b.txt', 'old', 'new')], { backup });
      const tree = inBackups(await readTree(folder));
      assert.deepEqual(
        Object.entries(tree)
          .flatMap(([path, entry]) => (entry.type === 'file' ? [[path, entry.content]] : []))
          .slice(1, 3),
        [
          ['1/files/a.txt', 'old'],
          ['1/files/b.txt', 'old'],
        ],
      );
      await undoLast(folder);
      assert.deepEqual((await readTree(folder))['a.txt'], { type: 'file', mode: '0644', content: 'mine' });
    }));
});
