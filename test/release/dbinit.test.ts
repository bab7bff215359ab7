import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import path from 'node:path';
import type { Context } from 'mocha';
import { emittedCases, repositoryOf } from '../support/emit.ts';
import { need, needPython } from '../support/need.ts';
import { run, runOk } from '../support/run.ts';
import type { Outcome } from '../support/run.ts';
import { serverFolder } from '../support/servers/folder.ts';
import { Postgres } from '../support/servers/postgres.ts';
import { stopServers } from '../support/servers/process.ts';
import { containerOf, taskEnvironment } from '../support/servers/service.ts';
import { venvFor } from '../support/venvs.ts';

/** As RDS makes it: no superuser, but it makes roles and databases. */
const master = { user: 'master_user', password: "m'a s:t/e%r" } as const;
const database = 'fresh';
const role = 'fresh_app';

interface Version {
  readonly name: string;
  readonly start: (context: Context) => Promise<{ readonly postgres: Postgres; readonly tls: NodeJS.ProcessEnv }>;
}

const versions: readonly Version[] = [
  {
    name: "PostgreSQL of this machine, over TLS with the server's certificate checked",
    async start(context) {
      const programs = { postgres: need(context, 'postgres'), openssl: need(context, 'openssl') };
      const postgres = await Postgres.create({ ...programs, maxConnections: 60 });
      return { postgres, tls: { DB_SSLROOTCERT: postgres.authority } };
    },
  },
  {
    name: 'PostgreSQL 18, where a role that makes another cannot become it',
    async start(context) {
      const python = need(context, 'postgres18');
      const { stdout } = await runOk(python, ['-c', 'import embedded_postgres as it; print(it.__path__[0])']);
      // Copied to where the unprivileged server may read it.
      const folder = serverFolder('postgres18');
      cpSync(path.dirname(stdout.trim()), folder, {
        recursive: true,
        filter: (file) => !file.includes('site-packages/') || file.includes('embedded_postgres'),
      });
      const bin = path.join(folder, 'embedded_postgres', 'pginstall', 'bin');
      await runOk('chmod', ['-R', 'a+rX,a+x', bin]);
      const options = { postgres: path.join(bin, 'postgres'), openssl: need(context, 'openssl'), tls: false };
      return { postgres: await Postgres.create({ ...options, maxConnections: 60 }), tls: { DB_SSLMODE: 'disable' } };
    },
  },
];

describe('dbinit', function () {
  this.timeout(120_000);
  let repository: string;
  let python: string;

  before(async function () {
    const [example] = emittedCases;
    assert.ok(example !== undefined);
    repository = await repositoryOf(example);
    python = await venvFor(repository, await needPython(this, example.pythonMinimum, example.python));
  });

  after(stopServers);

  for (const { name, start } of versions) {
    describe(`with ${name}`, () => {
      let postgres: Postgres;
      let tls: NodeJS.ProcessEnv;

      before(async function () {
        ({ postgres, tls } = await start(this));
        const password = master.password.replaceAll("'", "''");
        await postgres.sql(`CREATE ROLE ${master.user} LOGIN CREATEROLE CREATEDB PASSWORD '${password}'`, 'postgres');
        await postgres.sql(`CREATE DATABASE ${database} OWNER ${master.user}`, 'postgres');
        await postgres.sql(`ALTER ROLE ${master.user} SET log_statement = 'all'`, 'postgres');
      });

      it('makes the role and gives it the database, for a master that is no superuser', async () => {
        const { output } = ended(await dbinit('first/p@ss:w%rd'), 0);
        assert.match(output, new RegExp(`role ${role}: created`, 'u'));
        assert.match(output, new RegExp(`owner is ${role}, was ${master.user}`, 'u'));
        assert.match(output, /max_connections is 60/u);
        assert.deepEqual(
          await postgres.sql(`SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = '${database}'`),
          [role],
        );
        const flags = 'rolsuper, rolcreaterole, rolcreatedb, rolcanlogin';
        assert.deepEqual(await postgres.sql(`SELECT ${flags} FROM pg_roles WHERE rolname = '${role}'`), ['f|f|f|t']);
      });

      it('encrypts the password before it is sent', async () => {
        const [stored] = await postgres.sql(`SELECT rolpassword FROM pg_authid WHERE rolname = '${role}'`);
        assert.match(stored ?? '', /^SCRAM-SHA-256\$/u);
        assert.match(postgres.log, /CREATE ROLE/u, 'its statements are logged');
        assert.ok(!postgres.log.includes('first/p@ss'), 'the password is in the log');
      });

      it('leaves a role that the migrations run with', async () => {
        const { output } = ended(await migrate('first/p@ss:w%rd'), 0);
        assert.match(output, /Applying auth\.0001_initial/u);
        const tables = await postgres.sql(
          "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'",
          database,
        );
        assert.deepEqual(tables, [role]);
      });

      it('may run again, and then only sets the password', async () => {
        const { output } = ended(await dbinit('second'), 0);
        assert.match(output, new RegExp(`role ${role}: password set`, 'u'));
        assert.match(output, new RegExp(`owner is ${role} already`, 'u'));
        ended(await migrate('second'), 0);
        assert.match(ended(await migrate('first/p@ss:w%rd'), 1).output, /password authentication failed/u);
      });

      it('stops before the first migration when the server takes fewer connections than were planned', async () => {
        const { output } = ended(await migrate('second', { DB_PLANNED_CONNECTIONS: '61' }), 1);
        assert.match(output, /CommandError: max_connections is 60, and this release may need 61/u);
        assert.doesNotMatch(output, /Running migrations/u);
        ended(await migrate('second', { DB_PLANNED_CONNECTIONS: '60' }), 0);
      });

      it('makes the extensions that only a superuser may; the role itself makes those that PostgreSQL trusts', async () => {
        const create = (extension: string) => asRole(`CREATE EXTENSION IF NOT EXISTS ${extension}`);
        ended(await create('pg_trgm'), 0);
        assert.match(ended(await create('bloom'), 1).output, /permission denied to create extension "bloom"/u);
        const wanted = { DB_EXTENSIONS: 'bloom, pageinspect' };
        assert.match(ended(await dbinit('second', wanted), 1).stderr, /^dbinit: permission denied [^\n]*\n$/u);
        // As rds_superuser on RDS may, though it is no superuser.
        await postgres.sql(`ALTER ROLE ${master.user} SUPERUSER`, 'postgres');
        assert.match(ended(await dbinit('second', wanted), 0).output, /^extensions: bloom, pageinspect$/mu);
        await postgres.sql(`ALTER ROLE ${master.user} NOSUPERUSER`, 'postgres');
        // A migration that creates it finds it there, and a second dbinit, too.
        ended(await create('bloom'), 0);
        ended(await dbinit('second', wanted), 0);
        assert.deepEqual(await postgres.sql("SELECT extname FROM pg_extension WHERE extname <> 'plpgsql'", database), [
          'pg_trgm',
          'bloom',
          'pageinspect',
        ]);
      });

      it('knows which extensions PostgreSQL trusts', async () => {
        const known = 'from django_fargate.linting.extensions import TRUSTED; print(*TRUSTED, sep="\\n")';
        const trusted = (await runOk(python, ['-c', known], { cwd: repository })).stdout.split('\n');
        const available = await postgres.sql(
          'SELECT DISTINCT trusted, name FROM pg_available_extension_versions',
          database,
        );
        assert.ok(available.length > 40, available.join());
        const wrong = available.filter((row) => trusted.includes(row.slice(2)) !== row.startsWith('t|'));
        assert.deepEqual(wrong, []);
      });

      it('ends with one line when it cannot connect', async () => {
        const { stderr } = ended(await dbinit('third', { MASTER_PASSWORD: 'wrong' }), 1);
        assert.match(stderr, /^dbinit: [^\n]*password authentication failed[^\n]*\n$/u);
      });

      /** Runs the command of the dbinit task in the task's environment. */
      function dbinit(password: string, changes: NodeJS.ProcessEnv = {}): Promise<Outcome> {
        const secrets = { DB_PASSWORD: password, MASTER_USER: master.user, MASTER_PASSWORD: master.password };
        return runTask('dbinit', { ...secrets, ...changes });
      }

      function migrate(password: string, changes: NodeJS.ProcessEnv = {}): Promise<Outcome> {
        return runTask('migrate', { DB_PASSWORD: password, DB_PLANNED_CONNECTIONS: '', ...changes });
      }

      /** Runs SQL as the service's role, over its connection. */
      function asRole(text: string): Promise<Outcome> {
        const script =
          'import os, sys; from django_fargate import dbinit as it\nwith it.connect(os.environ, *sys.argv[1:3]) as c: c.execute(sys.argv[3])';
        return runTask('dbinit', {}, ['-c', script, role, 'second', text]);
      }

      function runTask(task: string, changes: NodeJS.ProcessEnv, instead?: readonly string[]): Promise<Outcome> {
        const [program, ...args] = containerOf(repository, task).command ?? [];
        assert.equal(program, 'python');
        const names = { DB_NAME: database, DB_USER: role };
        const env = { ...taskEnvironment(repository, task, postgres), ...names, DB_SSLROOTCERT: undefined, ...tls };
        return run(python, instead ?? args, { cwd: repository, env: { ...env, ...changes } });
      }
    });
  }
});

function ended(outcome: Outcome, code: number): Outcome {
  assert.equal(outcome.code, code, outcome.output);
  return outcome;
}
