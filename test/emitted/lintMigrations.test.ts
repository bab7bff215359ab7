import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { emittedCases, repositoryOf } from '../support/emit.ts';
import { need, needPython } from '../support/need.ts';
import { root } from '../support/paths.ts';
import { run } from '../support/run.ts';
import { Postgres } from '../support/servers/postgres.ts';
import { stopServers } from '../support/servers/process.ts';
import { venvFor } from '../support/venvs.ts';

const program = path.join(root, 'test', 'support', 'migrations', 'lint.py');

/** Both versions of Django, each on the lowest Python that it takes. */
const examples = emittedCases.filter((example) => example.python === 'lowest').slice(0, 2);

describe('the emitted linter of migrations', function () {
  this.timeout(300_000);
  let postgres: Postgres;

  before(async function () {
    const programs = { postgres: need(this, 'postgres'), openssl: need(this, 'openssl') };
    postgres = await Postgres.create({ ...programs, maxConnections: 10 });
  });

  after(stopServers);

  for (const example of examples) {
    describe(example.name, () => {
      let repository = '';
      let python = '';

      before(async function () {
        repository = await repositoryOf(example);
        python = await venvFor(repository, await needPython(this, example.pythonMinimum));
      });

      /** Writes the cases as apps and lints them; with a server, what it was sent. */
      async function lint(server: readonly string[] = [], without = ''): Promise<string> {
        const folder = mkdtempSync(path.join(tmpdir(), 'linted-'));
        const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1', CASES_WITHOUT: without };
        const args = [program, repository, folder, ...server];
        const { code, output } = await run(python, args, { env });
        rmSync(folder, { recursive: true });
        assert.equal(code, 0, output);
        return output;
      }

      it('judges every operation of Django, or names it in a sentence', async () => {
        assert.equal(await lint(), '');
      });

      it('is tested with every operation, so that one that Django adds is noticed', async () => {
        assert.equal(await lint([], 'trigram'), 'TrigramExtension: no case has it\n');
      });

      if (example === examples.at(-1)) {
        it('judges the same where PostgreSQL is sent all of it, and was right about that SQL, name for name', async () => {
          assert.equal(await lint([postgres.folder, String(postgres.port)]), '');
          const left = await postgres.sql("SELECT datname FROM pg_database WHERE datname LIKE 'lint%'", 'postgres');
          assert.deepEqual(left, [], 'the database of the linter is still there');
        });
      }
    });
  }

  it('looks at two versions of Django', () => {
    const versions = examples.map((example) => example.flags[example.flags.indexOf('--django') + 1] ?? '5.2');
    assert.deepEqual(versions, ['5.2', '6.1']);
  });
});
