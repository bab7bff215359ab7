import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { newRepository, read, run, treeOf } from './support.ts';
import { assertTree } from './trees.ts';

/** A feature is turned on where what it needs was deleted. */
describe('half a feature', function () {
  this.timeout(120_000);

  const cases = [
    { name: 'Celery without requirements.in', gone: ['requirements.in'], flags: { broker: 'sqs' } },
    { name: 'Celery, the package renamed', gone: ['shop'], flags: { broker: 'sqs' } },
    { name: 'Celery, other settings', gone: ['shop/settings'], flags: { broker: 'sqs' } },
    { name: 'Celery without deploy/', gone: ['deploy'], flags: { broker: 'sqs' } },
    { name: 'PgBouncer without deploy/', gone: ['deploy'], flags: { pooler: 'pgbouncer' } },
    { name: 'S3 without requirements.in', gone: ['requirements.in'], flags: { static: 's3' } },
    { name: 'HTTPS without deploy/', gone: ['deploy'], flags: { domain: 'shop.example.com' } },
  ] as const;

  for (const { name, gone, flags } of cases) {
    it(`${name}: refused, and nothing is written`, async () => {
      const folder = await newRepository();
      for (const file of gone) rmSync(path.join(folder, file), { recursive: true });
      const before = await treeOf(folder);
      const { code, message } = await run(folder, { flags });
      assert.equal(code, 3);
      assert.match(message, /you deleted it, but .* needs it/u);
      assert.match(message, /mine leaves them deleted and does not ask again, theirs restores them/u);
      assert.doesNotMatch(message, /backup|keeps yours|markers/u);
      assertTree(await treeOf(folder), before);
    });
  }

  it('each way out works, and nobody is asked again once it is there', async () => {
    const file = 'requirements.in';
    for (const [flags, isThere, note] of [
      [{ 'on-conflict': 'mine' }, false, 'stays deleted; you will not be asked again'],
      [{ 'on-conflict': 'sidecar' }, false, 'stays deleted; the generator’s is in .django-fargate/conflicts'],
      [{ 'on-conflict': 'theirs' }, true, 'the generator’s, which you had deleted'],
      [{ restore: file }, true, undefined],
    ] as const) {
      const folder = await newRepository();
      rmSync(path.join(folder, file));
      const { code, message, stdout } = await run(folder, { flags: { broker: 'sqs', ...flags } });
      assert.equal(code, 0, message);
      assert.equal(existsSync(path.join(folder, file)), isThere);
      if (note !== undefined) assert.match(stdout, new RegExp(`^  ${file}: ${note}$`, 'mu'));
      if ('on-conflict' in flags && flags['on-conflict'] === 'sidecar') {
        assert.match(read(folder, `.django-fargate/conflicts/${file}`), /celery/u);
      }
      assert.equal((await run(folder, { flags: { vcpu: 1 } })).code, 0);
    }
  });

  it('in a terminal it asks about the deletion, not about a change', async () => {
    const file = 'requirements.in';
    for (const [answer, isThere] of [
      ['mine for good', false],
      ['theirs', true],
    ] as const) {
      const folder = await newRepository();
      rmSync(path.join(folder, file));
      const options = { flags: { broker: 'sqs' }, answers: { conflict: answer } };
      const { code, message, questions } = await run(folder, options);
      assert.equal(code, 0, message);
      assert.equal(existsSync(path.join(folder, file)), isThere);
      const question = questions.find(({ name }) => name === 'conflict');
      const asked = JSON.stringify([question?.message, question?.choices]);
      assert.match(asked, /you deleted it.*leave it deleted, and do not ask again.*restore the generator/u);
      assert.doesNotMatch(asked, /keep mine|ask again next time|backup|changed the same place/u);
    }
  });

  it('what is a text for people, or a test, is missed by no feature', async () => {
    const folder = await newRepository();
    for (const file of ['README.md', 'deploy/README.md', 'tests']) rmSync(path.join(folder, file), { recursive: true });
    assert.equal((await run(folder, { flags: { broker: 'sqs' } })).code, 0);
  });
});
