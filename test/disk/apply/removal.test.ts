import assert from 'node:assert/strict';
import { promises } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../../core/errors.ts';
import { applyChanges } from '../../../disk/apply/applyChanges.ts';
import { planChanges } from '../../../disk/changes/planChanges.ts';
import type { Planned } from '../../../disk/changes/planned.ts';
import { run } from '../atEveryCall.ts';
import { faultyFileSystem } from '../faultyFileSystem.ts';
import { asOrdinaryUser } from '../ordinaryUser.ts';
import { planned } from '../planned.ts';
import { inTemporaryFolder, readTree, writeTree } from '../tree.ts';
import { upgrade } from '../upgrade.ts';

const removal: Planned = { path: 'docs/deep/old.md', removes: Buffer.from('old\n') };

describe('applyChanges with removals and modes', () => {
  it('does all of it at once', () =>
    inTemporaryFolder(async (folder) => {
      await writeTree(folder, upgrade.before ?? {});
      const applied = await run(folder, upgrade.files);
      assert.deepEqual(applied, {
        written: ['lock.sh', 'new/folder/file.py', 'run.sh', 'shop/settings.py', '.django-fargate/baseline.json'],
        removed: ['docs/deep/a.md', 'docs/deep/b.md', 'old.txt', 'ops/old.sh'],
        leftovers: [],
      });
      const file = (mode: string, content: string) => ({ type: 'file', mode, content });
      const made = { type: 'folder', mode: '0755' };
      assert.deepEqual(await readTree(folder), {
        '.django-fargate': made,
        '.django-fargate/baseline.json': file('0644', '{"schema": 1, "more": 2}\n'),
        empty: made,
        'lock.sh': file('0644', 'new\n'),
        new: made,
        'new/folder': made,
        'new/folder/file.py': file('0644', 'new\n'),
        ops: made,
        'ops/mine.sh': file('0644', 'mine\n'),
        'run.sh': file('0755', '#!/bin/sh\n'),
        shop: made,
        'shop/mine.py': file('0644', 'mine\n'),
        'shop/settings.py': file('0640', 'DEBUG = False\nMORE = 1\n'),
      });
      assert.deepEqual(await run(folder, upgrade.files.slice(1)), { written: [], removed: [], leftovers: [] });
    }));

  it('removes after all else is written, and before the baseline', () =>
    inTemporaryFolder(async (folder) => {
      await writeTree(folder, upgrade.before ?? {});
      const { fs, calls } = faultyFileSystem({});
      await run(folder, upgrade.files, { fs });
      const names = calls.filter((call) => /^(link|rename) /.test(call)).map((call) => call.replaceAll(folder, ''));
      const ofRemovals = names.flatMap((name, index) => (/^rename \/(old\.txt|docs|ops)/.test(name) ? [index] : []));
      assert.equal(ofRemovals.length, 4);
      const isNewName = (name: string): boolean => name.startsWith('rename') && name.includes('.new ');
      const lastWritten = names.findLastIndex((name) => isNewName(name) && !name.endsWith('baseline.json'));
      const baseline = names.findIndex((name) => isNewName(name) && name.endsWith('baseline.json'));
      assert(lastWritten < Math.min(...ofRemovals) && Math.max(...ofRemovals) < baseline, names.join('\n'));
    }));

  it('keeps a folder in which something is left, and never removes the root', () =>
    inTemporaryFolder(async (folder) => {
      await writeTree(folder, { 'docs/deep/old.md': 'old\n', 'docs/mine.md': 'mine\n', 'root/only.txt': 'old\n' });
      await run(folder, [removal]);
      assert.deepEqual(Object.keys(await readTree(folder)), ['docs', 'docs/mine.md', 'root', 'root/only.txt']);
      await run(join(folder, 'root'), [{ path: 'only.txt', removes: Buffer.from('old\n') }]);
      assert.deepEqual(Object.keys(await readTree(folder)), ['docs', 'docs/mine.md', 'root']);
    }));

  it('leaves a whole repository alone when one file to remove was edited', () =>
    inTemporaryFolder(async (folder) => {
      await writeTree(folder, { 'docs/deep/old.md': 'mine\n' });
      const before = await readTree(folder);
      await assert.rejects(run(folder, [removal, planned('new.txt', 'new\n')]), (error) => {
        assert(error instanceof UserError && error.exitCode === 4, String(error));
        assert.match(error.message, /docs\/deep\/old\.md: exists with different content/);
        return true;
      });
      assert.deepEqual(await readTree(folder), before);
    }));

  for (const linksRefused of [false, true]) {
    for (const content of ['mine\n', 'old\n']) {
      const where = linksRefused ? ', without hard links' : '';
      it(`never removes what is written at any moment${where}: ${JSON.stringify(content)}`, async function () {
        this.timeout(120_000);
        const outcomes = new Set<string>();
        for (let at = 1, isOver = false; !isOver; at += 1) {
          await inTemporaryFolder(async (folder) => {
            await writeTree(folder, { 'docs/deep/old.md': 'old\n', 'docs/deep/mine.md': 'mine\n' });
            const changes = await planChanges(folder, [removal, planned('.django-fargate/baseline.json', '{}\n')]);
            const { fs, calls } = faultyFileSystem({
              linksRefused,
              before: (_, count) => {
                // As an editor saves: by name, into whatever is there.
                if (count === at) return promises.writeFile(join(folder, removal.path), content);
              },
            });
            const error: unknown = await applyChanges(folder, changes, { fs }).then(
              () => undefined,
              (thrown) => thrown,
            );
            isOver = calls.length < at;
            if (isOver) return;
            const tree = await readTree(folder);
            const now = tree[removal.path];
            if (error !== undefined) assert(error instanceof UserError && error.exitCode === 4, String(error));
            // The very bytes that are to go may go; others, never.
            if (content === 'mine\n' || error !== undefined) {
              assert.equal(now?.type === 'file' ? now.content : now?.type, content, calls[at - 1]);
            }
            assert.equal('.django-fargate/baseline.json' in tree, error === undefined, calls[at - 1]);
            assert.deepEqual(
              Object.keys(tree).filter((path) => path.includes('.django-fargate-')),
              [],
            );
            outcomes.add(error === undefined ? 'done' : 'refused');
          });
        }
        assert(outcomes.has('done') && (content === 'old\n' || outcomes.has('refused')), [...outcomes].join());
      });
    }
  }

  it('tells an ordinary user about a folder from which nothing can be removed, and leaves all alone', () =>
    inTemporaryFolder(async (folder) => {
      await writeTree(folder, { 'docs/deep/old.md': 'old\n', 'docs/deep': { folder: true, mode: 0o555 } });
      await writeTree(folder, { '.': { folder: true, mode: 0o777 } });
      if (process.geteuid?.() === 0) await promises.chown(folder, 1000, 1000);
      const before = await readTree(folder);
      await asOrdinaryUser(async () => {
        await assert.rejects(run(folder, [removal, planned('new.txt', 'new\n')]), (error) => {
          assert(error instanceof UserError);
          assert.equal(error.exitCode, 2);
          assert.match(error.message, /Cannot remove .*docs\/deep\/old\.md \(EACCES\)\. Permission was denied/);
          return true;
        });
      });
      assert.deepEqual(await readTree(folder), before);
    }));

  it('keeps an emptied folder that the system does not give up', () =>
    inTemporaryFolder(async (folder) => {
      await writeTree(folder, { 'docs/deep/old.md': 'old\n' });
      const { fs } = faultyFileSystem({ when: (call) => /^rmdir .*\/docs\/deep$/.test(call), code: 'EBUSY' });
      assert.deepEqual((await run(folder, [removal], { fs })).leftovers, []);
      assert.deepEqual(Object.keys(await readTree(folder)), ['docs', 'docs/deep']);
    }));
});
