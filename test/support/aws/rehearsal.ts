import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { emitRepository } from '../emit.ts';
import { blocksOf } from '../markdown.ts';
import { run } from '../run.ts';
import { serverFolder } from '../servers/folder.ts';
import { Postgres } from '../servers/postgres.ts';
import { Account, accountNumber } from './account.ts';
import type { Rule } from './account.ts';
import { AwsCli } from './cli.ts';
import { enterPipeline } from './pipeline.ts';

/** What a rehearsal needs besides what is emitted. */
export interface RehearsalTools {
  /** The Python in whose virtual environment moto is. */
  readonly moto: string;
  readonly postgres: string;
  readonly openssl: string;
  /** The Python in whose virtual environment the AWS CLI is. */
  readonly awscli: string;
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
 * A new user's walk, from the generator to a rollback, a restore, and down and up again. AWS is the stand-in, but PostgreSQL is real, and the tasks run
 * their real commands as processes of this machine: dbinit, migrate, and gunicorn behind the stand-in's load balancer.
 *
 * @param onStep is told of each step as it ends
 * @throws when a step ends with another exit code than the walk expects
 */
export async function rehearse(tools: RehearsalTools, onStep: (step: Step) => void = () => {}): Promise<void> {
  const account = await Account.start(tools.moto);
  const cli = await AwsCli.start(tools.awscli);
  try {
    await walk(account, cli, tools, onStep);
  } finally {
    cli.stop();
  }
}

async function walk(account: Account, cli: AwsCli, tools: RehearsalTools, onStep: (step: Step) => void): Promise<void> {
  cli.placeIn(account.bin);
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
    AWS_REGION: 'us-east-1',
  };
  writeFileSync(
    path.join(home, 'gitconfig'),
    [
      '[user]',
      'name = Somebody',
      'email = somebody@example.com',
      '[init]',
      'defaultBranch = main',
      '[safe]',
      'directory = *',
      '',
    ].join('\n'),
  );
  account.setRules(tasksAsProcesses(account, postgres, python));

  const step = async (
    title: string,
    commands: readonly string[],
    expected: number,
    keys: NodeJS.ProcessEnv = {},
  ): Promise<Step> => {
    const options = { cwd: folder, env: { ...env, ...keys }, timeoutMs: 300_000 };
    const { code, output } = await run('bash', ['-euo', 'pipefail', '-c', commands.join('\n')], options);
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
  const platform = readFileSync(path.join(folder, 'deploy/cloudformation/platform.yaml'), 'utf8');
  write('deploy/cloudformation/platform.yaml', platform.replace('      Protocol: HTTP\n', '      Protocol: HTTTP\n'));
  await step(
    'A slip in a stack: it fails late, and the load balancer, which is protected, cannot be deleted again',
    [...commit('A slip'), 'make bootstrap'],
    2,
  );
  write('deploy/cloudformation/platform.yaml', platform);
  await step('It is mended: what never was complete is deleted and made again', commit('Mended'), 0);
  await step('The infrastructure: stacks, image, database role', ['make bootstrap'], 0);
  const { release } = await enterPipeline(account, 'github');
  await step("The first release, by the pipeline: with its role's rights and no other", ['make release'], 0, {
    ...release,
  });
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

  const page = blocksOf(readFileSync(path.join(folder, 'deploy/README.md'), 'utf8'));
  const blocks = (heading: string) => (page.get(heading) ?? []).map(({ lines }) => lines.join('\n'));
  const [restore = '', , ...afterwards] = blocks('Restore the database');
  await step('A restore of the database, by the commands of the runbook', [restore, ...afterwards], 0);
  await step('The site is still there', site, 0);
  await step('All of it is taken down, by the commands of the runbook', blocks('Take it all down').slice(0, 2), 0);
  await emptyDatabase(postgres);
  await step('And made again', ['make bootstrap', 'make release', ...site], 0);
}

/** The database that RDS would have made: owned by a master user that is no superuser, without the service's role. */
async function freshDatabase({ postgres: program, openssl }: RehearsalTools): Promise<Postgres> {
  const postgres = await Postgres.create({ postgres: program, openssl, maxConnections: 200 });
  await postgres.sql(`CREATE ROLE ${master.user} LOGIN CREATEROLE CREATEDB PASSWORD '${master.password}'`, 'postgres');
  await emptyDatabase(postgres);
  return postgres;
}

/** Makes the database as a new instance of RDS has it. */
async function emptyDatabase(postgres: Postgres): Promise<void> {
  await postgres.sql('DROP DATABASE shop WITH (FORCE)', 'postgres');
  await postgres.sql('DROP ROLE shop_app', 'postgres');
  await postgres.sql(`CREATE DATABASE shop OWNER ${master.user}`, 'postgres');
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
