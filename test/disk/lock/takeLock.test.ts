import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../../core/errors.ts';
import { applyChanges } from '../../../disk/apply/applyChanges.ts';
import { planChanges } from '../../../disk/changes/planChanges.ts';
import { nodeFileSystem } from '../../../disk/files/fileSystem.ts';
import { takeLock } from '../../../disk/lock/takeLock.ts';
import { faultyFileSystem } from '../faultyFileSystem.ts';
import { planned } from '../planned.ts';
import { inTemporaryFolder, readTree, writeTree } from '../tree.ts';
import type { Sapling } from '../tree.ts';

const files = [planned('.django-fargate/baseline.json', '{}\n'), planned('shop/urls.py', 'urlpatterns = []\n')];
const lock = '.django-fargate/lock';
const run = async (root: string) => applyChanges(root, await planChanges(root, files));

/** A process that lives until the test ends, or one that is gone already. */
async function processId(isAlive: boolean, test: (pid: number) => Promise<void>): Promise<void> {
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)'], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  try {
    assert(child.pid !== undefined);
    if (!isAlive) {
      child.kill('SIGKILL');
      await ended;
    }
    await test(child.pid);
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
}

const isBusy = (pattern: RegExp) => (error: unknown) => {
  assert(error instanceof UserError, String(error));
  assert.equal(error.exitCode, 4);
  assert.match(error.message, pattern);
  return true;
};

describe('the lock', () => {
  it('names the process of the run that holds it, and nothing is written', () =>
    processId(true, (pid) =>
      inTemporaryFolder(async (folder) => {
        await writeTree(folder, { [lock]: JSON.stringify({ pid, host: hostname(), run: 'a'.repeat(16) }) });
        const before = await readTree(folder);
        await assert.rejects(run(folder), isBusy(new RegExp(`process ${pid} on .*delete .*/lock`, 's')));
        assert.deepEqual(await readTree(folder), before);
      }),
    ));

  it('is taken over when its process is gone', () =>
    processId(false, (pid) =>
      inTemporaryFolder(async (folder) => {
        await writeTree(folder, { [lock]: JSON.stringify({ pid, host: hostname(), run: 'a'.repeat(16) }) });
        await run(folder);
        assert.deepEqual(Object.keys(await readTree(folder)), [
          '.django-fargate',
          '.django-fargate/baseline.json',
          'shop',
          'shop/urls.py',
        ]);
      }),
    ));

  it('stays when it was taken on another host, where nobody can tell', () =>
    processId(false, (pid) =>
      inTemporaryFolder(async (folder) => {
        await writeTree(folder, { [lock]: JSON.stringify({ pid, host: 'elsewhere', run: 'a'.repeat(16) }) });
        await assert.rejects(run(folder), isBusy(/process \d+ on elsewhere, for \d+ seconds?\)/));
      }),
    ));

  it('is taken over when it holds our own process id from an earlier life', () =>
    inTemporaryFolder(async (folder) => {
      await writeTree(folder, { [lock]: JSON.stringify({ pid: process.pid, host: hostname(), run: 'a'.repeat(16) }) });
      await run(folder);
      assert.equal(lock in (await readTree(folder)), false);
    }));

  for (const [title, sapling] of Object.entries<Sapling>({
    'is empty': '',
    'is cut short': '{"pid": 12',
    'holds something else': '{"pid": -1, "host": 2}',
  })) {
    it(`is taken over when it ${title}, and stays so`, () =>
      inTemporaryFolder(async (folder) => {
        await writeTree(folder, { [lock]: sapling });
        await run(folder);
        assert.equal(lock in (await readTree(folder)), false);
      }));
  }

  for (const [title, sapling] of Object.entries<Sapling>({
    'a folder': { folder: true },
    'a link that leads nowhere': { link: 'nowhere' },
    'a link to a file': { link: '../mine.txt' },
  })) {
    it(`is not taken when ${title} stands there`, () =>
      inTemporaryFolder(async (folder) => {
        await writeTree(folder, { [lock]: sapling, 'mine.txt': 'mine\n' });
        const before = await readTree(folder);
        await assert.rejects(run(folder), isBusy(/is not a file/));
        assert.deepEqual(await readTree(folder), before);
      }));
  }

  it('lets no more than one of several runs through at once, also over a stale lock', async () => {
    for (const before of [{}, { [lock]: '{"pid": 12' }]) {
      await inTemporaryFolder(async (folder) => {
        await writeTree(folder, before);
        const changes = await planChanges(folder, files);
        const results = await Promise.allSettled(Array.from({ length: 6 }, () => applyChanges(folder, changes)));
        const refused = results.filter((result) => result.status === 'rejected');
        for (const { reason } of refused) assert(reason instanceof UserError && reason.exitCode === 4, String(reason));
        // Of runs that take a stale lock over at the same instant, all may step back; then the next one goes through.
        if (refused.length === results.length) await applyChanges(folder, changes);
        else assert.equal(results.length - refused.length, 1);
        assert.deepEqual(
          Object.keys(await readTree(folder)).filter((path) => path.startsWith('.django-fargate/')),
          ['.django-fargate/baseline.json'],
        );
      });
    }
  });

  it('gives a lock back that it moved aside but that had just been renewed', () =>
    inTemporaryFolder(async (folder) => {
      const fresh = JSON.stringify({ pid: 1, host: 'elsewhere', run: 'b'.repeat(16) });
      await writeTree(folder, { [lock]: '{"pid": 12' });
      const { fs } = faultyFileSystem({
        before: (call) => (call.startsWith('rename ') ? writeTree(folder, { [lock]: fresh }) : undefined),
      });
      await assert.rejects(takeLock(folder, 'c'.repeat(16), fs), isBusy(/process 1 on elsewhere/));
      assert.deepEqual(await readTree(join(folder, '.django-fargate')), {
        lock: { type: 'file', mode: '0644', content: fresh },
      });
    }));

  it('is not held by a run that failed to take it', () =>
    inTemporaryFolder(async (folder) => {
      await writeTree(folder, { '.django-fargate': { folder: true } });
      let verifying = 0;
      const { fs } = faultyFileSystem({ when: (call) => call.startsWith('readFile') && (verifying += 1) === 1 });
      await assert.rejects(takeLock(folder, 'd'.repeat(16), fs), UserError);
      await (
        await takeLock(folder, 'd'.repeat(16), nodeFileSystem)
      )();
      assert.deepEqual(await readTree(join(folder, '.django-fargate')), {});
    }));
});
