import assert from 'node:assert/strict';
import { chmodSync, chownSync, lchownSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { nodeFileSystem } from '../../../disk/files/fileSystem.ts';
import { takeLock } from '../../../disk/lock/takeLock.ts';
import { giveTo } from '../../../disk/files/owner.ts';
import { skip } from '../../support/need.ts';
import { run } from '../atEveryCall.ts';
import { faultyFileSystem } from '../faultyFileSystem.ts';
import { planned } from '../planned.ts';
import { inTemporaryFolder, writeTree } from '../tree.ts';

/** Numbers only: no such user need exist. */
const [user, group, other] = [1000, 1001, 1002];

const ownersIn = (folder: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    ['.', ...readdirSync(folder, { recursive: true, encoding: 'utf8' })].map((path) => {
      const { uid, gid } = lstatSync(join(folder, path));
      return [path, `${uid}:${gid}`];
    }),
  );

describe('owners, when root writes to the folder of a user', () => {
  before(function () {
    if (process.geteuid?.() !== 0) skip(this, 'only root can give files away');
  });

  const files = [
    planned('manage.py', 'new\n', { replaces: Buffer.from('old\n') }),
    planned('deploy/ecs/web.json', '{}\n'),
    planned('secret.env', 'B=2\n', { replaces: Buffer.from('B=1\n') }),
    planned('.django-fargate/baseline.json', '{}\n'),
  ];

  for (const linksRefused of [false, true]) {
    it(`what is replaced keeps its own, what is new gets the folder's${linksRefused ? ', without hard links' : ''}`, () =>
      inTemporaryFolder(async (folder) => {
        await writeTree(folder, {
          'shop/manage.py': { content: 'old\n', mode: 0o755 },
          'shop/secret.env': { content: 'B=1\n', mode: 0o600 },
        });
        const root = join(folder, 'shop');
        for (const path of ['.', 'manage.py']) chownSync(join(root, path), user, group);
        chownSync(join(root, 'secret.env'), other, other);
        chmodSync(join(root, 'secret.env'), 0o600);
        const { fs } = faultyFileSystem({ linksRefused });
        await run(root, files, { fs, backup: { label: 'a run' } });
        const owners = ownersIn(root);
        const strangers = Object.entries(owners).filter(([, owner]) => owner !== `${user}:${group}`);
        // Nobody may read a copy who could not read the file.
        assert.deepEqual(Object.fromEntries(strangers), {
          'secret.env': `${other}:${other}`,
          '.django-fargate/backup/1/files/secret.env': `${other}:${other}`,
        });
        assert.equal(lstatSync(join(root, 'secret.env')).mode & 0o7777, 0o600);
        assert.equal(lstatSync(join(root, 'manage.py')).mode & 0o7777, 0o755);
        assert('deploy/ecs/web.json' in owners && '.django-fargate/baseline.json' in owners);
      }));
  }

  it('a repository that is new belongs to the owner of the folder that it is made in', () =>
    inTemporaryFolder(async (folder) => {
      chownSync(folder, user, group);
      const fresh = files.map(({ path, bytes, executable, policy }) => ({ path, bytes, executable, policy }));
      await run(join(folder, 'projects/shop'), fresh);
      assert.deepEqual([...new Set(Object.values(ownersIn(folder)))], [`${user}:${group}`]);
    }));

  it('the lock and the journal of a run that is going on are the user’s, too', () =>
    inTemporaryFolder(async (folder) => {
      await writeTree(folder, { '.django-fargate': { folder: true } });
      for (const path of ['', '.django-fargate']) lchownSync(join(folder, path), user, group);
      const giveBack = await takeLock(folder, 'a'.repeat(16), nodeFileSystem);
      assert.equal(ownersIn(folder)['.django-fargate/lock'], `${user}:${group}`);
      await giveBack();
      let journal: string | undefined;
      const { fs } = faultyFileSystem({
        before: (call) => {
          if (call.startsWith('link ')) journal ??= ownersIn(folder)['.django-fargate/journal.json'];
        },
      });
      await run(folder, [planned('a.py', '')], { fs });
      assert.equal(journal, `${user}:${group}`);
    }));

  it('where the file system refuses owners, the run goes on', () =>
    inTemporaryFolder(async (folder) => {
      chownSync(folder, user, group);
      const { fs } = faultyFileSystem({ when: (call) => /^(?:fchown|lchown) /u.test(call), code: 'EPERM' });
      await run(folder, [planned('a/b.py', '')], { fs });
      assert.equal(ownersIn(folder)['a/b.py'], '0:0');
    }));
});

describe('owners, when anybody else writes', () => {
  it('a file that takes another one’s place asks for its group alone where it may not give it away', async () => {
    const asked: string[] = [];
    const refuse = async (uid: number, gid: number): Promise<void> => {
      asked.push(`${uid}:${gid}`);
      if (uid === user) throw Object.assign(new Error('EPERM'), { code: 'EPERM', syscall: 'fchown' });
    };
    const now = { uid: 500, gid: 500 };
    assert.equal(await giveTo({ uid: user, gid: group }, now, refuse), true);
    assert.deepEqual(asked, [`${user}:${group}`, `500:${group}`]);
    assert.equal(await giveTo(now, now, refuse), false);
    assert.equal(await giveTo(undefined, now, refuse), false);
    assert.equal(asked.length, 2);
  });
});
