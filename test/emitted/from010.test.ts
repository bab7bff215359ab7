import assert from 'node:assert/strict';
import { repositoryOf010 } from '../regeneration/from010/repositories.ts';
import { teamEdits, teamFiles } from '../regeneration/from010/team.ts';
import { edit, put, run } from '../regeneration/support.ts';
import { needPython } from '../support/need.ts';
import { runOk } from '../support/run.ts';
import { venvFor } from '../support/venvs.ts';

describe('a repository of 0.1.0 that a team has edited, after upgrade', function () {
  this.timeout(300_000);

  for (const kind of ['default', 'redis', 'pgbouncer'] as const) {
    it(`${kind}: its own tests pass, and its linter has nothing to say`, async function () {
      const folder = repositoryOf010(kind);
      edit(folder, teamEdits);
      for (const [file, text] of Object.entries(teamFiles)) put(folder, file, text);
      const { code, message } = await run(folder, { command: 'upgrade' });
      assert.equal(code, 0, message);

      const python = await venvFor(folder, await needPython(this, '3.13'));
      const environment = { cwd: folder, env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' } };
      const { stdout } = await runOk(python, ['-m', 'pytest', '-p', 'no:cacheprovider', '-q'], environment);
      assert.match(stdout, /^\d+ passed/mu);
      assert.doesNotMatch(stdout, /failed|error/u);
      // The team's own length of a line is for its own files; those of the repository never had it.
      await runOk(python, ['-m', 'ruff', 'check', '--no-cache', '--line-length=100', '.'], environment);
      await runOk(python, ['manage.py', 'check', '--fail-level', 'WARNING'], environment);
    });
  }
});
