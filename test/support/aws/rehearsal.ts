import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { emitRepository } from '../emit.ts';
import { run } from '../run.ts';
import { serverFolder } from '../servers/folder.ts';
import { Postgres } from '../servers/postgres.ts';
import { Account, accountNumber } from './account.ts';
import type { Rule } from './account.ts';

/** What a rehearsal needs besides what is emitted. */
export interface RehearsalTools {
  /** The Python in whose virtual environment moto is. */
  readonly moto: string;
  readonly postgres: string;
  readonly openssl: string;
  /** Makes the checkout's .venv, in which the repository's requirements are; without it make does, in half a minute. */
  readonly makeVenv?: (repository: string) => Promise<void>;
}

/** One command of the walk, or a change that the user makes. */
export interface Step {
  /** What the user does, and why. */
  readonly title: string;
  /** As typed, one a line. */
  readonly commands: readonly string[];
  /** What was printed, stdout and stderr. */
  readonly output: string;
  readonly code: number;
}

const master = { user: 'postgres_master', password: 'rehearsal' } as const;

/** Files that the user writes on the way. */
const model = `from django.db import models


class Item(models.Model):
    name = models.CharField(max_length=100)
    note = models.TextField(null=True)
`;
const modelWithoutNote = model.replace('    note = models.TextField(null=True)\n', '');
const breakingMigration = `from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [migrations.RunSQL("SELECT 1 / 0")]
`;

/**
 * A new user's walk, from the generator to a rollback. AWS is the stand-in, but PostgreSQL is real, and the tasks run
 * their real commands as processes of this machine: dbinit, migrate, and gunicorn behind the stand-in's load balancer.
 *
 * @param onStep is told of each step as it ends
 * @throws when a step ends with another exit code than the walk expects
 */
export async function rehearse(tools: RehearsalTools, onStep: (step: Step) => void = () => {}): Promise<void> {
  const account = await Account.start(tools.moto);
  const postgres = await freshDatabase(tools);
  const home = serverFolder('rehearsal');
  const folder = path.join(home, 'shop');
  const python = path.join(folder, '.venv', 'bin', 'python');
  const env = {
    ...process.env,
    ...account.environment,
    HOME: process.env['HOME'],
    AWS_CONFIG_FILE: path.join(home, 'none'),
    AWS_SHARED_CREDENTIALS_FILE: path.join(home, 'none'),
    GIT_CONFIG_GLOBAL: path.join(home, 'gitconfig'),
    GIT_AUTHOR_DATE: '2026-01-01T12:00:00Z',
    GIT_COMMITTER_DATE: '2026-01-01T12:00:00Z',
    MAKEFLAGS: '--silent',
  };
  writeFileSync(
    path.join(home, 'gitconfig'),
    ['[user]', 'name = Somebody', 'email = somebody@example.com', '[init]', 'defaultBranch = main', ''].join('\n'),
  );
  account.setRules(tasksAsProcesses(account, postgres, python));

  const step = async (title: string, commands: readonly string[], expected: number): Promise<Step> => {
    const { code, output } = await run('sh', ['-c', commands.join(' && ')], { cwd: folder, env, timeoutMs: 300_000 });
    const taken = { title, commands, output, code };
    onStep(taken);
    if (code !== expected) {
      throw new Error(`${title}: exit ${code}, not ${expected}\n${output}`);
    }
    return taken;
  };
  const write = (file: string, text: string) => writeFileSync(path.join(folder, file), text);
  const commit = (message: string) => ['git add --all', `git commit --quiet --message "${message}"`];
  const site = [`curl --silent --show-error ${account.url}/readyz`];

  await emitRepository(folder, []);
  await tools.makeVenv?.(folder);
  const parameters = readFileSync(path.join(folder, 'deploy/parameters.json'), 'utf8');
  await step('A repository, and its first commit', ['git init --quiet', ...commit('First commit')], 0);
  await step('The infrastructure, before it is said whose it is: refused, and nothing is made', ['make bootstrap'], 2);
  const owned = parameters.replace('"Repository": ""', '"Repository": "somebody/shop"');
  write('deploy/parameters.json', owned.replace('"account": ""', '"account": "210987654321"'));
  await step('Account and repository are said in deploy/parameters.json', commit('Where it lives'), 0);
  await step('With the credentials of another account: refused, and AWS is asked for nothing', ['make bootstrap'], 2);
  write('deploy/parameters.json', owned.replace('"account": ""', `"account": "${accountNumber}"`));
  await step('The right account is said', commit('Where it lives indeed'), 0);
  await step('The infrastructure: stacks, image, database role', ['make bootstrap'], 0);
  await step('The first release', ['make release'], 0);
  await step('The service answers through the load balancer', site, 0);

  write('shop/models.py', model);
  await step(
    'A change: a model, its migration, a release',
    ['.venv/bin/python manage.py makemigrations shop', 'make lint-migrations', ...commit('Items'), 'make push release'],
    0,
  );

  write('shop/migrations/0002_breaks.py', breakingMigration);
  const breaks = [...commit('A migration that fails'), 'make push', 'make release'];
  await step('A migration that fails: the release stops, the service goes on', breaks, 2);
  await step('What runs now', ['make status', ...site], 0);

  await step('That commit is taken back', ['git revert --no-edit HEAD >/dev/null'], 0);
  write('shop/wsgi.py', 'raise RuntimeError("this commit does not start")\n');
  const dies = [...commit('Does not start'), 'make push', 'make release'];
  await step('An image that does not start: ECS goes back, the release fails', dies, 2);
  await step('That one, too', ['git revert --no-edit HEAD >/dev/null', ...site], 0);

  write('shop/urls.py', `${readFileSync(path.join(folder, 'shop/urls.py'), 'utf8')}# A harmless change.\n`);
  await step('A release that turns out to be a mistake', [...commit('A mistake'), 'make push release'], 0);
  await step('Back to the release before', ['make rollback'], 0);

  write('shop/models.py', modelWithoutNote);
  await step(
    'A column is dropped: the migration linter objects, since the release before still reads it',
    ['.venv/bin/python manage.py makemigrations shop --name drop_note', 'make lint-migrations'],
    2,
  );
  const migration = 'shop/migrations/0002_drop_note.py';
  write(
    migration,
    readFileSync(path.join(folder, migration), 'utf8').replace(
      'class Migration(migrations.Migration):\n',
      'class Migration(migrations.Migration):\n    linter_override = "no page shows the note any more"\n',
    ),
  );
  const override = ['make lint-migrations', ...commit('Drop the note'), 'make push release'];
  await step('It is reviewed and released all the same: without a way back', override, 0);
  await step('So a rollback is refused', ['make rollback'], 2);
  await step('What runs in the end', ['make status'], 0);
  await step('A command in a one-off task', ['make shell ARGS="-- python manage.py showmigrations shop"'], 0);
}

/** The database that RDS would have made: owned by a master user that is no superuser, without the service's role. */
async function freshDatabase({ postgres: program, openssl }: RehearsalTools): Promise<Postgres> {
  const postgres = await Postgres.create({ postgres: program, openssl, maxConnections: 200 });
  await postgres.sql('DROP DATABASE shop', 'postgres');
  await postgres.sql('DROP ROLE shop_app', 'postgres');
  await postgres.sql(`CREATE ROLE ${master.user} LOGIN CREATEROLE CREATEDB PASSWORD '${master.password}'`, 'postgres');
  await postgres.sql(`CREATE DATABASE shop OWNER ${master.user}`, 'postgres');
  return postgres;
}

/** Every task runs the command of its container, in the files of its image, on the database of this machine. */
function tasksAsProcesses(account: Account, postgres: Postgres, python: string): readonly Rule[] {
  const database = { DB_HOST: postgres.address, DB_PORT: String(postgres.port), DB_SSLROOTCERT: postgres.authority };
  const env = { ...database, ALLOWED_HOSTS: '127.0.0.1', PYTHONDONTWRITEBYTECODE: '1' };
  const asProcess = { cwd: path.join(account.images, 'SHA'), python, env };
  const gunicorn = ['python', '-m', 'gunicorn', 'shop.wsgi:application', '-c', 'gunicorn.conf.py'];
  return [
    {
      family: 'shop-dbinit',
      // moto makes a password of its own, which no real server knows.
      exec: { ...asProcess, env: { ...env, MASTER_USER: master.user, MASTER_PASSWORD: master.password } },
    },
    { family: 'shop-migrate', exec: asProcess },
    { family: 'shop-ops', exec: asProcess },
    { family: 'shop-web', exec: { ...asProcess, argv: [...gunicorn, '--bind', '127.0.0.1:PORT'] } },
  ];
}
