import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { edit, newRepository, put, read, run } from './support.ts';

/** What stood there before, and what the user deleted: neither is the generator's, however often the answers change. */
describe('what the generator does not own', function () {
  this.timeout(120_000);

  const isThere = (folder: string, file: string): boolean => existsSync(path.join(folder, file));

  /** What the generator writes there itself. */
  const packageDocstring = '"""Work that no visitor waits for."""\n';

  describe('a file that stood there before the generator wrote the same', () => {
    const own = 'shop/background/__init__.py';

    it('stays when the feature goes, also when the feature comes and goes again', async () => {
      const folder = await newRepository();
      put(folder, own, packageDocstring);
      for (let round = 0; round < 2; round += 1) {
        assert.equal((await run(folder, { command: 'celery' })).code, 0);
        const { code, stdout } = await run(folder, { flags: { broker: 'none' } });
        assert.equal(code, 0);
        assert(isThere(folder, own), `round ${round}`);
        assert(!isThere(folder, 'shop/background/tasks.py'));
        if (round === 0) assert.match(stdout, /k shop\/background\/__init__\.py {2}kept: .* yours before and stays/u);
      }
    });

    it('goes once the user has deleted it and had it restored', async () => {
      const folder = await newRepository();
      put(folder, own, packageDocstring);
      await run(folder, { command: 'celery' });
      rmSync(path.join(folder, own));
      await run(folder, { flags: { restore: own } });
      assert(isThere(folder, own));
      await run(folder, { flags: { broker: 'none' } });
      assert(!isThere(folder, own));
    });
  });

  describe('a file that the user deleted', () => {
    const bot = '.github/dependabot.yml';

    for (const isSeen of [true, false]) {
      it(`stays deleted while another provider comes and goes${isSeen ? '' : ', although no run saw it go'}`, async () => {
        const folder = await newRepository();
        rmSync(path.join(folder, bot));
        if (isSeen) await run(folder);
        for (const ci of ['gitlab', 'none', 'github']) {
          const { code, message } = await run(folder, { flags: { ci } });
          assert.equal(code, 0, message);
          assert(!isThere(folder, bot), ci);
        }
        assert(isThere(folder, '.github/workflows/ci.yml'));
        await run(folder, { flags: { restore: bot } });
        assert(isThere(folder, bot));
      });
    }

    it('cannot be restored while the answers do not want it, and the refusal says so', async () => {
      const folder = await newRepository();
      rmSync(path.join(folder, bot));
      await run(folder, { flags: { ci: 'gitlab' } });
      const { code, message } = await run(folder, { flags: { restore: bot } });
      assert.equal(code, 2);
      assert.match(message, /--restore \.github\/dependabot\.yml: not written with these answers/u);
    });

    it('that was his own by then comes with the feature again', async () => {
      const folder = await newRepository({ broker: 'sqs' });
      const tasks = 'shop/background/tasks.py';
      edit(folder, { [tasks]: (text) => `${text}# mine\n` });
      await run(folder, { flags: { broker: 'none' } });
      assert.match(read(folder, tasks), /# mine/u);
      rmSync(path.join(folder, tasks));
      await run(folder, { flags: { ci: 'none' } });
      await run(folder, { command: 'celery' });
      assert(isThere(folder, tasks));
    });
  });
});
