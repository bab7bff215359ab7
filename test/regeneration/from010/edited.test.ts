import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { edit, put, read, regenerate, run, treeOf } from '../support.ts';
import { replace } from '../trees.ts';
import type { Edits } from '../trees.ts';
import { repositoryOf010 } from './repositories.ts';
import { teamEdits, teamFiles } from './team.ts';

/** What it has changed in the generator's own code, which has moved. */
const moved: Readonly<Record<string, { readonly to: string; readonly change: Edits[string]; readonly text: string }>> =
  {
    'shop/health.py': {
      to: 'django_fargate/health.py',
      change: replace('import threading\n', 'import threading  # ours: the replica is asked, too\n'),
      text: 'import threading  # ours: the replica is asked, too',
    },
    'shop/logs.py': {
      to: 'django_fargate/logs.py',
      change: (text) => `${text}\n\n# Ours: the auditors read these lines.\n`,
      text: '# Ours: the auditors read these lines.',
    },
  };

/** A file that is many modules now: the team's copy cannot follow. */
const program = 'deploy/release.py';

describe('a repository that version 0.1.0 wrote and a team has edited', function () {
  this.timeout(120_000);

  for (const kind of ['default', 'redis', 'pgbouncer'] as const) {
    it(`${kind}: upgrade keeps every edit of settings, pipelines and tasks`, async () => {
      const folder = repositoryOf010(kind);
      const texts = (): readonly (readonly [string, string])[] =>
        Object.keys(teamEdits).map((file) => [file, read(folder, file)]);
      const untouched = new Map(texts());
      edit(folder, teamEdits);
      for (const [file, text] of Object.entries(teamFiles)) put(folder, file, text);
      const added = texts().map(([file, text]) => [file, linesAdded(untouched.get(file) ?? '', text)] as const);
      const { stdout } = await regenerateAsIs(folder);
      for (const [file, lines] of added) {
        assert(lines.length > 0 && existsSync(path.join(folder, file)), file);
        for (const line of lines) assert(read(folder, file).includes(line), `${file}: ${line}`);
      }
      for (const [file, text] of Object.entries(teamFiles)) assert.equal(read(folder, file), text);
      assert.match(stdout, /^ {2}M shop\/settings\/base\.py /mu);
    });
  }

  it('edits of code that has moved go along, and the run says that upgrade replaces that folder', async () => {
    const folder = repositoryOf010('default');
    edit(folder, Object.fromEntries(Object.entries(moved).map(([file, { change }]) => [file, change as never])));
    const { stdout } = await regenerateAsIs(folder);
    for (const [from, { to, text }] of Object.entries(moved)) {
      assert(!existsSync(path.join(folder, from)), from);
      assert(read(folder, to).includes(text), to);
      assert(stdout.includes(`${to}  `), stdout);
    }
    assert.match(stdout, /^django_fargate\/ .*upgrade/mu);
  });

  it('edited settings of development stay, and the run says what to write for DATABASE_URL; unedited ones have it', async () => {
    const local = 'shop/settings/local.py';
    const told = /write there: `from \.base import env`, and `DATABASES = /u;
    const folder = repositoryOf010('default');
    edit(folder, { [local]: (text) => `${text}\nINTERNAL_IPS = ["127.0.0.1"]\n` });
    const mine = read(folder, local);
    assert.match((await regenerateAsIs(folder)).stdout.replaceAll(/\s+/gu, ' '), told);
    assert.equal(read(folder, local), mine);
    const unedited = repositoryOf010('default');
    assert.doesNotMatch((await regenerateAsIs(unedited)).stdout.replaceAll(/\s+/gu, ' '), told);
    assert.match(read(unedited, local), /env\.database_url\(\) or /u);
  });

  it('an edited start of PgBouncer goes along into that folder, and its image copies it from there', async () => {
    const folder = repositoryOf010('pgbouncer');
    const start = 'deploy/pgbouncer/start.py';
    const own = '\n\n# Ours: the auditors read this, too.\n';
    edit(folder, { [start]: (text) => `${text}${own}` });
    await regenerateAsIs(folder);
    assert(!existsSync(path.join(folder, start)), start);
    assert(read(folder, 'django_fargate/pgbouncer/start.py').endsWith(own));
    assert.match(read(folder, 'deploy/pgbouncer/Dockerfile'), /^COPY .* django_fargate\/pgbouncer\/start\.py /mu);
  });

  it('an edited release program stays, and the run says what does its work now', async () => {
    const folder = repositoryOf010('default');
    edit(folder, { [program]: replace('SMOKE_SECONDS = 300', 'SMOKE_SECONDS = 600') });
    const mine = read(folder, program);
    const { stdout } = await regenerateAsIs(folder);
    assert.equal(read(folder, program), mine);
    const told = 'kept: the generator no longer writes it, django_fargate/release/ does its work; it is yours now';
    assert.ok(stdout.includes(`  k ${program}  ${told}\n`), stdout);
    const tree = await treeOf(folder);
    for (const gone of ['deploy/push.py', 'deploy/identity.py', 'tests/test_release.py'])
      assert.ok(!(gone in tree), gone);
    assert.ok('django_fargate/release/cli.py' in tree && 'deploy/release.json' in tree);
  });
});

async function regenerateAsIs(folder: string): Promise<{ readonly stdout: string }> {
  const { code, stdout, message } = await run(folder, { command: 'upgrade' });
  assert.equal(code, 0, message);
  await regenerate(folder, { command: 'upgrade' }, { tree: await treeOf(folder) });
  return { stdout };
}

/** The lines of a text that another one does not have. */
function linesAdded(before: string, after: string): readonly string[] {
  const known = new Set(before.split('\n'));
  return after.split('\n').filter((line) => !known.has(line));
}
