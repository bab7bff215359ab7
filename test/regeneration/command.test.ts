import assert from 'node:assert/strict';
import { readTree } from '../disk/tree.ts';
import { edits, threads } from './edits.ts';
import { edit, freshTree, newRepository, treeOf } from './support.ts';
import { assertTree, edited } from './trees.ts';
import { run } from '../support/run.ts';
import { bin } from '../bin/runBin.ts';

const larger = { vcpu: 1 };

describe('resize, started as a command', function () {
  this.timeout(120_000);
  let folder: string;

  beforeEach(async () => {
    folder = await newRepository();
    edit(folder, edits);
  });

  const resize = (words: string, more: { readonly shell?: string } = {}) => {
    const args = [bin, 'resize', ...words.split(' ').filter((word) => word !== '')];
    if (more.shell === undefined) return run(process.execPath, args, { cwd: folder });
    return run('sh', ['-c', `${more.shell}; exec "$@"`, 'sh', process.execPath, ...args], { cwd: folder });
  };

  it('ends with 0 when it is done, and when there is nothing to do', async () => {
    const first = await resize('--yes --vcpu 1');
    assert.deepEqual([first.code, first.stderr], [0, '']);
    assertTree(await treeOf(folder), edited(await freshTree(larger), edits));
    const again = await resize('--yes');
    assert.equal(again.code, 0);
    assert.match(again.stdout, /^Everything is up to date; nothing was written\.$/mu);
  });

  it('ends with 2 without a terminal and --yes, and for a value that is none', async () => {
    for (const words of ['', '--yes --vcpu 3', '--yes --on-conflict ours', '--undo --yes']) {
      const before = await readTree(folder);
      const { code, stdout, stderr } = await resize(words);
      assert.equal(code, 2, stdout);
      assert.doesNotMatch(stderr, /\n\s+at /u);
      assertTree(await readTree(folder), before);
    }
  });

  it('ends with 3 for a conflict, and says so on standard error', async () => {
    edit(folder, { 'gunicorn.conf.py': threads });
    const before = await readTree(folder);
    const { code, stderr } = await resize('--yes --vcpu 1');
    assert.equal(code, 3);
    assert.match(stderr, /^1 path is in conflict in .*; nothing was written:\n {2}gunicorn\.conf\.py\n/u);
    assertTree(await readTree(folder), before);
  });

  it('ends with 4 where going on would not be safe', async () => {
    edit(folder, { '.django-fargate/baseline.json': (text) => text.slice(0, 1000) });
    const before = await readTree(folder);
    const { code, stderr } = await resize('--yes --vcpu 1');
    assert.equal(code, 4);
    assert.match(stderr, /baseline\.json is not JSON/u);
    assertTree(await readTree(folder), before);
  });

  it('ends with 5 when a check for drift finds one', async () => {
    const before = await readTree(folder);
    assert.equal((await resize('--dry-run --detailed-exitcode')).code, 0);
    assert.equal((await resize('--dry-run --detailed-exitcode --vcpu 1')).code, 5);
    assertTree(await readTree(folder), before);
  });

  it('case 33: a full disk: exit 2, and nothing has changed', async () => {
    const before = await readTree(folder);
    // No file may grow beyond 64 KiB: the baseline, which is written last, is larger.
    const { code, stderr } = await resize('--yes --vcpu 1', { shell: "trap '' XFSZ; ulimit -f 128" });
    assert.equal(code, 2, stderr);
    assert.match(stderr, /baseline\.json/u);
    assertTree(await readTree(folder), before);
  });
});
