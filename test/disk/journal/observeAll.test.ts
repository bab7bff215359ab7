import assert from 'node:assert/strict';
import { join } from 'node:path';
import { observeAll } from '../../../disk/journal/observeAll.ts';
import { faultyFileSystem } from '../faultyFileSystem.ts';
import { inTemporaryFolder, readTree, writeTree } from '../tree.ts';

const run = 'abcdef0123456789';

describe('observeAll', () => {
  it('gives what stands at every path, and lists each folder once', () =>
    inTemporaryFolder(async (folder) => {
      await writeTree(folder, {
        'shop/a.py': { content: 'a\n', mode: 0o755 },
        'shop/inner': { folder: true },
        'shop/link.py': { link: 'a.py' },
      });
      const before = await readTree(folder);
      const { fs, calls } = faultyFileSystem({});
      const paths = ['shop/a.py', 'shop/none.py', 'shop/inner', 'shop/link.py', 'other/deep.py', '../out.py'];
      assert.deepEqual(
        [...(await observeAll(folder, paths, fs))],
        [
          ['shop/a.py', { kind: 'file', bytes: Buffer.from('a\n'), mode: 0o755 }],
          ['shop/none.py', { kind: 'absent' }],
          ['shop/inner', { kind: 'folder' }],
          ['shop/link.py', { kind: 'special', reason: 'is a symbolic link' }],
          ['other/deep.py', { kind: 'absent' }],
          ['../out.py', { kind: 'special', reason: 'leads outside the folder' }],
        ],
      );
      assert.equal(calls.filter((call) => call === `readdir ${join(folder, 'shop')}`).length, 1);
      assert.deepEqual(await readTree(folder), before);
    }));

  it('takes the empty file of a killed run for absent, and no other', () =>
    inTemporaryFolder(async (folder) => {
      const files = ['held.py', 'mine.py'].map((path) => ({ path, sha256: 'a'.repeat(64) }));
      await writeTree(folder, {
        '.django-fargate/journal.json': JSON.stringify({ schema: 2, run, files, folders: [] }),
        [`.django-fargate-${run}-0.reserved`]: 'x\n',
        'held.py': '',
        'mine.py': '',
      });
      const found = await observeAll(folder, ['held.py', 'mine.py']);
      assert.deepEqual(
        [...found].map(([path, { kind }]) => [path, kind]),
        [
          ['held.py', 'absent'],
          ['mine.py', 'file'],
        ],
      );
    }));

  it('looks into a folder that is not there', async () => {
    assert.deepEqual([...(await observeAll('/nowhere/at/all', ['a.py']))], [['a.py', { kind: 'absent' }]]);
  });
});
