import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Account, accountNumber } from '../support/aws/account.ts';
import { Checkout } from '../support/aws/checkout.ts';
import { failed, refused, succeeded } from '../support/aws/outcomes.ts';
import { enterPipeline } from '../support/aws/pipeline.ts';
import { emitRepository } from '../support/emit.ts';
import { need, needPython } from '../support/need.ts';
import { serverFolder } from '../support/servers/folder.ts';
import { stopServers } from '../support/servers/process.ts';
import { venvFor } from '../support/venvs.ts';

const file = 'deploy/pgbouncer/pgbouncer.ini';

/** Its pipeline is CodeBuild, and its static files are on S3. Uploads are kept in life.test.ts. */
const flags = ['--pooler', 'pgbouncer', '--ci', 'codebuild', '--static', 's3', '--media', 'none'];

/** A PgBouncer that bootstrap makes and no release touches. Its tasks only live; what they do is another test's. */
describe('the life of PgBouncer on the AWS stand-in', function () {
  this.timeout(180_000);
  this.slow(30_000);
  this.bail(true);
  let account: Account;
  let checkout: Checkout;
  const released: string[] = [];

  before(async function () {
    const moto = need(this, 'moto');
    const interpreter = await needPython(this, '3.11', 'lowest');
    const repository = await emitRepository(path.join(serverFolder('pooled'), 'shop'), flags);
    account = await Account.start(moto);
    checkout = await Checkout.of(repository, await venvFor(repository, interpreter), account);
    checkout.write('staticfiles/staticfiles.json', JSON.stringify({ paths: { 'shop.css': 'shop.0123.css' } }));
    checkout.write('staticfiles/shop.0123.css', 'body {}');
  });

  after(stopServers);

  it('is built, pushed and registered once by bootstrap, and runs twice before there is a web service', async () => {
    released.push(await checkout.commit('First commit'));
    account.setRules([{ family: 'shop-dbinit', log: ['role shop_app: created'] }]);
    const { output } = succeeded(await checkout.release('bootstrap'));
    assert.match(output, /registered shop-pgbouncer:1\n[^]*pgbouncer: CREATE_COMPLETE[^]*service: CREATE_COMPLETE/u);
    const [build, push, ...others] = asked();
    assert.match(String(build), /^build --pull --file \S+deploy\/pgbouncer\/Dockerfile --tag \S+ \S+$/u);
    assert.equal(push, `push ${String(build?.split(' ').at(-2))}`);
    assert.deepEqual(others, []);
    assert.match(String(push), new RegExp(`/shop-pgbouncer:${await configuration()}$`, 'u'));
    await assertRuns(1);
    assert.equal(await account.service('shop'), undefined);
    assert.deepEqual(await names(), ['pgbouncer.shop.internal']);
    checkout.pipeline = await enterPipeline(account, 'codebuild');
  });

  it('is left alone by a second bootstrap', async () => {
    const { output } = succeeded(await checkout.release('bootstrap'));
    assert.match(output, /pgbouncer: nothing to change/u);
    await assertRuns(1);
    assert.equal(asked().length, 2);
  });

  it('is there when the web tasks are released, which look for it', async () => {
    succeeded(await checkout.release('release'));
    assert.equal(await account.servedCommit(), released[0]);
    const { stdout } = succeeded(await checkout.release('status'));
    assert.match(stdout, /^pgbouncer {2}shop-pgbouncer:1 2 of 2 run, COMPLETED$/mu);
    const database = await environmentOf('web');
    assert.deepEqual([database['DB_HOST'], database['DB_PORT']], ['pgbouncer.shop.internal', '6432']);
    assert.notEqual((await environmentOf('pgbouncer'))['DB_HOST'], database['DB_HOST']);
    succeeded(await checkout.release('logs', 'pgbouncer'));
  });

  it('is left alone by a release that does not change it', async () => {
    released.push(await checkout.commitAndPush('Second commit'));
    succeeded(await checkout.release('release'));
    await assertRuns(1);
    assert.equal(await account.servedCommit(), released[1]);
  });

  it('is not replaced by a release that changes it, which is refused before it begins', async () => {
    const before = await configuration();
    checkout.write(file, checkout.read(file).replace(/query_wait_timeout = \d+/u, 'query_wait_timeout = 7'));
    released.push(await checkout.commitAndPush('Another wait'));
    const message = `deploy/pgbouncer changed: this commit has \\w+, ${before} runs; run \`make bootstrap\` first`;
    refused(await checkout.release('release'), new RegExp(message, 'u'));
    assert.equal(await account.servedCommit(), released[1]);
    await assertRuns(1);
  });

  it('is replaced by bootstrap, and the release goes on', async () => {
    succeeded(await checkout.release('bootstrap'));
    await assertRuns(2);
    assert.equal(asked().length, 4);
    assert.equal(await account.servedCommit(), released[1]);
    succeeded(await checkout.release('release'));
    assert.equal(await account.servedCommit(), released[2]);
  });

  it('is left alone by a rollback', async () => {
    succeeded(await checkout.release('rollback'));
    assert.equal(await account.servedCommit(), released[1]);
    await assertRuns(2);
  });

  it('goes back by itself when it does not start, and releases are refused until that is mended', async () => {
    checkout.write(file, checkout.read(file).replace('query_wait_timeout = 7', 'query_wait_timeout = 8'));
    await checkout.commitAndPush('A PgBouncer that does not start');
    const { stderr } = refused(await checkout.release('verify'), /deploy\/pgbouncer changed/u);
    const sha = String(/this commit has (\w+)/u.exec(stderr)?.[1]);
    account.setRules([{ family: 'shop-pgbouncer', sha, exitCode: 1, log: ['pgbouncer: DB_PASSWORD is missing'] }]);
    const { stdout } = failed(
      await checkout.release('bootstrap'),
      /the stack shop-pgbouncer is UPDATE_ROLLBACK_COMPLETE.*make logs ARGS=pgbouncer/u,
    );
    assert.match(stdout, /UPDATE_FAILED Pgbouncer/u);
    assert.match(succeeded(await checkout.release('logs', 'pgbouncer')).stdout, /DB_PASSWORD is missing/u);
    refused(await checkout.release('release'), /deploy\/pgbouncer changed/u);
    account.setRules([]);
    succeeded(await checkout.release('bootstrap'));
    succeeded(await checkout.release('release'));
  });

  it('has needed each right of its roles, and no other', async () => {
    succeeded(await checkout.release('logs', 'web'));
    account.setRules([{ family: 'shop-ops', exitCode: 0 }]);
    succeeded(await checkout.release('run', '--', 'true'));
    const roles = ['shop-build', 'shop-release', 'shop-ecs-execution', 'shop-dbinit-execution', 'shop-task'];
    // Releases that fail, two at once, and secrets of the project's own are in life.test.ts.
    const secret = `arn:aws:secretsmanager:us-east-1:${accountNumber}:secret:shop/app-`;
    const elsewhere = [
      `shop-ecs-execution Secrets: ${secret}`,
      `shop-release FindSecrets: ${secret}`,
      'shop-release ReadStacks: cloudformation:DescribeStackEvents',
      'shop-release Tasks: ecs:StopTask',
    ];
    // The connection is a new one, and the rights on an old one have another name.
    const older = ['shop-build', 'shop-release'].flatMap((role) =>
      ['GetConnection', 'GetConnectionToken'].map((name) => `${role} Connect: codestar-connections:${name}`),
    );
    const { refused: denied, unneeded } = await account.rights(...roles);
    const rest = unneeded.map((right) => right.replace(/(?<=shop\/app-)\w{6}$/u, ''));
    assert.deepEqual([denied, rest.toSorted()], [[], [...elsewhere, ...older].toSorted()]);
  });

  /** What docker was asked for PgBouncer's sake. */
  function asked(): readonly string[] {
    const written = path.join(account.images, 'asked');
    const lines = existsSync(written) ? readFileSync(written, 'utf8').trim().split('\n') : [];
    return lines.filter((line) => line.includes('/shop-pgbouncer:'));
  }

  /** The variables of the revision that a service runs. */
  async function environmentOf(name: string): Promise<Readonly<Record<string, string>>> {
    type Answer = { taskDefinition: { containerDefinitions: [{ environment: { name: string; value: string }[] }] } };
    const { deployments = [] } = (await account.service('shop', name)) ?? {};
    const body = { taskDefinition: deployments[0]?.taskDefinition };
    const target = 'AmazonEC2ContainerServiceV20141113.DescribeTaskDefinition';
    const { taskDefinition } = await account.ask<Answer>('ecs', target, body);
    return Object.fromEntries(taskDefinition.containerDefinitions[0].environment.map((one) => [one.name, one.value]));
  }

  async function configuration(): Promise<string> {
    return String((await account.stack('shop-pgbouncer'))?.parameters['Configuration']);
  }

  async function assertRuns(revision: number): Promise<void> {
    const { desiredCount, deployments = [] } = (await account.service('shop', 'pgbouncer')) ?? {};
    const arn = `arn:aws:ecs:us-east-1:123456789012:task-definition/shop-pgbouncer:${revision}`;
    assert.deepEqual([desiredCount, deployments.map(({ taskDefinition }) => taskDefinition)], [2, [arn]]);
    assert.equal((await account.stack('shop-pgbouncer'))?.parameters['Revision'], arn);
  }

  /** The names that Cloud Map gives tasks. */
  async function names(): Promise<readonly string[]> {
    const list = async (what: string): Promise<readonly string[]> => {
      const target = `Route53AutoNaming_v20170314.List${what}`;
      const answer = await account.ask<Record<string, { Name: string }[]>>('servicediscovery', target, {});
      return (answer[what] ?? []).map(({ Name }) => Name);
    };
    const [namespace, ...others] = await list('Namespaces');
    assert.deepEqual(others, []);
    return (await list('Services')).map((name) => `${name}.${String(namespace)}`);
  }
});
