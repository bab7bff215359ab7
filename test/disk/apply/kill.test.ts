import assert from 'node:assert/strict';
import { join } from 'node:path';
import { applyChanges } from '../../../disk/apply/applyChanges.ts';
import { planChanges } from '../../../disk/changes/planChanges.ts';
import { planUndo } from '../../../disk/undo/planUndo.ts';
import { killed, label } from '../killed.ts';
import { runScript } from '../runScript.ts';
import { inTemporaryFolder, readTree, writeTree } from '../tree.ts';
import { upgrade } from '../upgrade.ts';

async function killAt(root: string, call: string, what: string): Promise<void> {
  const { signal } = await runScript('killMyself.ts', root, call.replaceAll('ROOT', root), what);
  assert.equal(signal, 'SIGKILL');
}

async function undo(root: string): Promise<void> {
  const found = await planUndo(root);
  assert.deepEqual(found?.changed, []);
  await applyChanges(root, await planChanges(root, found.planned), { undoes: found.undoes });
}

describe('kill -9', () => {
  for (const [moment, call, left] of [
    ['before the journal', 'open wx ROOT/.django-fargate/journal.json', 0],
    ['while folders are made', 'mkdir ROOT/shop/settings', 0],
    ['while files are staged', 'open wx ROOT/shop/settings/.django-fargate-', 0],
    ['between two names', 'link ROOT/shop', 1],
    ['before the baseline', 'link ROOT/.django-fargate/', 2],
    ['before the lock is given back', 'unlink ROOT/.django-fargate/lock', 3],
  ] as const) {
    it(`${moment}: the same run again completes it`, async function () {
      this.timeout(120_000);
      await inTemporaryFolder(async (folder) => {
        const root = join(folder, 'shop');
        await killAt(root, call, 'create');
        const between = await readTree(root);
        assert.equal(killed.filter(({ path }) => path in between).length, left);
        assert('.django-fargate/lock' in between, 'its lock is still there');
        await applyChanges(root, await planChanges(root, killed));
        const whole = join(folder, 'whole');
        await applyChanges(whole, await planChanges(whole, killed));
        assert.deepEqual(await readTree(root), await readTree(whole));
      });
    });
  }

  for (const [moment, call] of [
    ['while its backup is made', 'open wx ROOT/.django-fargate/backup/1/files/shop'],
    ['between two replacements', 'link ROOT/shop/settings.py'],
    ['between two removals', 'rename ROOT/old.txt'],
    ['before the baseline', 'link ROOT/.django-fargate/baseline.json'],
    ['before its backup counts', 'rename ROOT/.django-fargate/backup/1/pending.json'],
    ['before emptied folders are removed', 'rmdir ROOT/docs/deep'],
  ] as const) {
    it(`of an upgrade, ${moment}: the same run again completes it, and an undo takes all of it back`, async function () {
      this.timeout(120_000);
      await inTemporaryFolder(async (root) => {
        await writeTree(root, upgrade.before ?? {});
        const before = await readTree(root);
        await killAt(root, call, 'upgrade');
        await applyChanges(root, await planChanges(root, upgrade.files), { backup: { label } });
        const after = await planChanges(root, upgrade.files);
        assert.deepEqual(new Set(after.map(({ kind }) => kind)), new Set(['same']));
        assert.equal((await planUndo(root))?.label, label);
        await undo(root);
        assert.deepEqual(await readTree(root), before);
      });
    });
  }

  for (const [moment, call] of [
    ['between two files', 'rename ROOT/new/folder/file.py'],
    ['while its backup is removed', 'unlink ROOT/.django-fargate/backup/1/files/run.sh'],
  ] as const) {
    it(`of an undo, ${moment}: the same again completes it`, async function () {
      this.timeout(120_000);
      await inTemporaryFolder(async (root) => {
        await writeTree(root, upgrade.before ?? {});
        const before = await readTree(root);
        await applyChanges(root, await planChanges(root, upgrade.files), { backup: { label } });
        await killAt(root, call, 'undo');
        await undo(root);
        assert.deepEqual(await readTree(root), before);
      });
    });
  }
});
