import assert from 'node:assert/strict';
import { renameSync } from 'node:fs';
import path from 'node:path';
import { renames } from '../../core/emit/renames.ts';
import type { EmittedFile } from '../../core/emit/types.ts';
import { changing, edit, newRepository, newer, put, read, run } from './support.ts';
import { replace } from './trees.ts';

/** The Python that every repository gets as it is. */
describe('django_fargate/', function () {
  this.timeout(120_000);
  const health = 'django_fargate/health.py';
  const mine = { [health]: replace('READY_SECONDS = 1.0', 'READY_SECONDS = 5.0') };
  const told =
    /^django_fargate\/ is replaced as a whole by an upgrade\. You have edited django_fargate\/health\.py: /gmu;

  it('keeps what the user edited there, and an upgrade says once that it is replaced', async () => {
    const folder = await newRepository();
    edit(folder, mine);
    const release = await newer(
      '0.3.0',
      changing({
        [health]: replace('"Cache-Control": "no-store"', '"Cache-Control": "no-store, private"'),
        'django_fargate/logs.py': replace('"level": record.levelname,', '"severity": record.levelname,'),
      }),
    );
    const { code, stdout, message } = await run(folder, { release, command: 'upgrade' });
    assert.equal(code, 0, message);
    assert.equal(stdout.match(told)?.length, 1, stdout);
    assert.match(read(folder, health), /READY_SECONDS = 5\.0[^]*no-store, private/u);
    assert.match(read(folder, 'django_fargate/logs.py'), /"severity"/u);
    const again = await run(folder, { release, flags: { 'min-tasks': 3 } });
    assert.doesNotMatch(again.stdout, /django_fargate/u);
  });

  it('says nothing to who has edited nothing there', async () => {
    const folder = await newRepository();
    const release = await newer('0.3.0', changing({ [health]: replace('1.0', '2.0') }));
    const { code, stdout } = await run(folder, { release, command: 'upgrade' });
    assert.equal(code, 0);
    assert.match(stdout, /django_fargate\/health\.py/u);
    assert.doesNotMatch(stdout, /replaced as a whole/u);
  });

  describe('where its files lay in the package of the project before', () => {
    const of = (file: string): string => file.replace(/^project\//u, 'shop/');
    const names = renames.map(({ from, to }) => [of(from), to] as const);

    /** As the older version wrote it: under the old paths, and with the old names in what is the user's once edited. */
    const older = (files: readonly EmittedFile[]): readonly EmittedFile[] =>
      changing({
        'shop/urls.py': replace('django_fargate.middleware', 'shop.middleware'),
        'django_fargate/background/models.py': (text) => `# Older words.\n${text}`,
        'shop/background/tasks.py': (text) =>
          text
            .replace('django_fargate.background.models', '.models')
            .replace('django_fargate.background.once', '.once'),
      })(files).map((file) => ({ ...file, path: names.find(([, to]) => to === file.path)?.[0] ?? file.path }));

    const now = () => newer('0.3.0', (files) => files, { renames });

    const oldRepository = async (): Promise<string> => {
      const folder = await newRepository({ broker: 'redis' });
      const release = await newer('0.2.1', older, { renames: [] });
      const { code, message } = await run(folder, { release, command: 'upgrade' });
      assert.equal(code, 0, message);
      return folder;
    };

    it('edits go along, what names a module names it where it is, and the user is told', async () => {
      const folder = await oldRepository();
      edit(folder, {
        'shop/health.py': mine[health] ?? String,
        'shop/urls.py': (text) => `${text}# Mine.\n`,
        'shop/background/tasks.py': (text) => `${text}# Mine.\n`,
      });
      put(folder, 'shop/orders/views.py', 'from shop.logs import JsonFormatter\n');
      const { code, stdout, message } = await run(folder, { release: await now(), command: 'upgrade' });
      assert.equal(code, 0, message);
      assert.match(read(folder, health), /READY_SECONDS = 5\.0/u);
      assert.match(read(folder, 'shop/urls.py'), /"django_fargate\.middleware\.server_error"[^]*# Mine/u);
      const tasks = read(folder, 'shop/background/tasks.py');
      assert.match(tasks, /^from django_fargate\.background\.models import Done, Tally$/mu);
      assert.match(tasks, /^from django_fargate\.background\.once import once$[^]*# Mine/mu);
      assert.match(stdout, /^ {2}M shop\/urls\.py {2}merge: names what has moved by its new name$/mu);
      assert.match(stdout, /^ {2}~ django_fargate\/env\.py {2}was shop\/settings\/env\.py$/mu);
      assert.match(stdout, /^Modules have moved to django_fargate\/, see "was" above\. Change the imports/mu);
      assert.equal(read(folder, 'shop/orders/views.py'), 'from shop.logs import JsonFormatter\n');
      const again = await run(folder, { release: await now(), flags: { 'min-tasks': 3 } });
      assert.doesNotMatch(again.stdout, /moved/u);
    });

    it('who has models of their own there is told to move the migrations', async () => {
      const moves =
        /^Django looks for migrations in django_fargate\/background\/migrations\/ now\. Move those that you added to shop\/b/mu;
      const folder = await oldRepository();
      const other = await oldRepository();
      edit(folder, { 'shop/background/models.py': (text) => `${text}\n\nclass Mine(models.Model):\n    pass\n` });
      const { code, stdout, message } = await run(folder, { release: await now(), command: 'upgrade' });
      assert.equal(code, 0, message);
      assert.match(stdout.replaceAll(/\n(?=[a-z])/gu, ' '), moves);
      assert.match(read(folder, 'django_fargate/background/models.py'), /class Mine/u);
      const untouched = await run(other, { release: await now(), command: 'upgrade' });
      assert.doesNotMatch(untouched.stdout, /Django looks for migrations/u);
    });

    it('none is missing: each has a new path, and nothing is left at the old one', async () => {
      const folder = await oldRepository();
      const { code, stdout } = await run(folder, { release: await now(), command: 'upgrade' });
      assert.equal(code, 0);
      for (const [from, to] of names) {
        assert.ok(stdout.includes(`${to}  was ${from}\n`), to);
        assert.throws(() => read(folder, from), /ENOENT/u);
      }
      assert.throws(() => renameSync(path.join(folder, 'shop', 'worker'), path.join(folder, 'x')), /ENOENT/u);
    });
  });
});
