import assert from 'node:assert/strict';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../../core/errors.ts';
import { findDjangoProject } from '../../../disk/read/findDjangoProject.ts';
import { sha256 } from '../../../disk/files/sha256.ts';
import { asOrdinaryUser } from '../ordinaryUser.ts';
import { inTemporaryFolder, writeTree } from '../tree.ts';

const manage = 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n';

describe('findDjangoProject', () => {
  it('looks three levels down, and no further', () =>
    inTemporaryFolder(async (folder) => {
      await writeTree(folder, { 'a/b/c/d/manage.py': manage });
      assert.equal(await findDjangoProject(folder), undefined);
      assert.deepEqual(await findDjangoProject(join(folder, 'a')), { mark: 'b/c/d/manage.py', package: 'shop' });
      assert.equal(await findDjangoProject(join(folder, 'nowhere')), undefined);
    }));

  it('names the file nearest to the root, and manage.py before its neighbours', () =>
    inTemporaryFolder(async (folder) => {
      await writeTree(folder, { 'api/models.py': 'import django', 'api/manage.py': manage, 'a/b/admin.py': 'django' });
      assert.equal((await findDjangoProject(folder))?.mark, 'api/manage.py');
    }));

  it('reads a link to a file, and follows none to a folder', () =>
    inTemporaryFolder(async (folder) => {
      await writeTree(folder, { 'site/manage.py': manage, 'linked/src': { link: '../site' } });
      assert.equal(await findDjangoProject(join(folder, 'linked')), undefined);
      await writeTree(folder, { 'linked/manage.py': { link: '../site/manage.py' } });
      assert.equal((await findDjangoProject(join(folder, 'linked')))?.mark, 'manage.py');
    }));

  it('refuses what it cannot read', () =>
    inTemporaryFolder(async (folder) => {
      await writeTree(folder, { 'data/x': '', 'closed.py': '' });
      await chmod(folder, 0o755);
      await chmod(join(folder, 'data'), 0);
      const refused = (path: string) => (error: unknown) =>
        error instanceof UserError &&
        error.exitCode === 2 &&
        error.message.startsWith(`Cannot read ${path} (EACCES). `);
      await assert.rejects(
        asOrdinaryUser(() => findDjangoProject(folder)),
        refused(join(folder, 'data')),
      );
      await chmod(join(folder, 'data'), 0o755);
      await writeTree(folder, { 'manage.py': manage });
      await chmod(join(folder, 'manage.py'), 0);
      await assert.rejects(
        asOrdinaryUser(() => findDjangoProject(folder)),
        refused(join(folder, 'manage.py')),
      );
    }));

  it('does not take what a killed run of ours has written for the user’s', () =>
    inTemporaryFolder(async (folder) => {
      const files = [{ path: 'manage.py', sha256: sha256(Buffer.from(manage)) }];
      const journal = { schema: 2, run: 'a'.repeat(16), files, folders: [] };
      await writeTree(folder, { 'manage.py': manage, '.django-fargate/journal.json': JSON.stringify(journal) });
      assert.equal(await findDjangoProject(folder), undefined);
      await writeTree(folder, { 'wsgi.py': 'import django\n' });
      assert.equal((await findDjangoProject(folder))?.mark, 'wsgi.py');
    }));
});
