import assert from 'node:assert/strict';
import { existsSync, promises } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { UserError } from '../../../core/errors.ts';
import { applyChanges } from '../../../disk/apply/applyChanges.ts';
import { planChanges } from '../../../disk/changes/planChanges.ts';
import type { PlannedFile } from '../../../disk/changes/planned.ts';
import { nodeFileSystem } from '../../../disk/files/fileSystem.ts';
import { readJournal } from '../../../disk/journal/journal.ts';
import { asOrdinaryUser } from '../ordinaryUser.ts';
import { inTemporaryFolder, readTree, writeTree } from '../tree.ts';
import { assertKept, atEveryCall, completeTree, run } from '../atEveryCall.ts';
import type { Scene } from '../atEveryCall.ts';
import { faultyFileSystem, Killed } from '../faultyFileSystem.ts';
import { planned } from '../planned.ts';
import { upgrade } from '../upgrade.ts';

const settings = '{"other": 1}\n';
const repository: readonly PlannedFile[] = [
  planned('.django-fargate/baseline.json', '{"schema": 1}\n'),
  planned('.yo-rc.json', '{"other": 1, "ours": 2}\n', { replaces: Buffer.from(settings) }),
  planned('manage.py', '#!/usr/bin/env python\n', { executable: true }),
  planned('shop/__init__.py', ''),
  planned('shop/settings/base.py', 'DEBUG = False\n'),
];
const fresh = repository.map((file) =>
  planned(file.path, Buffer.from(file.bytes).toString(), { executable: file.executable }),
);

const scenes: readonly Scene[] = [false, true].flatMap((linksRefused) => {
  const where = linksRefused ? ', without hard links' : '';
  return [
    { title: `a folder that is not there${where}`, before: undefined, files: fresh, linksRefused },
    {
      title: `a folder with files of the user's${where}`,
      before: {
        '.yo-rc.json': { content: settings, mode: 0o600 },
        'notes.txt': 'mine\n',
        'shop/urls.py': 'mine too\n',
        'manage.py': { content: '#!/usr/bin/env python\n', mode: 0o755 },
      },
      files: repository,
      linksRefused,
    },
    { ...upgrade, title: `${upgrade.title}${where}`, linksRefused },
  ];
});

describe('applyChanges', () => {
  it('writes every file with its content and mode, in folders made for it', () =>
    inTemporaryFolder(async (folder) => {
      const root = join(folder, 'deep', 'shop');
      const applied = await run(root, fresh);
      assert.deepEqual(applied.leftovers, []);
      assert.equal(applied.written.at(-1), '.django-fargate/baseline.json', 'the baseline is last');
      assert.deepEqual(await readTree(root), {
        '.django-fargate': { type: 'folder', mode: '0755' },
        '.django-fargate/baseline.json': { type: 'file', mode: '0644', content: '{"schema": 1}\n' },
        '.yo-rc.json': { type: 'file', mode: '0644', content: '{"other": 1, "ours": 2}\n' },
        'manage.py': { type: 'file', mode: '0755', content: '#!/usr/bin/env python\n' },
        shop: { type: 'folder', mode: '0755' },
        'shop/__init__.py': { type: 'file', mode: '0644', content: '' },
        'shop/settings': { type: 'folder', mode: '0755' },
        'shop/settings/base.py': { type: 'file', mode: '0644', content: 'DEBUG = False\n' },
      });
    }));

  for (const umask of [0o000, 0o027, 0o077]) {
    it(`sets the same modes under umask ${umask.toString(8).padStart(4, '0')}`, () =>
      inTemporaryFolder(async (folder) => {
        await writeTree(join(folder, 'usual'), {});
        await writeTree(join(folder, 'unusual'), {});
        await run(join(folder, 'usual'), fresh);
        const usual = process.umask(umask);
        try {
          await run(join(folder, 'unusual'), fresh);
        } finally {
          process.umask(usual);
        }
        assert.deepEqual(await readTree(join(folder, 'unusual')), await readTree(join(folder, 'usual')));
      }));
  }

  it('leaves the mode of the root, and of folders above it, to the umask', () =>
    inTemporaryFolder(async (folder) => {
      const usual = process.umask(0o077);
      try {
        await run(join(folder, 'deep', 'shop'), fresh);
      } finally {
        process.umask(usual);
      }
      for (const path of ['deep', 'deep/shop']) {
        assert.equal((await promises.stat(join(folder, path))).mode & 0o777, 0o700, path);
      }
    }));

  it('replaces exactly what it was told to, and keeps the mode', () =>
    inTemporaryFolder(async (folder) => {
      await writeTree(folder, { '.yo-rc.json': { content: settings, mode: 0o600 } });
      await run(folder, repository);
      const { '.yo-rc.json': replaced, ...others } = await readTree(folder);
      assert.deepEqual(replaced, { type: 'file', mode: '0600', content: '{"other": 1, "ours": 2}\n' });
      assert.equal(
        Object.keys(others).some((path) => path.includes('.django-fargate-')),
        false,
      );
    }));

  it('writes nothing at all the second time', () =>
    inTemporaryFolder(async (folder) => {
      await run(folder, fresh);
      const times = async (): Promise<number[]> =>
        Promise.all(
          ['', ...Object.keys(await readTree(folder))].map(
            async (path) => (await promises.lstat(join(folder, path))).ctimeMs,
          ),
        );
      const before = await times();
      const { fs, calls } = faultyFileSystem({});
      assert.deepEqual(await run(folder, fresh, { fs }), { written: [], removed: [], leftovers: [] });
      assert.deepEqual(await times(), before);
      assert.deepEqual(
        calls.filter((call) => !/^(lstat|readFile|readdir) /.test(call)),
        [],
      );
    }));

  it('refuses what stands where nothing stood when it was decided, and lists all of it', () =>
    inTemporaryFolder(async (folder) => {
      await writeTree(folder, { 'manage.py': 'mine\n', shop: { link: '/nowhere' } });
      const before = await readTree(folder);
      await assert.rejects(run(folder, fresh), (error) => {
        assert(error instanceof UserError);
        assert.equal(error.exitCode, 4);
        assert.match(error.message, / has changed while this command read it; nothing was written:$/m);
        assert.match(error.message, /^ {2}manage\.py: exists with different content$/m);
        assert.match(error.message, /^ {2}shop\/__init__\.py: the folder shop is a symbolic link$/m);
        assert.match(error.message, /^ {2}shop\/settings\/base\.py: /m);
        return true;
      });
      assert.deepEqual(await readTree(folder), before);
    }));

  for (const [title, appear] of Object.entries<(root: string) => Promise<unknown>>({
    'a file has appeared': (root) => writeTree(root, { 'shop/__init__.py': 'mine\n' }),
    'the same file has appeared': (root) => writeTree(root, { 'shop/__init__.py': '' }),
    'a folder has become a link': (root) =>
      writeTree(root, { elsewhere: { folder: true }, shop: { link: 'elsewhere' } }),
    'the replaced file has changed': (root) => writeTree(root, { '.yo-rc.json': '{"other": 2}\n' }),
    'the replaced file has gone': (root) => promises.unlink(join(root, '.yo-rc.json')),
  })) {
    it(`stops with exit 4 when, since planning, ${title}`, () =>
      inTemporaryFolder(async (folder) => {
        await writeTree(folder, { '.yo-rc.json': settings });
        const changes = await planChanges(folder, repository);
        await appear(folder);
        const before = await readTree(folder);
        await assert.rejects(
          applyChanges(folder, changes),
          (error) => error instanceof UserError && error.exitCode === 4,
        );
        assert.deepEqual(await readTree(folder), before);
      }));
  }

  for (const linksRefused of [false, true]) {
    for (const [path, content] of [
      ['shop/settings/base.py', 'mine\n'],
      ['shop/settings/base.py', 'DEBUG = False\n'],
      ['.yo-rc.json', 'mine\n'],
      ['.django-fargate/baseline.json', 'mine\n'],
    ] as const) {
      const where = linksRefused ? ', without hard links' : '';
      it(`never overwrites ${path} when it is written at any moment${where}: ${JSON.stringify(content)}`, async function () {
        this.timeout(120_000);
        let isOver = false;
        for (let at = 1; !isOver; at += 1) {
          await inTemporaryFolder(async (folder) => {
            await writeTree(folder, { '.yo-rc.json': settings });
            const changes = await planChanges(folder, repository);
            let isWritten = false;
            const { fs, calls } = faultyFileSystem({
              linksRefused,
              before: async (call, count) => {
                // publish.ts says why the last instant before a renaming is lost without hard links.
                if (count !== at || (linksRefused && call.startsWith('rename'))) return;
                // As an editor saves: by name, into whatever is there.
                await promises.mkdir(join(folder, path, '..'), { recursive: true });
                await promises.writeFile(join(folder, path), content);
                isWritten = true;
              },
            });
            const error: unknown = await applyChanges(folder, changes, { fs }).then(
              () => undefined,
              (thrown) => thrown,
            );
            isOver = calls.length < at;
            if (!isWritten) return;
            const now = (await readTree(folder))[path];
            assert.equal(now?.type === 'file' ? now.content : now?.type, content, calls[at - 1]);
            if (error !== undefined) assert(error instanceof UserError, String(error));
          });
        }
      });
    }
  }

  it('puts every content on the disk before the first name, and every folder before the baseline', () =>
    inTemporaryFolder(async (folder) => {
      const synced = new Set<string>();
      const syncedAt = new Map<string, ReadonlySet<string>>();
      const { fs } = faultyFileSystem({
        before: async (call) => {
          const [name = '', ...paths] = call.replaceAll(folder, '').split(' ');
          if (name === 'fsync') {
            await pause(5);
            synced.add(paths[0] ?? '');
          }
          if (name === 'link') syncedAt.set(paths[1] ?? '', new Set(synced));
        },
      });
      await run(folder, fresh, { fs });
      assert.equal(syncedAt.size, fresh.length);
      for (const [target, before] of syncedAt) {
        const contents = [...before].filter((path) => path.endsWith('.new'));
        assert.equal(contents.length, fresh.length, target);
      }
      const folders = ['', '/.django-fargate', '/shop', '/shop/settings'];
      const atBaseline = syncedAt.get('/.django-fargate/baseline.json');
      assert.deepEqual(
        folders.filter((path) => atBaseline?.has(path) !== true),
        [],
      );
    }));

  for (const scene of scenes) {
    it(`leaves ${scene.title} as it was, whichever call fails`, async function () {
      this.timeout(120_000);
      const complete = await completeTree(scene);
      let failed = 0;
      const calls = await atEveryCall(
        scene,
        { how: 'fail' },
        async ({ folder, root, before, error, leftovers, call }) => {
          if (error !== undefined) {
            failed += 1;
            assert(error instanceof UserError && error.exitCode === 2, `${call}: ${String(error)}`);
            assert.deepEqual(await readTree(folder), before, call);
            return;
          }
          // Everything was in place already: what could not be removed is named, and the next run removes it.
          assert.notEqual(leftovers.length, 0, `${call} failed unnoticed`);
          await run(root, scene.files);
          assert.deepEqual(await readTree(folder), complete, call);
        },
      );
      assert(failed > 60 && failed > 0.8 * calls, `${failed} of ${calls} calls`);
    });

    it(`completes ${scene.title} after a run that was killed at any call`, async function () {
      this.timeout(120_000);
      const complete = await completeTree(scene);
      const calls = await atEveryCall(scene, { how: 'kill' }, async ({ folder, root, before, error, call }) => {
        assert(error === undefined || error instanceof Killed, `${call}: ${String(error)}`);
        assertKept(scene, before, await readTree(folder), complete, call);
        await run(root, scene.files);
        assert.deepEqual(await readTree(folder), complete, call);
      });
      assert(calls >= 20, `${calls} calls`);
    });
  }

  it('takes back the folders of a killed run when the next run fails', async function () {
    this.timeout(120_000);
    const other = [planned('.django-fargate/baseline.json', 'other\n'), planned('other/file.txt', 'other\n')];
    await atEveryCall(scenes[0] as Scene, { how: 'kill' }, async ({ root, call }) => {
      const finished = fresh.filter(({ path }) => existsSync(join(root, path))).map(({ path }) => path);
      if (finished.includes('.django-fargate/baseline.json')) return;
      const isJournaled = typeof (await readJournal(root, nodeFileSystem)) === 'object';
      const { fs } = faultyFileSystem({ when: (name) => name.startsWith('open wx') && name.includes('/other/') });
      await assert.rejects(run(root, other, { fs }), UserError, call);
      const left = Object.entries(await readTree(root));
      assert.deepEqual(
        left.filter(([, { type }]) => type === 'file').map(([path]) => path),
        finished,
        call,
      );
      const folders = left.filter(([, { type }]) => type === 'folder').map(([path]) => path);
      const empty = folders.filter((folder) => !finished.some((path) => path.startsWith(`${folder}/`)));
      // Nobody can tell who made an empty folder that no journal names: these two are made before the journal.
      assert.deepEqual(empty, isJournaled ? [] : empty.filter((path) => path === '.django-fargate'), call);
      if (isJournaled) assert.equal(existsSync(root), finished.length > 0, call);
    });
  });

  it('tells an ordinary user about a folder that cannot be written, and leaves it alone', () =>
    inTemporaryFolder(async (folder) => {
      await writeTree(folder, { 'mine.txt': 'mine\n', 'shop/mine.txt': 'mine\n', shop: { folder: true, mode: 0o555 } });
      await writeTree(folder, { '.': { folder: true, mode: 0o777 } });
      if (process.geteuid?.() === 0) await promises.chown(folder, 1000, 1000);
      const before = await readTree(folder);
      await asOrdinaryUser(async () => {
        await assert.rejects(run(folder, fresh), (error) => {
          assert(error instanceof UserError);
          assert.equal(error.exitCode, 2);
          assert.match(error.message, /shop.*\(EACCES\)\. Permission was denied/);
          return true;
        });
      });
      assert.deepEqual(await readTree(folder), before);
    }));

  for (const [code, advice] of Object.entries({
    ENOSPC: /The disk is full/,
    EROFS: /read-only file system/,
    EDQUOT: /quota/,
    EIO: /Check the disk/,
  })) {
    it(`names the path and what to do on ${code}`, () =>
      inTemporaryFolder(async (folder) => {
        const when = (call: string): boolean => call.startsWith('open wx') && call.includes('/settings/');
        await assert.rejects(run(join(folder, 'shop'), fresh, faultyFileSystem({ when, code })), (error) => {
          assert(error instanceof UserError);
          assert.equal(error.exitCode, 2);
          assert.match(error.message, advice);
          assert.match(error.message, /Cannot write .*\/shop\/shop\/settings\/base\.py/);
          return true;
        });
        assert.deepEqual(await readTree(folder), {});
      }));
  }

  it('says what it could not take back, and the next run does', () =>
    inTemporaryFolder(async (folder) => {
      const isStuck = (call: string): boolean =>
        /^(link .*|unlink .*)base\.py$/.test(call) || /^unlink .*-3\.new$/.test(call);
      const { fs } = faultyFileSystem({ when: isStuck });
      await assert.rejects(run(folder, fresh, { fs }), (error) => {
        assert(error instanceof UserError);
        assert.match(error.message, /could not be undone:\n.*-3\.new\n/);
        return true;
      });
      const left = Object.keys(await readTree(folder)).filter((path) => path.endsWith('.new'));
      assert.equal(left.length, 1);
      await run(folder, fresh);
      assert.deepEqual(
        Object.keys(await readTree(folder)).filter((path) => path.endsWith('.new')),
        [],
      );
    }));
});
