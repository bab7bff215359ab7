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
      edit(folder, teamEdits);
      for (const [file, text] of Object.entries(teamFiles)) put(folder, file, text);
      const before = Object.fromEntries(Object.keys(teamEdits).map((file) => [file, read(folder, file)]));
      const { stdout } = await regenerateAsIs(folder);
      for (const [file, text] of Object.entries(before)) {
        const fresh = await treeOf(folder);
        assert(fresh[file] !== undefined, file);
        for (const line of ownLines(kind, file, text)) assert(read(folder, file).includes(line), `${file}: ${line}`);
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

  it('an edited release program stays, and the run says that nothing uses it any more', async () => {
    const folder = repositoryOf010('default');
    edit(folder, { [program]: replace('SMOKE_SECONDS = 300', 'SMOKE_SECONDS = 600') });
    const mine = read(folder, program);
    const { stdout } = await regenerateAsIs(folder);
    assert.equal(read(folder, program), mine);
    assert.match(stdout, /deploy\/release\.py {2}.*it is yours now/u);
  });
});

async function regenerateAsIs(folder: string): Promise<{ readonly stdout: string }> {
  const { code, stdout, message } = await run(folder, { command: 'upgrade' });
  assert.equal(code, 0, message);
  await regenerate(folder, { command: 'upgrade' }, { tree: await treeOf(folder) });
  return { stdout };
}

/** The lines that the edit added. */
function ownLines(kind: Parameters<typeof repositoryOf010>[0], file: string, text: string): readonly string[] {
  const untouched = new Set(read(repositoryOf010(kind), file).split('\n'));
  return text.split('\n').filter((line) => !untouched.has(line));
}
