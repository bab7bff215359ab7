import assert from 'node:assert/strict';
import { edits, threads } from './edits.ts';
import { changing, edit, freshTree, newRepository, newer, put, regenerate, treeOf } from './support.ts';
import { contentOf, edited, remembering, replace } from './trees.ts';
import type { Edits } from './trees.ts';

const larger = { vcpu: 1 };
const mine: Edits = { ...edits, 'gunicorn.conf.py': threads };
const place = /line 37: last threads = .*2\), yours threads = .*8\), next threads = .*3\)$/mu;

describe('where both changed the same place', function () {
  this.timeout(120_000);

  it('case 4: stops with exit 3, names the three versions and changes nothing', async () => {
    const folder = await newRepository();
    edit(folder, { 'gunicorn.conf.py': threads });
    const { message, stdout } = await regenerate(folder, { flags: larger }, { code: 3 });
    assert.match(message, /^1 path is in conflict in .*; nothing was written:\n {2}gunicorn\.conf\.py\n/u);
    assert.match(message, place);
    assert.match(message, /--on-conflict=mine /u);
    assert.match(stdout, place);
  });

  it('case 4: a value of JSON is named by its path', async () => {
    const folder = await newRepository();
    edit(folder, { 'deploy/ecs/web.json': replace('"cpu": "512"', '"cpu": "2048"') });
    const { message } = await regenerate(folder, { flags: larger }, { code: 3 });
    assert.match(message, /^ {2}deploy\/ecs\/web\.json\n {6}cpu: last "512", yours "2048", next "1024"$/mu);
  });

  for (const [where, change] of [
    ['after', replace('"GUNICORN_THREADS", 2)\n', '"GUNICORN_THREADS", 2)\nTHREADS = threads\n')],
    ['before', replace('# clamp(', '# Measured in June.\n# clamp(')],
  ] as const) {
    it(`case 5: a line of text just ${where} it is a conflict, not a guess`, async () => {
      const folder = await newRepository();
      edit(folder, { 'gunicorn.conf.py': change });
      await regenerate(folder, { flags: larger }, { code: 3 });
    });
  }

  it('case 6: the property beside it is merged by structure', async () => {
    const folder = await newRepository();
    const own: Edits = {
      'deploy/ecs/migrate.json': replace('"LINUX"\n  },', '"LINUX"},'),
      'deploy/ecs/ops.json': replace('  "cpu"', '  "ephemeralStorage": { "sizeInGiB": 30 },\n  "cpu"'),
      'deploy/ecs/web.json': replace('"arn:aws:iam::ACCOUNT:role/shop-ecs-execution"', '"arn:aws:iam::123:role/x"'),
    };
    edit(folder, own);
    const { stdout } = await regenerate(folder, { flags: larger }, { tree: edited(await freshTree(larger), own) });
    assert.match(stdout, /web\.json {2}merge: 3 values of the generator; the rest of your text untouched$/mu);
  });

  it('case 13: one conflict among ten files keeps all of them from being written', async () => {
    const folder = await newRepository();
    edit(folder, mine);
    const { stdout } = await regenerate(folder, { flags: larger }, { code: 3 });
    assert.match(stdout, /^\d+ files to update, 2 to merge, 1 in conflict, 4 kept as yours, /mu);
  });

  it('case 11: kept and asked again: the same conflict once more, and the change is not forgotten', async () => {
    const folder = await newRepository();
    edit(folder, mine);
    const [before, fresh] = [await freshTree(), await freshTree(larger)];
    const kept = edited(fresh, { ...mine, 'gunicorn.conf.py': () => threads(contentOf(before, 'gunicorn.conf.py')) });
    await regenerate(
      folder,
      { flags: { ...larger, 'on-conflict': 'mine' } },
      { tree: remembering(kept, before, 'gunicorn.conf.py') },
    );
    const { message } = await regenerate(folder, {}, { code: 3 });
    assert.match(message, place);
    // Once the user agrees with the generator, everything is as if there had been no conflict.
    put(folder, 'gunicorn.conf.py', contentOf(fresh, 'gunicorn.conf.py'));
    await regenerate(folder, {}, { tree: edited(fresh, { ...mine, 'gunicorn.conf.py': (text) => text }) });
  });

  describe('case 38: one property that both added', () => {
    const startTimeout = (before: string, seconds: number): Edits => ({
      'deploy/ecs/web.json': replace(before, `"startTimeout": ${seconds},\n      ${before}`),
    });

    it('with other values at other places is a conflict', async () => {
      const folder = await newRepository();
      const release = await newer('0.2.0', changing(startTimeout('"stopTimeout"', 120)));
      edit(folder, startTimeout('"essential"', 60));
      const { message } = await regenerate(folder, { release }, { code: 3 });
      assert.match(message, /containerDefinitions\[web\]\.startTimeout: last absent, yours 60, next 120$/mu);
    });

    it('with one value at other places is there already, once', async () => {
      const folder = await newRepository();
      const release = await newer('0.2.0', changing(startTimeout('"stopTimeout"', 60)));
      edit(folder, startTimeout('"essential"', 60));
      const own = contentOf(await treeOf(folder), 'deploy/ecs/web.json');
      const fresh = await freshTree({}, release);
      const { stdout } = await regenerate(
        folder,
        { release },
        { tree: edited(fresh, { 'deploy/ecs/web.json': () => own }) },
      );
      assert.match(stdout, /^ {2}= deploy\/ecs\/web\.json {2}already there: /mu);
      assert.equal(own.split('startTimeout').length, 2);
    });
  });
});
