import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readTree } from '../disk/tree.ts';
import { answersOf, matrix } from '../generators/matrix.ts';
import { edits } from '../regeneration/edits.ts';
import { edit, freshTree, newRepository, regenerate } from '../regeneration/support.ts';
import { assertTree, replace } from '../regeneration/trees.ts';
import type { Edits } from '../regeneration/trees.ts';
import { emittedFiles, writeDifferent } from '../support/emittedFiles.ts';
import { need, needPython } from '../support/need.ts';
import { run, runOk } from '../support/run.ts';
import { venvFor } from '../support/venvs.ts';

/** What prettier formats of a repository. */
const isFormatted = (file: string): boolean => /\.(?:json|md|ya?ml)$/u.test(file);

describe('the emitted repository under prettier', function () {
  this.timeout(300_000);
  let prettier = '';
  let folder = '';

  before(function () {
    prettier = need(this, 'prettier');
    folder = mkdtempSync(path.join(tmpdir(), 'prettier-'));
  });

  after(() => {
    if (folder !== '') rmSync(folder, { recursive: true, force: true });
  });

  it('has every text in its form, whatever the answers', async () => {
    const repositories = matrix.map((row) => emittedFiles(answersOf(row)));
    const written = writeDifferent(folder, repositories, isFormatted, ['.editorconfig']);
    assert.ok(written > 100);
    // It says so of a file that is not.
    writeFileSync(path.join(folder, '0', 'planted.json'), '{"a":1}\n');
    const { output, code } = await run(prettier, ['--check', '.'], { cwd: folder });
    const told = output.split('\n').filter((line) => /^\[(?:warn|error)\] \d/u.test(line));
    assert.deepEqual([code, told], [1, ['[warn] 0/planted.json']], output);
  });

  for (const flags of [
    {},
    { broker: 'redis', beat: true, pooler: 'pgbouncer', static: 's3', ci: 'gitlab', domain: 'shop.example.com' },
  ]) {
    it(`stays as it is under it and ruff, and is resized: ${JSON.stringify(flags)}`, async function () {
      const repository = await newRepository(flags);
      const python = await venvFor(repository, await needPython(this, '3.11'));
      const before = await readTree(repository);
      await runOk(prettier, ['--write', '.'], { cwd: repository });
      await runOk(python, ['-m', 'ruff', 'format', '.'], {
        cwd: repository,
        env: { ...process.env, RUFF_NO_CACHE: 'true' },
      });
      assertTree(await readTree(repository), before);
      const larger = { ...flags, vcpu: 2, 'rds-class': 'db.m7g.large' };
      await regenerate(repository, { flags: larger }, { tree: await freshTree(larger) });
    });
  }

  it('leaves what a user wrote and formatted in its form, when it is resized', async () => {
    const larger = { vcpu: 2, 'rds-class': 'db.m7g.large' };
    const width = 'what our payment provider gives, another one for each environment, which nobody may ever print';
    const own: Edits = {
      ...Object.fromEntries(Object.entries(edits).filter(([file]) => isFormatted(file))),
      'README.md': replace('\n| `LOG_LEVEL` ', `\n| \`STRIPE_KEY\` | Secret: ${width} |\n| \`LOG_LEVEL\` `),
      'deploy/README.md': replace(
        '\n| Service ',
        '\n| Load balancer, ours | `drop_invalid_header_fields` | `true` | |\n| Service ',
      ),
    };
    const [repository, expected] = [await newRepository(), await newRepository(larger)];
    for (const folderOf of [repository, expected]) {
      edit(folderOf, own);
      await runOk(prettier, ['--write', '.'], { cwd: folderOf });
    }
    await regenerate(repository, { flags: larger }, { tree: await readTree(expected) });
  });
});
