import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { edits } from './edits.ts';
import { edit, freshTree, newRepository, newer, put, regenerate, run } from './support.ts';
import { contentOf, edited, withFiles } from './trees.ts';
import type { Edit } from './trees.ts';

const larger = { vcpu: 1 };
const baseline = '.django-fargate/baseline.json';
const file = 'gunicorn.conf.py';

/** The baseline with some text of it changed, wherever that stands first. */
const broken =
  (pattern: RegExp | string, to: string): Edit =>
  (text) => {
    const changed = text.replace(pattern, to);
    assert.notEqual(changed, text);
    return changed;
  };

const wrongHash = broken(/("gunicorn\.conf\.py": [^]*?"sha256": ")./u, '$1z');

describe('case 45: the baseline', function () {
  this.timeout(120_000);
  let folder: string;

  beforeEach(async () => {
    folder = await newRepository();
    edit(folder, edits);
  });

  describe('damaged as a whole: nothing is written, and it is said what to do', () => {
    const marked: Edit = (text) => `<<<<<<< HEAD\n${text}=======\n${text}>>>>>>> main\n`;
    const damages: Readonly<Record<string, readonly [Edit, RegExp]>> = {
      'cut short': [(text) => text.slice(0, 2000), /is not JSON/u],
      empty: [() => '', /is not JSON/u],
      'with the markers of a merge': [marked, /Take either side of the whole file/u],
      'of something else': [() => '{"files": {}}\n', /is not a baseline of this generator/u],
      'of a newer form': [broken('"schema": 1', '"schema": 2'), /Install the version .* or a newer one/u],
      'with a path out of the repository': [
        broken('"Makefile": {', '"../Makefile": {'),
        /names the path "\.\.\/Makefile"/u,
      ],
      'with an absolute path': [broken('"Makefile": {', '"/etc/passwd": {'), /names the path "\/etc\/passwd"/u],
    };
    for (const [name, [damage, says]] of Object.entries(damages)) {
      it(name, async () => {
        edit(folder, { [baseline]: damage });
        const { message } = await regenerate(folder, { flags: larger }, { code: 4 });
        assert.match(message, says);
        assert.match(message, /nothing was written/u);
        // No choice about conflicts is a choice about this.
        await regenerate(folder, { flags: { ...larger, 'on-conflict': 'theirs' } }, { code: 4 });
      });
    }
  });

  it('missing: no repository, unless it is to be rebuilt', async () => {
    rmSync(path.join(folder, baseline));
    const { message } = await regenerate(folder, { flags: larger }, { code: 2 });
    assert.match(message, /restore it from version control, or name the folder and give --rebuild-baseline/u);
  });

  for (const [name, damage] of [
    ['one hash is wrong', wrongHash],
    ['one text was edited', broken(/("gunicorn\.conf\.py": [^]*?workers)/u, '$1!')],
    ['one entry is none', broken(/("gunicorn\.conf\.py": \{\s*)"policy": "merge",/u, '$1')],
  ] as const) {
    it(`${name}: that file is in conflict, unless it is as it is rendered now`, async () => {
      edit(folder, { [baseline]: damage });
      const { message } = await regenerate(folder, { flags: larger }, { code: 3 });
      assert.match(
        message,
        /^1 path is in conflict .*\n {2}gunicorn\.conf\.py: its entry in the baseline is damaged, so /u,
      );
      // What is not touched is not forgotten: only this file has lost its entry.
      const fresh = await freshTree(larger);
      put(folder, file, contentOf(fresh, file));
      await regenerate(folder, { flags: larger }, { tree: edited(fresh, { ...edits, [file]: (text) => text }) });
    });
  }

  describe('--rebuild-baseline', () => {
    const rebuild = { 'rebuild-baseline': true };

    for (const [name, damage] of [
      ['missing', () => rmSync(path.join(folder, baseline))],
      ['cut short', () => edit(folder, { [baseline]: (text) => text.slice(0, 2000) })],
      ['with a wrong hash', () => edit(folder, { [baseline]: wrongHash })],
    ] as const) {
      it(`${name}: takes what this version renders for the stored answers, and keeps the edits`, async () => {
        damage();
        const args = { flags: rebuild, args: [folder] };
        await regenerate(folder, args, { tree: edited(await freshTree(), edits) });
        await regenerate(folder, { flags: larger }, { tree: edited(await freshTree(larger), edits) });
      });
    }

    it('and resizes in the same run', async () => {
      rmSync(path.join(folder, baseline));
      const tree = edited(await freshTree(larger), edits);
      await regenerate(folder, { flags: { ...rebuild, ...larger }, args: [folder] }, { tree });
    });

    it('where .yo-rc.json holds no answers of ours: refused', async () => {
      rmSync(path.join(folder, baseline));
      put(folder, '.yo-rc.json', '{}\n');
      await regenerate(folder, { flags: rebuild, args: [folder] }, { code: 2 });
    });
  });

  it('a repository of a newer version is refused, and nothing is written', async () => {
    await run(folder, { release: await newer('9.0.0', (files) => files) });
    const { message } = await regenerate(folder, { flags: larger }, { code: 2 });
    assert.match(message, /written by generator-django-fargate 9\.0\.0, and 0\.\d+\.\d+ is installed/u);
  });

  it('of two branches that both resized, either side may be taken: the rest shows as edits, nothing is lost', async () => {
    const database = { 'rds-class': 'db.m7g.large' };
    const [one, two] = [await freshTree(larger), await freshTree(database)];
    // Merged by git: everything of both, but one side's baseline and answers.
    const both = edited(await freshTree({ ...larger, ...database }), edits);
    for (const side of [one, two]) {
      const merged = withFiles(both, { [baseline]: contentOf(side, baseline) });
      for (const [name, entry] of Object.entries(merged)) if (entry.type === 'file') put(folder, name, entry.content);
      await regenerate(folder, {}, { tree: both });
    }
  });
});
