import assert from 'node:assert/strict';
import { readTree } from '../disk/tree.ts';
import type { Tree } from '../disk/tree.ts';
import { edits } from '../regeneration/edits.ts';
import { edit, newRepository, read, regenerate, run } from '../regeneration/support.ts';
import type { Edits } from '../regeneration/trees.ts';
import { assertTree } from '../regeneration/trees.ts';
import { needPython } from '../support/need.ts';
import { runOk } from '../support/run.ts';
import { venvFor } from '../support/venvs.ts';

const larger = { vcpu: 1 };
const file = 'gunicorn.conf.py';
/** Holds the threads, too: so many connections to S3. */
const settings = 'shop/settings/production.py';
const hook: Edits = { [file]: edits[file] ?? assert.fail() };

describe('case 47: ruff over a whole repository', function () {
  this.timeout(300_000);
  let python: string;
  let folder: string;

  before('pip install --require-hashes', async function () {
    const interpreter = await needPython(this, '3.11');
    python = await venvFor(await newRepository(), interpreter);
  });

  beforeEach(async () => {
    folder = await newRepository();
    edit(folder, hook);
  });

  async function format(where: string, style: readonly string[]): Promise<void> {
    const env = { ...process.env, RUFF_NO_CACHE: 'true' };
    await runOk(python, ['-m', 'ruff', 'format', ...style, '.'], { cwd: where, env });
  }

  it('in the style of the repository changes nothing', async () => {
    const before = await readTree(folder);
    await format(folder, []);
    assertTree(await readTree(folder), before);
  });

  it('with shorter lines: what is resized is merged into them', async () => {
    const style = ['--line-length', '88'];
    await format(folder, style);
    const before = await readTree(folder);
    await regenerate(folder);
    const expected = await newRepository(larger);
    edit(expected, hook);
    await format(expected, style);
    await run(folder, { flags: larger });
    for (const resized of [file, settings]) assert.equal(read(folder, resized), read(expected, resized), resized);
    assertSame(await readTree(folder), before);
  });

  it('in a style with nothing in common: what is resized is the same after the formatter ran again', async () => {
    const style = ['--line-length', '60', '--config', "format.quote-style='single'"];
    await format(folder, style);
    await regenerate(folder);
    const expected = await newRepository(larger);
    edit(expected, hook);
    await format(expected, style);
    assert.equal((await run(folder, { flags: larger })).code, 0);
    await format(folder, style);
    assert.equal(read(folder, file), read(expected, file));
  });
});

describe('ruff over a repository whose project has the longest name, and one of the shortest', function () {
  this.timeout(300_000);
  const variants = [
    {},
    { broker: 'sqs', beat: true, 'celery-longest-task': 600, pooler: 'pgbouncer' },
    { broker: 'redis', beat: true, static: 's3', django: '6.1' },
    { broker: 'sqs', infrastructure: 'none', pooler: 'pgbouncer' },
  ];
  let python: string;

  before('pip install --require-hashes', async function () {
    python = await venvFor(await newRepository(), await needPython(this, '3.11'));
  });

  for (const name of ['a'.repeat(24), 'ab']) {
    for (const flags of variants) {
      it(`${name}, ${Object.values(flags).join(', ')}`, async () => {
        const cwd = await newRepository({ ...flags, 'project-name': name });
        const env = { ...process.env, RUFF_NO_CACHE: 'true' };
        await runOk(python, ['-m', 'ruff', 'check', '.'], { cwd, env });
        await runOk(python, ['-m', 'ruff', 'format', '--check', '.'], { cwd, env });
      });
    }
  }
});

/** All Python but that which is resized. */
function assertSame(after: Tree, before: Tree): void {
  const paths = Object.keys(before).filter((name) => name.endsWith('.py') && name !== file && name !== settings);
  assert(paths.length > 20);
  for (const name of paths) assert.deepEqual(after[name], before[name], name);
}
