import assert from 'node:assert/strict';
import { edits, threads } from './edits.ts';
import { edit, freshTree, newRepository, put, regenerate, run, timesOf, treeOf } from './support.ts';
import { assertTree, contentOf, edited, remembering } from './trees.ts';
import type { Edits } from './trees.ts';

const larger = { vcpu: 1 };
const file = 'gunicorn.conf.py';
const mine: Edits = { ...edits, [file]: threads };
const timeouts = /# Seconds\.[^]*# Network\./u;

describe('in a terminal', function () {
  this.timeout(120_000);
  let folder: string;

  beforeEach(async () => {
    folder = await newRepository();
    edit(folder, mine);
  });

  it('a conflict is shown with its three versions, and every choice says what it does', async () => {
    const { questions } = await run(folder, { flags: larger, answers: { conflict: 'abort' } });
    const asked = questions.find(({ name }) => name === 'conflict');
    assert.match(
      asked?.printed ?? '',
      /\ngunicorn\.conf\.py\n {2}line 37: last .*2\), yours .*8\),\s+next\s+threads\s+= .*3\)\n$/u,
    );
    assert.equal(asked?.default, 'mine');
    assert.deepEqual(
      asked?.choices?.map(({ value, name }) => `${String(value)}: ${name}`),
      [
        'mine: keep mine, ask again next time',
        'mine for good: keep mine for good',
        'theirs: take the generator’s; mine goes into the backup',
        'sidecar: keep mine, and write the generator’s to .django-fargate/conflicts',
        'markers: write both into the file, between conflict markers',
        'abort: stop, write nothing',
      ],
    );
  });

  it('mine: asked again by the next run', async () => {
    const [before, fresh] = [edited(await freshTree(), mine), await freshTree(larger)];
    const kept = edited(fresh, { ...mine, [file]: () => contentOf(before, file) });
    const options = { flags: larger, answers: { conflict: 'mine' } };
    const { questions } = await regenerate(folder, options, { tree: remembering(kept, before, file) });
    assert.equal(questions.at(-1)?.name, 'confirmed');
    const again = await run(folder, { answers: { conflict: 'abort' } });
    assert.equal(again.questions.at(-1)?.name, 'conflict');
  });

  it('case 12: mine for good: asked again only when that place changes once more', async () => {
    const [before, fresh] = [edited(await freshTree(), mine), await freshTree(larger)];
    const kept = edited(fresh, { ...mine, [file]: () => contentOf(before, file) });
    await regenerate(folder, { flags: larger, answers: { conflict: 'mine for good' } }, { tree: kept });
    const slower = { ...larger, 'slowest-request': 40 };
    const slow = await freshTree(slower);
    const merged = contentOf(before, file).replace(timeouts, () => timeouts.exec(contentOf(slow, file))?.[0] ?? '');
    await regenerate(folder, { flags: slower }, { tree: edited(slow, { ...mine, [file]: () => merged }) });
    const { message } = await regenerate(folder, { flags: { vcpu: 2 } }, { code: 3 });
    assert.match(
      message,
      /line 40: last .*workers x 3 threads.*, yours .*workers x 2 threads.*, next .*workers x 4 threads/u,
    );
  });

  it('theirs, for the one file that is asked about', async () => {
    const fresh = await freshTree(larger);
    const tree = edited(fresh, { ...mine, [file]: (text) => text });
    await regenerate(folder, { flags: larger, answers: { conflict: 'theirs' } }, { tree });
  });

  it('each file is decided by itself', async () => {
    put(folder, 'deploy/sizing.json', '{}\n');
    const [before, fresh] = [edited(await freshTree(), mine), await freshTree(larger)];
    const kept = edited(fresh, { ...mine, 'deploy/sizing.json': () => '{}\n', [file]: (text) => text });
    const options = { flags: larger, answers: { conflict: ['mine', 'theirs'] } };
    const { questions } = await run(folder, options);
    assertTree(await treeOf(folder), remembering(kept, before, 'deploy/sizing.json'));
    const asked = questions.filter(({ name }) => name === 'conflict').map(({ message }) => message.split(':')[0]);
    assert.deepEqual(asked, ['deploy/sizing.json', file]);
    // Markers would break it.
    assert(questions.find(({ name }) => name === 'conflict')?.choices?.every(({ value }) => value !== 'markers'));
  });

  it('case 35: "stop" at a conflict writes nothing', async () => {
    const { message } = await regenerate(folder, { flags: larger, answers: { conflict: 'abort' } }, { code: 3 });
    assert.match(message, /^1 path is in conflict in .*; nothing was written:$/mu);
  });

  it('case 35: "no" at the last question writes nothing', async () => {
    const [before, times] = [await treeOf(folder), timesOf(folder)];
    const { code, stdout } = await run(folder, { flags: larger, answers: { conflict: 'theirs', confirmed: false } });
    assert.equal(code, 0);
    assert.match(stdout, /^Nothing was written\.$/mu);
    assertTree(await treeOf(folder), before);
    assert.deepEqual(timesOf(folder), times);
  });

  it('what is refused whatever the answers are is refused before the first question', async () => {
    const marked = await run(folder, { flags: { ...larger, 'on-conflict': 'markers' } });
    assert.equal(marked.code, 0, marked.message);
    for (const [flags, code, reason] of [
      [{}, 4, /^Conflict markers of an earlier run remain/u],
      [{ restore: 'nowhere.txt' }, 2, /^--restore nowhere\.txt: not a file of this generator/u],
      [{ 'on-conflict': 'both' }, 2, /^--on-conflict both: not a choice/u],
      [{ 'detailed-exitcode': true }, 2, /^--detailed-exitcode needs --dry-run/u],
    ] as const) {
      const refused = await run(folder, { flags, answers: {} });
      assert.deepEqual([refused.code, refused.questions], [code, []], refused.message);
      assert.match(refused.message, reason);
    }
  });

  it('what was in conflict is told before what to type next', async () => {
    const { stdout } = await run(folder, { flags: larger, answers: { conflict: 'mine' } });
    assert.match(stdout, /\nResolved conflicts:\n {2}gunicorn\.conf\.py: .*\nWritten\. Next:\n[^]* {2}make test\n$/u);
  });
});
