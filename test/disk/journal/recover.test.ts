import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { UserError } from '../../../core/errors.ts';
import { applyChanges } from '../../../disk/apply/applyChanges.ts';
import { planChanges } from '../../../disk/changes/planChanges.ts';
import { planned } from '../planned.ts';
import { inTemporaryFolder, readTree, writeTree } from '../tree.ts';
import type { Sapling } from '../tree.ts';

const run = 'abcdef0123456789';
const file = planned('shop/urls.py', 'urlpatterns = []\n');
const hash = createHash('sha256').update(file.bytes).digest('hex');
const scratch = (end: string, index = 0): string => `.django-fargate-${run}-${index}.${end}`;
const journal = (more: object = {}): string =>
  JSON.stringify({ schema: 1, run, files: [{ path: file.path, sha256: hash }], folders: ['shop'], ...more });

/** Runs over what a killed run left, and gives the paths that are there afterwards. */
async function after(left: Readonly<Record<string, Sapling>>): Promise<string[]> {
  return inTemporaryFolder(async (folder) => {
    await writeTree(folder, left);
    await applyChanges(folder, await planChanges(folder, [file]));
    const tree = await readTree(folder);
    assert.deepEqual(tree[file.path], { type: 'file', mode: '0644', content: 'urlpatterns = []\n' });
    return Object.keys(tree).filter((path) => tree[path]?.type !== 'folder' && path !== file.path);
  });
}

/** Expects that the run stops with exit 4 and touches nothing. */
async function refuses(left: Readonly<Record<string, Sapling>>, pattern: RegExp): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    await writeTree(folder, left);
    const before = await readTree(folder);
    const attempt = planChanges(folder, [file]).then((changes) => applyChanges(folder, changes));
    await assert.rejects(attempt, (error) => {
      assert(error instanceof UserError, String(error));
      assert.equal(error.exitCode, 4);
      assert.match(error.message, pattern);
      return true;
    });
    assert.deepEqual(await readTree(folder), before);
  });
}

describe('after a run that was killed', () => {
  it('its scratch files go, and nobody else’s', async () => {
    const others = [
      'shop/.django-fargate-0000000000000000-0.new',
      `shop/${scratch('new', 7)}`,
      `other/${scratch('new')}`,
    ];
    assert.deepEqual(
      await after({
        '.django-fargate/journal.json': journal(),
        [`shop/${scratch('new')}`]: 'half',
        ...Object.fromEntries(others.map((path) => [path, 'mine'])),
      }),
      others.toSorted(),
    );
  });

  it('an empty file that only held a name is filled', async () => {
    assert.deepEqual(
      await after({
        '.django-fargate/journal.json': journal(),
        [`shop/${scratch('reserved')}`]: 'urlpatterns = []\n',
        'shop/urls.py': '',
      }),
      [],
    );
  });

  it('an empty file of the user’s stays a conflict', async () => {
    await inTemporaryFolder(async (folder) => {
      await writeTree(folder, { '.django-fargate/journal.json': journal(), 'shop/urls.py': '' });
      const [change] = await planChanges(folder, [file]);
      assert.equal(change?.kind, 'conflict');
    });
  });

  it('a journal that was cut short goes', async () => {
    assert.deepEqual(await after({ '.django-fargate/journal.json': journal().slice(0, 40) }), []);
  });

  it('the earlier content of a replaced file goes once the new one is there', async () => {
    assert.deepEqual(
      await after({
        '.django-fargate/journal.json': journal(),
        'shop/urls.py': 'urlpatterns = []\n',
        [`shop/${scratch('old')}`]: 'old\n',
      }),
      [],
    );
  });

  it('the earlier content of a replaced file stays when the new one was changed or is gone', async () => {
    for (const now of [{ 'shop/urls.py': 'edited\n' }, {}]) {
      await inTemporaryFolder(async (folder) => {
        await writeTree(folder, {
          '.django-fargate/journal.json': journal(),
          [`shop/${scratch('old')}`]: 'old\n',
          ...now,
        });
        const before = await readTree(folder);
        const changes = await planChanges(folder, [planned('manage.py', 'x\n')]);
        await assert.rejects(applyChanges(folder, changes), (error) => {
          assert(error instanceof UserError && error.exitCode === 4, String(error));
          assert.match(error.message, /Its earlier content is .*\.old: compare the two/);
          return true;
        });
        assert.deepEqual(await readTree(folder), before);
      });
    }
  });

  describe('while it removed a file', () => {
    const old = `docs/${scratch('old')}`;
    const hashOf = (content: string): string => createHash('sha256').update(content).digest('hex');
    const removing = (): Record<string, Sapling> => ({
      '.django-fargate/journal.json': journal({
        schema: 2,
        files: [{ path: 'docs/old.md', was: hashOf('old\n') }],
        folders: [],
      }),
      'shop/urls.py': 'urlpatterns = []\n',
    });
    const paths = async (left: Readonly<Record<string, Sapling>>): Promise<string[]> =>
      inTemporaryFolder(async (folder) => {
        await writeTree(folder, { ...removing(), ...left });
        await applyChanges(folder, await planChanges(folder, [file]));
        return Object.keys(await readTree(folder));
      });
    const rest = ['shop', 'shop/urls.py'];

    it('what is left of it goes, and its emptied folder', async () => {
      assert.deepEqual(await paths({ [old]: 'old\n' }), rest);
      assert.deepEqual(await paths({ docs: { folder: true } }), rest);
      assert.deepEqual(await paths({}), rest);
    });

    it('a file that took its name since stays', async () => {
      assert.deepEqual(await paths({ [old]: 'old\n', 'docs/old.md': 'mine\n' }), ['docs', 'docs/old.md', ...rest]);
    });

    it('what was written into it at the last instant comes back', async () => {
      assert.deepEqual(await paths({ [old]: 'mine\n' }), ['docs', 'docs/old.md', ...rest]);
      assert.deepEqual(await paths({ [old]: 'mine\n', 'docs/old.md': 'mine\n' }), ['docs', 'docs/old.md', ...rest]);
    });

    it('two contents that might both be needed stop the next run', () =>
      refuses({ ...removing(), [old]: 'mine\n', 'docs/old.md': 'other\n' }, /while it removed .*compare the two/));
  });

  it('what was written at the last instant into a file that is replaced stops the next run', () =>
    refuses(
      {
        '.django-fargate/journal.json': journal({
          schema: 2,
          files: [{ path: file.path, was: '0'.repeat(64), sha256: hash }],
        }),
        'shop/urls.py': 'urlpatterns = []\n',
        [`shop/${scratch('old')}`]: 'mine\n',
      },
      /while it replaced .*compare the two/,
    ));

  it('leftovers go also when there is nothing to write', () =>
    inTemporaryFolder(async (folder) => {
      await writeTree(folder, {
        '.django-fargate/journal.json': journal(),
        'shop/urls.py': 'urlpatterns = []\n',
        [`shop/${scratch('new')}`]: 'half',
      });
      await applyChanges(folder, await planChanges(folder, [file]));
      assert.deepEqual(Object.keys(await readTree(folder)), ['shop', 'shop/urls.py']);
    }));

  it('folders that it made go when they are empty and not needed, and no others', () =>
    inTemporaryFolder(async (folder) => {
      await writeTree(folder, {
        '.django-fargate/journal.json': journal({ folders: ['made', 'made/inner', 'used'] }),
        'made/inner': { folder: true },
        'used/mine.txt': 'mine\n',
        empty: { folder: true },
      });
      await applyChanges(folder, await planChanges(folder, [file]));
      assert.deepEqual(Object.keys(await readTree(folder)), ['empty', 'shop', 'shop/urls.py', 'used', 'used/mine.txt']);
    }));
});

describe('a journal that anyone may have written', () => {
  for (const [title, text] of Object.entries({
    'a newer version': journal({ schema: 3 }),
    'a removal by a version that removed nothing': journal({ files: [{ path: 'a', was: hash }] }),
    'a file that is neither written nor removed': journal({ schema: 2, files: [{ path: 'a' }] }),
    'a hash before that is none': journal({ schema: 2, files: [{ path: 'a', was: 'x', sha256: hash }] }),
    'a run that is not a number': journal({ run: '../../etc' }),
    'a path out of the folder': journal({ files: [{ path: '../mine.txt', sha256: hash }] }),
    'an absolute path': journal({ files: [{ path: '/etc/passwd', sha256: hash }] }),
    'a folder out of the folder': journal({ folders: ['../empty'] }),
    'no files': journal({ files: undefined }),
    'files that are null': journal({ files: [null] }),
    'a hash that is none': journal({ files: [{ path: 'a', sha256: '' }] }),
    'a list': '[]',
    null: 'null',
  })) {
    it(`stops the run: ${title}`, () =>
      refuses({ '.django-fargate/journal.json': text }, /journal\.json is not a journal of this version/));
  }

  it('stops the run when it is a link or a folder', async () => {
    await refuses({ '.django-fargate/journal.json': { link: '/dev/null' } }, /is a symbolic link/);
    await refuses({ '.django-fargate/journal.json': { folder: true } }, /is a folder/);
  });

  it('reaches nothing through a link', () =>
    inTemporaryFolder(async (folder) => {
      await writeTree(folder, {
        'outside/empty': { folder: true },
        [`outside/${scratch('new')}`]: 'mine\n',
        'inside/.django-fargate/journal.json': journal({
          files: [{ path: 'gate/x', sha256: hash }],
          folders: ['gate', 'gate/empty'],
        }),
        'inside/gate': { link: '../outside' },
      });
      const before = await readTree(`${folder}/outside`);
      const root = `${folder}/inside`;
      await applyChanges(root, await planChanges(root, [file]));
      assert.deepEqual(await readTree(`${folder}/outside`), before);
    }));
});
