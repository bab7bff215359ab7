import assert from 'node:assert/strict';
import { edits, threads } from './edits.ts';
import { commitAll, git, gitState, withoutGit } from './git.ts';
import { edit, freshTree, newRepository, put, read, run, treeOf } from './support.ts';
import { assertTree, edited, withFiles } from './trees.ts';

const larger = { vcpu: 1 };

describe('in a repository of git', function () {
  this.timeout(120_000);
  let folder: string;

  beforeEach(async () => {
    folder = await newRepository();
  });

  /** Runs, and checks that git keeps what it kept: the index, HEAD, branches and stash. */
  const runAndCheck = async (flags: Readonly<Record<string, unknown>>, code = 0) => {
    const state = await gitState(folder);
    const result = await run(folder, { flags });
    assert.equal(result.code, code, result.message);
    assertTree(await gitState(folder), state);
    return result;
  };

  it('case 8: an edit that is committed is kept as one that is not', async () => {
    commitAll(folder);
    edit(folder, edits);
    git(folder, 'commit', '--quiet', '--all', '--message', 'mine');
    const { stdout } = await runAndCheck(larger);
    assertTree(await withoutGit(folder), edited(await freshTree(larger), edits));
    assert.match(stdout, /, 3 to merge, 4 kept as yours, /u);
    assert.doesNotMatch(stdout, /Not committed yet/u);
  });

  it('case 9: an edit in the commit that brings the baseline is kept', async () => {
    commitAll(folder);
    await run(folder, { flags: larger });
    edit(folder, edits);
    git(folder, 'commit', '--quiet', '--all', '--message', 'resized, and mine');
    const larger2 = { vcpu: 2 };
    await runAndCheck(larger2);
    assertTree(await withoutGit(folder), edited(await freshTree(larger2), edits));
  });

  it('what is staged, stashed and on other branches stays, whatever the run does', async () => {
    commitAll(folder);
    git(folder, 'branch', 'other');
    put(folder, 'Makefile', 'all:\n');
    git(folder, 'stash');
    edit(folder, edits);
    git(folder, 'add', 'gunicorn.conf.py');
    await runAndCheck({ ...larger, 'dry-run': true });
    await runAndCheck(larger);
    await runAndCheck({ undo: true });
    edit(folder, { 'gunicorn.conf.py': threads });
    await runAndCheck(larger, 3);
    await runAndCheck({ ...larger, 'on-conflict': 'theirs' });
  });

  it('names what is not committed and is about to be written, and no more', async () => {
    commitAll(folder);
    edit(folder, edits);
    const { stdout } = await runAndCheck(larger);
    assert.match(
      stdout,
      /^Not committed yet, and will be changed \(your edits are kept\):\n {2}compose\.yaml\n {2}deploy\/ecs\/web\.json\n {2}gunicorn\.conf\.py\n(?! )/mu,
    );
  });

  it('--require-clean refuses then, and nothing is written', async () => {
    commitAll(folder);
    edit(folder, edits);
    const before = await withoutGit(folder);
    const { message } = await runAndCheck({ ...larger, 'require-clean': true }, 4);
    assert.match(
      message,
      /^--require-clean: .*\n {2}compose\.yaml\n {2}deploy\/ecs\/web\.json\n {2}gunicorn\.conf\.py\n/u,
    );
    assertTree(await withoutGit(folder), before);
    git(folder, 'commit', '--quiet', '--all', '--message', 'mine');
    // Changes of files that are not written do not matter.
    put(folder, 'notes.txt', 'mine\n');
    await runAndCheck({ ...larger, 'require-clean': true });
    assertTree(await withoutGit(folder), withFiles(edited(await freshTree(larger), edits), { 'notes.txt': 'mine\n' }));
  });

  it('--require-clean refuses what git ignores, and could not give back', async () => {
    put(folder, '.gitignore', `${read(folder, '.gitignore')}\n.env*\n`);
    commitAll(folder);
    assert.equal(git(folder, 'ls-files', '.env.example'), '');
    edit(folder, { '.env.example': (text) => `${text}\nMAP_KEY=\n` });
    const before = await withoutGit(folder);
    const { message } = await runAndCheck({ broker: 'redis', 'require-clean': true }, 4);
    assert.match(message, /^--require-clean: .*:\n {2}\.env\.example\nCommit/u);
    assertTree(await withoutGit(folder), before);
  });

  for (const [title, reason, prepare] of [
    ['git is not there', /^git is not installed, or not on PATH$/mu, () => ({ PATH: folder })],
    [
      'the repository is somebody else’s',
      /^fatal: detected dubious ownership/mu,
      () => ({ GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' }),
    ],
  ] as const) {
    it(`--require-clean refuses, too, when ${title}; without it that is said`, async () => {
      commitAll(folder);
      const before = await withoutGit(folder);
      const usual = { ...process.env };
      try {
        Object.assign(process.env, prepare());
        const refused = await run(folder, { flags: { ...larger, 'require-clean': true } });
        assert.equal(refused.code, 4);
        assert.match(refused.message, /^--require-clean: git did not say whether .* nothing was written:$/mu);
        assert.match(refused.message, reason);
        assertTree(await withoutGit(folder), before);
        const { stdout, code } = await run(folder, { flags: larger });
        assert.equal(code, 0);
        assert.match(stdout, /^Could not ask git for uncommitted changes \(your edits are kept\): (?:git|fatal)/mu);
      } finally {
        process.env = usual;
      }
    });
  }

  it('--require-clean refuses outside a repository of git, where there is something to lose', async () => {
    const before = await treeOf(folder);
    const { code, message } = await run(folder, { flags: { ...larger, 'require-clean': true } });
    assert.equal(code, 4);
    assert.match(message, /^--require-clean: .*\/shop is not in a git repository, /u);
    assertTree(await treeOf(folder), before);
    // Nothing to write, nothing to lose.
    assert.equal((await run(folder, { flags: { 'require-clean': true } })).code, 0);
  });

  it('ignored files are never touched', async () => {
    commitAll(folder);
    const own = { '.env': 'SECRET_KEY=mine\n', 'db.sqlite3': '\u0000', '.venv/x.py': 'x\n', 'staticfiles/x.css': '' };
    for (const [file, content] of Object.entries(own)) put(folder, file, content);
    await runAndCheck(larger);
    const folders = {
      '.venv': { type: 'folder', mode: '0755' },
      staticfiles: { type: 'folder', mode: '0755' },
    } as const;
    assertTree(await withoutGit(folder), { ...withFiles(await freshTree(larger), own), ...folders });
    // The backups and what is put aside are no part of it either.
    assert.doesNotMatch(git(folder, 'status', '--porcelain', '--untracked-files=all'), /^\?\?/mu);
  });
});
