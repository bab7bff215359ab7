import assert from 'node:assert/strict';
import { join } from 'node:path';
import { applyChanges } from '../../disk/apply.ts';
import { planChanges } from '../../disk/changes.ts';
import { killed } from './killed.ts';
import { runScript } from './runScript.ts';
import { inTemporaryFolder, readTree } from './tree.ts';

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
      this.timeout(30_000);
      await inTemporaryFolder(async (folder) => {
        const root = join(folder, 'shop');
        const { signal } = await runScript('killMyself.ts', root, call.replace('ROOT', root));
        assert.equal(signal, 'SIGKILL');
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
});
