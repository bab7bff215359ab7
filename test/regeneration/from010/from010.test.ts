import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { readTree } from '../../disk/tree.ts';
import type { Tree } from '../../disk/tree.ts';
import { generate, scratch } from '../../support/generate.ts';
import { read, regenerate, run, treeOf } from '../support.ts';
import { assertTree, entriesOf } from '../trees.ts';
import { kinds, repositoryOf010 } from './repositories.ts';

const answersFile = '.yo-rc.json';
const baselineFile = '.django-fargate/baseline.json';

/** The files of a tree but for the two in which a run remembers. */
function filesOf(tree: Tree): Tree {
  const isFile = ([name, entry]: readonly [string, Tree[string]]): boolean =>
    entry?.type === 'file' && name !== answersFile && name !== baselineFile;
  return Object.fromEntries(Object.entries(tree).filter(isFile));
}

/** What `app` writes into an empty folder for the answers of a repository. */
async function writtenAnew(folder: string): Promise<Tree> {
  const cwd = scratch('anew');
  const { 'generator-django-fargate': stored } = JSON.parse(read(folder, answersFile)) as Record<string, unknown>;
  const answers = path.join(cwd, 'answers.json');
  writeFileSync(answers, JSON.stringify(stored));
  const flags = { yes: true, answers };
  const { code, message } = await generate('app', { cwd, args: ['shop'], flags });
  assert.equal(code, 0, message);
  return readTree(path.join(cwd, 'shop'));
}

describe('a repository that version 0.1.0 wrote', function () {
  this.timeout(120_000);

  for (const kind of kinds) {
    it(`${kind}: unedited, upgrade makes it what is written anew for its answers`, async () => {
      const folder = repositoryOf010(kind);
      const { code, stdout, message } = await run(folder, { command: 'upgrade' });
      assert.equal(code, 0, message);
      // Its certificates have moved, and with them what its image is built from.
      assert.equal(/^PgBouncer changes\. .*make bootstrap/mu.test(stdout), kind === 'pgbouncer');
      const [tree, anew] = [await treeOf(folder), await writtenAnew(folder)];
      assertTree(filesOf(tree), filesOf(anew));
      assert.deepEqual(entriesOf(tree), entriesOf(anew));
      assert.doesNotMatch(read(folder, answersFile), /workerVcpu|WorkerTasks|"taskMs"/u);
      await regenerate(folder, { command: 'upgrade' });
    });
  }
});
