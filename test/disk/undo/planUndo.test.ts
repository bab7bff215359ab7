import assert from 'node:assert/strict';
import { promises } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../../core/errors.ts';
import { applyChanges } from '../../../disk/apply/applyChanges.ts';
import { planChanges } from '../../../disk/changes/planChanges.ts';
import type { Planned } from '../../../disk/changes/planned.ts';
import { planUndo } from '../../../disk/undo/planUndo.ts';
import { atEveryCall, run } from '../atEveryCall.ts';
import type { Act, Scene } from '../atEveryCall.ts';
import { faultyFileSystem, Killed } from '../faultyFileSystem.ts';
import { asOrdinaryUser } from '../ordinaryUser.ts';
import { planned } from '../planned.ts';
import { inTemporaryFolder, readTree, toSaplings, writeTree } from '../tree.ts';
import type { Sapling, Tree } from '../tree.ts';
import { undoLast } from '../undoLast.ts';
import { smallUpgrade, upgrade } from '../upgrade.ts';

const backup = { label: 'yo django-fargate:resize --vcpu 2' };
const runWithBackup = (root: string, files: readonly Planned[]) => run(root, files, { backup });
const replacing = (path: string, before: string, after: string): Planned =>
  planned(path, after, { replaces: Buffer.from(before) });

/** A repository that was upgraded, with its state before and after. */
async function upgraded(test: (root: string, before: Tree, after: Tree) => Promise<void>): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    const root = join(folder, 'shop');
    await writeTree(root, upgrade.before ?? {});
    const before = await readTree(root);
    await runWithBackup(root, upgrade.files);
    await test(root, before, await readTree(root));
  });
}

const isUnsafe = (pattern: RegExp) => (error: unknown) => {
  assert(error instanceof UserError, String(error));
  assert.equal(error.exitCode, 4);
  assert.match(error.message, pattern);
  return true;
};

describe('planUndo', () => {
  it('plans to take back what the last run created, replaced, changed in mode and removed', () =>
    upgraded(async (root, before, after) => {
      const undo = await planUndo(root);
      assert(undo !== undefined);
      const { label, isUnfinished, undoes, changed } = undo;
      assert.deepEqual(
        { label, isUnfinished, undoes, changed },
        { ...backup, isUnfinished: false, undoes: 1, changed: [] },
      );
      const changes = await planChanges(root, undo.planned);
      assert.deepEqual(
        changes.map(({ path, kind }) => [path, kind]),
        [
          ['.django-fargate/baseline.json', 'replace'],
          ['docs/deep/a.md', 'create'],
          ['docs/deep/b.md', 'create'],
          ['lock.sh', 'replace'],
          ['new/folder/file.py', 'remove'],
          ['old.txt', 'create'],
          ['ops/old.sh', 'create'],
          ['run.sh', 'chmod'],
          ['shop/settings.py', 'replace'],
        ],
      );
      assert.deepEqual(await readTree(root), after, 'planning writes nothing');
      await applyChanges(root, changes, { undoes });
      assert.deepEqual(await readTree(root), before);
      assert.equal(await planUndo(root), undefined);
    }));

  it('takes a whole repository away again that a run has created, but not its folder', () =>
    inTemporaryFolder(async (folder) => {
      const root = join(folder, 'shop');
      await runWithBackup(root, [planned('.django-fargate/baseline.json', '{}\n'), planned('shop/urls.py', '')]);
      await undoLast(root);
      assert.deepEqual(Object.keys(await readTree(folder)), ['shop']);
    }));

  it('takes back one run after the other, as many as are kept', () =>
    inTemporaryFolder(async (folder) => {
      const contents = ['1', '2', '3', '4'];
      await run(folder, [planned('a.txt', '0')]);
      for (const content of contents) {
        await run(folder, [replacing('a.txt', String(Number(content) - 1), content)], { backup: { label: content } });
      }
      for (const content of ['4', '3', '2']) {
        assert.equal((await planUndo(folder))?.label, content);
        await undoLast(folder);
        const { 'a.txt': now } = await readTree(folder);
        assert.deepEqual(now, { type: 'file', mode: '0644', content: String(Number(content) - 1) });
      }
      assert.equal(await undoLast(folder), undefined);
      assert.deepEqual(Object.keys(await readTree(folder)), ['a.txt']);
    }));

  it('names what was edited since, and what was deleted, made or moved', () =>
    upgraded(async (root) => {
      await writeTree(root, { 'lock.sh': { content: 'mine\n', mode: 0o644 }, 'old.txt': 'mine\n' });
      await promises.unlink(join(root, 'new/folder/file.py'));
      await promises.chmod(join(root, 'run.sh'), 0o700);
      await promises.rm(join(root, 'shop/settings.py'));
      await promises.mkdir(join(root, 'shop/settings.py'));
      const undo = await planUndo(root);
      assert.deepEqual(undo?.changed, ['lock.sh', 'old.txt', 'run.sh', 'shop/settings.py']);
      const others = undo?.planned.map(({ path }) => path);
      // What the run created is gone already: as it was before.
      assert.deepEqual(others, ['.django-fargate/baseline.json', 'docs/deep/a.md', 'docs/deep/b.md', 'ops/old.sh']);
    }));

  it('leaves a mode alone that the run had not changed', () =>
    upgraded(async (root) => {
      await promises.chmod(join(root, 'shop/settings.py'), 0o600);
      await undoLast(root);
      const { 'shop/settings.py': now } = await readTree(root);
      assert.deepEqual(now, { type: 'file', mode: '0600', content: 'DEBUG = False\n' });
    }));

  it('has nothing to take back where there are no backups', () =>
    inTemporaryFolder(async (folder) => {
      assert.equal(await planUndo(folder), undefined);
      assert.equal(await planUndo(join(folder, 'nowhere')), undefined);
      await writeTree(folder, { '.django-fargate/backup/1': { folder: true } });
      assert.equal(await planUndo(folder), undefined);
    }));

  it('stops when a file is edited after planning, and when another run has ended since', () =>
    upgraded(async (root) => {
      const undo = await planUndo(root);
      const changes = await planChanges(root, undo?.planned ?? []);
      const apply = () => applyChanges(root, changes, { undoes: undo?.undoes });
      await writeTree(root, { 'lock.sh': 'mine\n' });
      const edited = await readTree(root);
      await assert.rejects(apply(), isUnsafe(/has changed while this command ran/));
      assert.deepEqual(await readTree(root), edited);
      await writeTree(root, { 'lock.sh': 'new\n' });
      await runWithBackup(root, [planned('another.txt', '')]);
      const after = await readTree(root);
      await assert.rejects(apply(), isUnsafe(/Another run has changed/));
      assert.deepEqual(await readTree(root), after);
    }));

  it('tells an ordinary user about a folder to which nothing can be restored, and leaves all alone', () =>
    upgraded(async (root) => {
      for (const path of ['.', ...Object.keys(await readTree(root))]) {
        if (process.geteuid?.() === 0) await promises.chown(join(root, path), 1000, 1000);
      }
      await writeTree(root, { ops: { folder: true, mode: 0o555 } });
      const before = await readTree(root);
      await asOrdinaryUser(() =>
        assert.rejects(undoLast(root), (error) => {
          assert(error instanceof UserError && error.exitCode === 2, String(error));
          assert.match(error.message, /Cannot write .*ops\/old\.sh \(EACCES\)/);
          return true;
        }),
      );
      assert.deepEqual(await readTree(root), before);
    }));

  it('does the rest of an undo that was stopped after it had used its backup up, and no more', () =>
    upgraded(async (root, before) => {
      await runWithBackup(root, [planned('another.txt', '')]);
      const { fs } = faultyFileSystem({ when: (call) => /^unlink .*journal\.json$/.test(call), how: 'kill' });
      assert.notDeepEqual((await undoLast(root, fs))?.leftovers, []);
      const rest = await planUndo(root);
      assert.deepEqual([rest?.undoes, rest?.planned, rest?.isUnfinished], [undefined, [], true]);
      await undoLast(root);
      assert.deepEqual(
        Object.keys(await readTree(root)).filter((path) => /lock$|journal/.test(path)),
        [],
      );
      assert.equal((await planUndo(root))?.undoes, 1, 'the run before it is still there');
      await undoLast(root);
      assert.deepEqual(await readTree(root), before);
    }));

  describe('with a fault at any call', () => {
    const act: Act = async (root, fs) => (await undoLast(root, fs)) ?? { leftovers: [] };
    /** The same again; where only the lock was left there is nothing to undo, and any run takes it over. */
    const finish = async (root: string, call: string): Promise<void> => {
      await act(root);
      if (call.startsWith('unlink') && call.includes('/lock ')) await run(root, []);
    };
    let upgradedScene: Scene;
    let original: Tree;
    before(async () => {
      original = await treeAfter(async () => undefined);
      const done = await treeAfter((root) => runWithBackup(root, smallUpgrade.files));
      upgradedScene = { ...smallUpgrade, before: toSaplings(done) };
    });

    it('undoes nothing when one fails', async function () {
      this.timeout(120_000);
      let failed = 0;
      const calls = await atEveryCall(upgradedScene, { how: 'fail', act }, async (outcome) => {
        const { root, error, leftovers, call } = outcome;
        if (error !== undefined) {
          failed += 1;
          assert(error instanceof UserError && error.exitCode === 2, `${call}: ${String(error)}`);
          assert.deepEqual(toSaplings(await readTree(root)), upgradedScene.before, call);
          return;
        }
        assert.notEqual(leftovers.length, 0, `${call} failed unnoticed`);
        await finish(root, call);
        assert.deepEqual(await readTree(root), original, call);
      });
      assert(failed > 100 && failed > 0.6 * calls, `${failed} of ${calls} calls`);
    });

    for (const linksRefused of [false, true]) {
      it(`is completed by the same again when it was killed${linksRefused ? ', without hard links' : ''}`, async function () {
        this.timeout(120_000);
        const calls = await atEveryCall({ ...upgradedScene, linksRefused }, { how: 'kill', act }, async (outcome) => {
          const { root, error, call } = outcome;
          assert(error === undefined || error instanceof Killed, `${call}: ${String(error)}`);
          await finish(root, call);
          assert.deepEqual(await readTree(root), original, call);
        });
        assert(calls > 40, `${calls} calls`);
      });
    }
  });
});

async function treeAfter(act: (root: string) => Promise<unknown>): Promise<Tree> {
  return inTemporaryFolder(async (folder) => {
    await writeTree(folder, smallUpgrade.before ?? {});
    await act(folder);
    return readTree(folder);
  });
}

describe('a backup that anyone may have written', () => {
  const hash = 'a'.repeat(64);
  const was = { sha256: hash, mode: '0644' };
  const list = (more: object): string => JSON.stringify({ schema: 1, label: 'x', files: [], ...more });
  const files = (...entries: object[]): string => list({ files: entries });
  const inBackup = (content: Sapling, name = 'run'): Record<string, Sapling> => ({
    [`.django-fargate/backup/4/${name}.json`]: content,
  });
  const cases: Readonly<Record<string, Record<string, Sapling>>> = {
    'not JSON': inBackup('{"schema": 1'),
    'a newer version': inBackup(list({ schema: 2 })),
    'a label that is none': inBackup(list({ label: 7 })),
    'no files': inBackup(list({ files: {} })),
    'files that are null': inBackup(list({ files: [null] })),
    null: inBackup('null'),
    'a path out of the folder': inBackup(files({ path: '../mine.txt', was, became: 'absent' })),
    'an absolute path': inBackup(files({ path: '/etc/passwd', was, became: 'absent' })),
    'a path in .git': inBackup(files({ path: '.git/hooks/pre-commit', was, became: 'absent' })),
    'a path that steers the terminal': inBackup(files({ path: 'a\u001b[2J', was, became: 'absent' })),
    'our lock': inBackup(files({ path: '.django-fargate/lock', was, became: 'absent' })),
    'another backup': inBackup(files({ path: '.django-fargate/backup/1/run.json', was, became: 'absent' })),
    'our folder': inBackup(files({ path: '.django-fargate', was, became: 'absent' })),
    'a path twice': inBackup(files({ path: 'a', was, became: 'absent' }, { path: 'A', was, became: 'absent' })),
    'a path below another': inBackup(
      files({ path: 'a', was, became: 'absent' }, { path: 'a/b', was, became: 'absent' }),
    ),
    'nothing that changed': inBackup(files({ path: 'a', was, became: was })),
    'a hash that is none': inBackup(files({ path: 'a', was: { ...was, sha256: '' }, became: 'absent' })),
    'a mode that is none': inBackup(files({ path: 'a', was: { ...was, mode: '9999' }, became: 'absent' })),
    'no copy': inBackup(files({ path: 'a', was, became: 'absent' })),
    'another copy': {
      ...inBackup(files({ path: 'a', was, became: 'absent' })),
      '.django-fargate/backup/4/files/a': 'b',
    },
    'a list that is a link': { 'list.json': list({}), ...inBackup({ link: '../../../list.json' }) },
    'a list that is a folder': inBackup({ folder: true }),
    'an unfinished one that is not ours': inBackup('{}', 'pending'),
    'a backup that is a link': {
      'elsewhere/run.json': list({}),
      '.django-fargate/backup/4': { link: '../../elsewhere' },
    },
    'a backup that is a file': { '.django-fargate/backup/4': '' },
    'copies behind a link': {
      'elsewhere/a': '',
      ...inBackup(
        files({
          path: 'a',
          was: { ...was, sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' },
          became: 'absent',
        }),
      ),
      '.django-fargate/backup/4/files': { link: '../../../elsewhere' },
    },
  };
  for (const [title, disk] of Object.entries(cases)) {
    it(`is refused, and says what to do: ${title}`, () =>
      inTemporaryFolder(async (folder) => {
        await writeTree(folder, disk);
        const before = await readTree(folder);
        await assert.rejects(
          planUndo(folder),
          isUnsafe(/backup\/4 cannot be used: .*Copy what you need .*move the backup away/),
        );
        assert.deepEqual(await readTree(folder), before);
        // Other runs go on, and neither follow it nor remove what it names.
        await runWithBackup(folder, [planned('another.txt', 'another\n')]);
        await undoLast(folder);
        assert.deepEqual(await readTree(folder), { ...before, ...(await ignoreFile(folder)) });
      }));
  }

  it('shows a label that steers no terminal', () =>
    inTemporaryFolder(async (folder) => {
      await writeTree(folder, inBackup(list({ label: 'yo\u001b]0;x\u0007 x\n\u009b2Jy' })));
      assert.equal((await planUndo(folder))?.label, 'yo ]0;x  x 2Jy');
    }));

  it('is refused when all of them are a link', () =>
    inTemporaryFolder(async (folder) => {
      await writeTree(folder, { 'elsewhere/1/run.json': list({}), '.django-fargate/backup': { link: '../elsewhere' } });
      await assert.rejects(planUndo(folder), isUnsafe(/backup is a symbolic link, not a folder of backups/));
    }));
});

async function ignoreFile(folder: string): Promise<Tree> {
  const path = '.django-fargate/backup/.gitignore';
  const { [path]: entry } = await readTree(folder);
  return entry === undefined ? {} : { [path]: entry };
}
