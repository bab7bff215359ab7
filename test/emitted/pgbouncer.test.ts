import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { emittedCases, readEmitted, repositoryOf } from '../support/emit.ts';
import { needPython } from '../support/need.ts';
import { runOk } from '../support/run.ts';
import { venvFor } from '../support/venvs.ts';

const clean = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };

const ini = 'deploy/pgbouncer/pgbouncer.ini';
const dockerfile = 'deploy/pgbouncer/Dockerfile';
const [web, migrate, ops, task] = ['web', 'migrate', 'ops', 'pgbouncer'].map((name) => `deploy/ecs/${name}.json`);

/** The tests that are to notice each edit, in one process: to start pytest takes longer than to run them. */
const eachEdit = `
import contextlib, io, json, pathlib, pytest, sys
outcomes = []
for edit in json.load(sys.stdin):
    path = pathlib.Path(edit["file"])
    before = path.read_text()
    path.write_text(edit["text"])
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        options = ["-p", "no:cacheprovider", "-p", "no:django", "--quiet", "-k", edit["by"]]
        code = pytest.main([*options, "tests/test_pgbouncer.py"])
    path.write_text(before)
    outcomes.append({"code": int(code), "output": output.getvalue()})
json.dump(outcomes, sys.stdout)
`;

interface Fault {
  readonly what: string;
  readonly file: string | undefined;
  readonly from: RegExp;
  readonly to: string;
  /** The end of the name of the test that notices it. */
  readonly by: string;
}

/** Edits by hand, each of which breaks what holds PgBouncer, its clients and the database together. */
const faults: readonly Fault[] = [
  {
    what: 'a larger pool',
    file: ini,
    from: /^default_pool_size = \d+/mu,
    to: 'default_pool_size = 90',
    by: 'all_others',
  },
  { what: 'a pool for each user', file: ini, from: /^max_db_conn\w+ = \d+/mu, to: '', by: 'than_the_pool_has' },
  {
    what: 'a reserve',
    file: ini,
    from: /^reserve_pool_size = 0/mu,
    to: 'reserve_pool_size = 5',
    by: 'than_the_pool_has',
  },
  {
    what: 'pools of sessions',
    file: ini,
    from: /^pool_mode = \w+/mu,
    to: 'pool_mode = session',
    by: 'than_the_pool_has',
  },
  {
    what: 'fewer clients',
    file: ini,
    from: /^max_client_conn = \d+/mu,
    to: 'max_client_conn = 20',
    by: 'client_alone',
  },
  { what: 'too few files', file: task, from: /"softLimit": 65535/u, to: '"softLimit": 100', by: 'client_alone' },
  { what: 'no TLS for clients', file: ini, from: /^client_tls_sslmode = \w+/mu, to: '', by: 'proves_its_name' },
  { what: 'a database unproved', file: ini, from: /verify-full/u, to: 'require', by: 'proves_its_name' },
  { what: 'an administrator', file: ini, from: /^stats_period/mu, to: 'admin_users = app\n$&', by: 'proves_its_name' },
  {
    what: 'a slow look',
    file: ini,
    from: /^server_connect_timeout = 5/mu,
    to: 'server_connect_timeout = 15',
    by: 'is_away',
  },
  { what: 'another port', file: ini, from: /^listen_port = 6432/mu, to: 'listen_port = 5432', by: 'go_through_it' },
  { what: 'SIGTERM', file: dockerfile, from: /^STOPSIGNAL SIGINT/mu, to: 'STOPSIGNAL SIGTERM', by: 'transactions_end' },
  { what: 'a file without a copy', file: dockerfile, from: / \S+start\.py/u, to: '', by: 'proves_its_name' },
  { what: 'an early end', file: task, from: /"stopTimeout": \d+/u, to: '"stopTimeout": 10', by: 'transactions_end' },
  {
    what: 'shells through it',
    file: ops,
    from: /"RDS_ENDPOINT"/u,
    to: '"pgbouncer.shop.internal"',
    by: 'go_through_it',
  },
  { what: 'limits without effect', file: web, from: /DB_SSLMODE/u, to: 'DB_LOCK_TIMEOUT_MS', by: 'are_the_roles' },
  { what: 'no limits', file: migrate, from: /DB_ROLE_LOCK_TIMEOUT_MS/u, to: 'LOCK', by: 'are_the_roles' },
  { what: 'another role', file: task, from: /shop_app/u, to: 'shop_pool', by: 'on_both_sides' },
  { what: 'a check of another port', file: task, from: /0\.1', 6432/u, to: "0.1', 5432", by: 'asks_pgbouncer_for_tls' },
];

describe('the emitted PgBouncer', function () {
  this.timeout(300_000);
  const example = emittedCases.find(({ flags }) => flags.includes('pgbouncer'));
  let folder = '';
  let repository = '';
  let python = '';

  before(async function () {
    assert.ok(example !== undefined);
    const source = await repositoryOf(example);
    python = await venvFor(source, await needPython(this, example.pythonMinimum, example.python));
    folder = mkdtempSync(path.join(tmpdir(), 'pgbouncer-'));
    repository = path.join(folder, 'shop');
    cpSync(source, repository, { recursive: true });
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  it('is not left with any such edit by its own tests', async () => {
    const unchanged = { file: ini, text: readEmitted(repository, ini), by: 'not missing' };
    const edits = faults.map(({ what, file = '', from, to, by }) => {
      const before = readEmitted(repository, file);
      const text = before.replace(from, to);
      assert.notEqual(text, before, `${what}: nothing was planted`);
      return { file, text, by };
    });
    const input = JSON.stringify([unchanged, ...edits]);
    const { stdout } = await runOk(python, ['-c', eachEdit], { cwd: repository, env: clean, input });
    const [first, ...outcomes] = JSON.parse(stdout) as { code: number; output: string }[];
    assert.equal(first?.code, 0, first?.output);
    assert.equal(outcomes.length, faults.length);
    for (const [index, { what, by }] of faults.entries()) {
      const { code, output } = outcomes[index] as { code: number; output: string };
      assert.equal(code, 1, `${what}: ${output}`);
      assert.match(output, new RegExp(`^FAILED .*::test_\\w*${by}\\b`, 'mu'), `${what}: ${output}`);
    }
  });
});
