import assert from 'node:assert/strict';
import { promises } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../../core/errors.ts';
import { watchOtherRuns } from '../../../disk/lock/watchOtherRuns.ts';
import { lockPath } from '../../../disk/paths.ts';
import { inTemporaryFolder, writeTree } from '../tree.ts';

/** Makes and removes a file, and sees to it that the folder's time is another one, however coarse the clock is. */
async function touch(folder: string, name: string): Promise<void> {
  await writeTree(folder, { [name]: '' });
  await promises.unlink(join(folder, name));
  await promises.utimes(join(folder, name, '..'), 1, 1);
}

describe('watchOtherRuns', () => {
  const refusal = new UserError('2 paths are in conflict:\n  a.py', { exitCode: 3 });

  it('gives a refusal as it is where nobody else has run, whatever an editor does beside', () =>
    inTemporaryFolder(async (folder) => {
      await writeTree(folder, { '.django-fargate/baseline.json': '{}' });
      const besideOthers = await watchOtherRuns(folder);
      await assert.rejects(
        besideOthers(async () => {
          await touch(folder, '.a.py.swp');
          throw refusal;
        }),
        (error) => error === refusal,
      );
    }));

  it('tells first that another run has been there, and then what was found', () =>
    inTemporaryFolder(async (folder) => {
      await writeTree(folder, { '.django-fargate/baseline.json': '{}' });
      const besideOthers = await watchOtherRuns(folder);
      await assert.rejects(
        besideOthers(async () => {
          await touch(folder, lockPath);
          throw refusal;
        }),
        (error) => {
          assert(error instanceof UserError);
          assert.equal(error.exitCode, 4);
          assert.match(error.message, /^Another run has changed .*\n2 paths are in conflict:\n {2}a\.py$/u);
          return true;
        },
      );
    }));

  it('notices the first run of a folder', () =>
    inTemporaryFolder(async (folder) => {
      const besideOthers = await watchOtherRuns(folder);
      await assert.rejects(
        besideOthers(async () => {
          await writeTree(folder, { '.django-fargate/baseline.json': '{}' });
          throw refusal;
        }),
        /^UserError: Another run has changed/u,
      );
    }));
});
