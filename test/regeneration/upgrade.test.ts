import assert from 'node:assert/strict';
import { mkdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Migration } from '../../core/answers/migrations.ts';
import type { EmittedFile } from '../../core/emit/types.ts';
import { ownRelease } from '../../generators/release.ts';
import type { Release } from '../../generators/release.ts';
import type { Tree } from '../disk/tree.ts';
import { scratch } from '../support/generate.ts';
import { edits } from './edits.ts';
import { commitAll, git, gitState, withoutGit } from './git.ts';
import { changing, edit, freshTree, newRepository, put, regenerate, run, timesOf, treeOf } from './support.ts';
import { assertTree, edited, entryOf, remembering, replace, withEntries } from './trees.ts';
import type { Edits } from './trees.ts';

const renames = [
  { from: 'gunicorn.conf.py', to: 'config/gunicorn.py', since: '0.2.0' },
  { from: 'config/gunicorn.py', to: 'deploy/gunicorn.py', since: '0.4.0' },
];

const migrations: readonly Migration[] = [
  {
    since: '0.3.0',
    migrate: ({ slowestRequestSeconds: _, ...answers }) => ({ ...answers, slowestRequestSeconds: 40 }),
  },
];

/** What each version changed, one upon the other. */
const steps: Readonly<Record<string, (files: readonly EmittedFile[]) => readonly EmittedFile[]>> = {
  '0.2.0': (files) => changing({ 'compose.yaml': replace('interval: 10s', 'interval: 5s') })(files),
  '0.3.0': (files) => [
    ...files.filter((file) => file.path !== '.editorconfig'),
    { path: 'docs/on-call.md', bytes: Buffer.from('Call us.\n'), executable: false, policy: 'merge' },
  ],
  '0.4.0': (files) =>
    changing({
      'compose.yaml': replace('retries: 6', 'retries: 9'),
      'pyproject.toml': replace('"UP", ', '"UP", # modern\n  "PERF",'),
    })(files),
};

/** A version with all that the versions up to it have changed. */
async function version(name: '0.2.0' | '0.3.0' | '0.4.0'): Promise<Release> {
  const own = await ownRelease();
  const known = renames.filter(({ since }) => since <= name);
  const place = (file: string): string => known.reduce((at, { from, to }) => (at === from ? to : at), file);
  const changes = Object.entries(steps).filter(([since]) => since <= name);
  return {
    version: name,
    renames: known,
    migrations: migrations.filter(({ since }) => since <= name),
    render: (answers, plan) =>
      changes
        .reduce((files, [, step]) => step(files), own.render(answers, plan))
        .map((file) => ({ ...file, path: place(file.path) })),
  };
}

describe('case 48: upgrade', function () {
  this.timeout(120_000);
  const { 'gunicorn.conf.py': hook = (text: string) => text, ...others } = edits;
  const own: Edits = { ...others, 'deploy/gunicorn.py': hook };
  let newest: Release;
  let expected: Tree;

  before(async () => {
    newest = await version('0.4.0');
    const fresh = edited(await freshTree({}, newest), own);
    expected = remembering(fresh, await freshTree(), '.github/workflows/ci.yml', 'Makefile', 'requirements.in');
  });

  it('over versions that were skipped is the same as one after the other', async () => {
    const [folder, direct] = [await newRepository(), await newRepository()];
    edit(folder, edits);
    for (const name of ['0.2.0', '0.3.0', '0.4.0'] as const) {
      const { code, message } = await run(folder, { release: await version(name), command: 'upgrade' });
      assert.equal(code, 0, message);
    }
    // Edited files that the last version did not change are remembered as the version before wrote them.
    const older = ['deploy/ecs/web.json', 'deploy/gunicorn.py'].map((file) => [
      file,
      { ...entryOf(expected, file), version: '0.3.0' },
    ]);
    assertTree(await treeOf(folder), withEntries(expected, Object.fromEntries(older)));
    edit(direct, edits);
    const { stdout } = await regenerate(direct, { release: newest, command: 'upgrade' }, { tree: expected });
    assert.match(stdout, /^ {2}\+ docs\/on-call\.md$/mu);
    assert.match(stdout, /^ {2}- \.editorconfig {2}delete: /mu);
    assert.match(stdout, /^ {2}M deploy\/gunicorn\.py {2}merge: was gunicorn\.conf\.py; /mu);
  });

  it('is what resize does without an answer, and asks nothing but whether to apply', async () => {
    const [folder, asked] = [await newRepository(), await newRepository()];
    for (const one of [folder, asked]) edit(one, edits);
    await regenerate(folder, { release: newest }, { tree: expected });
    const { questions } = await run(asked, { release: newest, command: 'upgrade', answers: {} });
    assert.deepEqual(
      questions.map(({ name }) => name),
      ['confirmed'],
    );
    assertTree(await treeOf(asked), expected);
  });

  it('back to an older version is refused', async () => {
    const folder = await newRepository();
    await run(folder, { release: newest });
    const { message } = await regenerate(folder, { release: await version('0.2.0'), command: 'upgrade' }, { code: 2 });
    assert.match(message, /written by generator-django-fargate 0\.4\.0, and 0\.2\.0 is installed/u);
  });

  describe('wherever the repository lies', () => {
    /** Puts a repository somewhere; gives its folder. */
    type Place = (folder: string, parent: string) => string;
    const moveTo =
      (name: string): Place =>
      (folder, parent) => {
        const target = path.join(parent, name);
        mkdirSync(path.dirname(target), { recursive: true });
        renameSync(folder, target);
        return target;
      };
    const places: Readonly<Record<string, Place>> = {
      'in no repository of git': (folder) => folder,
      'committed to git': (folder) => {
        commitAll(folder);
        return folder;
      },
      'in a shallow clone': (folder, parent) => {
        commitAll(folder);
        git(folder, 'commit', '--quiet', '--allow-empty', '--message', 'second');
        git(parent, 'clone', '--quiet', '--depth', '1', pathToFileURL(folder).href, 'shallow');
        return path.join(parent, 'shallow');
      },
      'in a work tree of git': (folder, parent) => {
        commitAll(folder);
        git(folder, 'worktree', 'add', '--quiet', '-b', 'other', path.join(parent, 'tree'));
        return path.join(parent, 'tree');
      },
      'in a folder of a larger repository': (folder, parent) => {
        const target = moveTo('mono/services/shop')(folder, parent);
        put(path.join(parent, 'mono'), 'README.md', 'mine\n');
        commitAll(path.join(parent, 'mono'));
        return target;
      },
      'in a folder with spaces': moveTo('my projects/the shop'),
      'in a folder with composed characters': moveTo('B\u00E4ckerei'),
      'in a folder with decomposed characters': moveTo('Ba\u0308ckerei'),
    };
    for (const [name, place] of Object.entries(places)) {
      it(name, async () => {
        const parent = scratch('places');
        const start = await newRepository({}, parent);
        edit(start, edits);
        const folder = place(start, parent);
        const state = await gitState(folder);
        await run(folder, { release: newest, command: 'upgrade' });
        assertTree(await withoutGit(folder), expected);
        assert.deepEqual(await gitState(folder), state);
        const times = timesOf(folder);
        await run(folder, { release: newest, command: 'upgrade' });
        assert.deepEqual(timesOf(folder), times);
      });
    }

    it('where there is no git', async () => {
      const folder = await newRepository();
      edit(folder, edits);
      const environment = { PATH: '/nowhere' };
      await regenerate(folder, { release: newest, environment }, { tree: expected });
    });

    it('from a folder inside it, and from outside by its name', async () => {
      const folder = await newRepository();
      edit(folder, edits);
      const cwd = path.join(folder, 'shop/settings');
      await regenerate(folder, { release: newest, cwd }, { tree: expected });
      const other = await newRepository();
      edit(other, edits);
      await regenerate(other, { release: newest, cwd: path.dirname(other), args: ['shop'] }, { tree: expected });
    });
  });
});
