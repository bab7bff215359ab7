import assert from 'node:assert/strict';
import path from 'node:path';
import { Account, accountNumber } from '../support/aws/account.ts';
import { Checkout } from '../support/aws/checkout.ts';
import { AwsCli } from '../support/aws/cli.ts';
import { refused, succeeded } from '../support/aws/outcomes.ts';
import { emitRepository } from '../support/emit.ts';
import { blocksOf } from '../support/markdown.ts';
import { need, needPython } from '../support/need.ts';
import { run, runOk } from '../support/run.ts';
import type { Outcome } from '../support/run.ts';
import { serverFolder } from '../support/servers/folder.ts';
import { stopServers } from '../support/servers/process.ts';
import { linkVenv, venvFor } from '../support/venvs.ts';

const stacks = ['network', 'platform', 'data', 'static', 'media', 'broker', 'pgbouncer', 'service'];
const flags = ['--static', 's3', '--broker', 'sqs', '--pooler', 'pgbouncer'];

/** The runbook's own commands, as a user would paste them: each test goes on where the one before ended. */
describe('a restore, and down and up again, on the AWS stand-in', function () {
  this.timeout(240_000);
  this.slow(60_000);
  this.bail(true);
  let account: Account;
  let checkout: Checkout;
  let cli: AwsCli | undefined;
  let env: NodeJS.ProcessEnv;
  let sha: string;

  before(async function () {
    const moto = need(this, 'moto');
    const awscli = need(this, 'awscli');
    need(this, 'make');
    const interpreter = await needPython(this, '3.11', 'highest');
    const repository = await emitRepository(path.join(serverFolder('leaving'), 'shop'), flags);
    const python = await venvFor(repository, interpreter);
    account = await Account.start(moto);
    cli = await AwsCli.start(awscli);
    cli.placeIn(account.bin);
    checkout = await Checkout.of(repository, python, account);
    linkVenv(python, checkout.folder);
    const somebody = { NAME: 'Somebody', EMAIL: 'somebody@example.com' };
    const identity = ['GIT_AUTHOR', 'GIT_COMMITTER'].flatMap((who) =>
      Object.entries(somebody).map(([key, value]) => [`${who}_${key}`, value]),
    );
    env = { ...account.environment, ...Object.fromEntries(identity), AWS_REGION: 'us-east-1', MAKEFLAGS: '--silent' };
    account.setRules([{ family: 'shop-ops', exitCode: 0 }]);
    sha = await checkout.commit('First commit');
  });

  after(() => cli?.stop());
  after(stopServers);

  /** Runs the AWS CLI. @returns what it prints, in words */
  async function aws(...words: readonly string[]): Promise<readonly string[]> {
    const { stdout } = await runOk('aws', [...words, '--output', 'text'], { env });
    return stdout.split(/\s+/u).filter((word) => word !== '' && word !== 'None');
  }

  /** Runs blocks of a section of the runbook in one shell. */
  async function tryPaste(heading: string, edit: (blocks: readonly string[]) => readonly string[]): Promise<Outcome> {
    const blocks = blocksOf(checkout.read('deploy/README.md')).get(heading) ?? [];
    const input = edit(blocks.map(({ lines }) => lines.join('\n'))).join('\n');
    const options = { cwd: checkout.folder, env, input, timeoutMs: 200_000 };
    return run('bash', ['-euo', 'pipefail'], options);
  }

  /** As {@link tryPaste}, and all of it succeeds. */
  async function paste(heading: string, edit: (blocks: readonly string[]) => readonly string[]): Promise<string> {
    const { code, output } = await tryPaste(heading, edit);
    const events = code === 0 ? [] : await reasons();
    assert.equal(code, 0, [output, ...events].join('\n'));
    return output;
  }

  /** Why stacks failed, as AWS tells. */
  async function reasons(): Promise<readonly string[]> {
    const query = "StackEvents[?ends_with(ResourceStatus, 'FAILED')].[LogicalResourceId, ResourceStatusReason]";
    const asked = stacks.map(async (name) => {
      const words = ['cloudformation', 'describe-stack-events', '--stack-name', `shop-${name}`, '--query', query];
      return (await run('aws', [...words, '--output', 'text'], { env })).output;
    });
    return Promise.all(asked);
  }

  const database = (identifier: string, attribute: string) =>
    aws(
      'rds',
      'describe-db-instances',
      '--db-instance-identifier',
      identifier,
      '--query',
      `DBInstances[0].${attribute}`,
    );

  /** The stack's word on the master's secret, and the secret that the role of dbinit may read. */
  async function secretsOfStacks(): Promise<readonly string[]> {
    const output = "Stacks[0].Outputs[?OutputKey=='MasterSecretArn'].OutputValue";
    const role = ['--role-name', 'shop-dbinit-execution', '--policy-name', 'read-master-secret'];
    return [
      ...(await aws('cloudformation', 'describe-stacks', '--stack-name', 'shop-data', '--query', output)),
      ...(await aws('iam', 'get-role-policy', ...role, '--query', 'PolicyDocument.Statement[].Resource')),
    ];
  }

  it('is made in an account that the first bootstrap writes down, released at once, and then committed', async () => {
    const parameters = 'deploy/parameters.json';
    checkout.write(parameters, checkout.read(parameters).replace(accountNumber, ''));
    sha = await checkout.commit('An account that is not known yet');
    const options = { cwd: checkout.folder, env, timeoutMs: 200_000 };
    const { stdout } = await runOk('make', ['bootstrap', `ARGS=--account ${accountNumber}`], options);
    assert.match(stdout, /then commit deploy\/parameters\.json: a pipeline is refused until/u);
    await runOk('make', ['release'], options);
    assert.equal(await account.servedCommit(), sha);
    await paste('First deploy', (blocks) => blocks.filter((block) => block.startsWith('git diff')));
    assert.equal((await runOk('git', ['status', '--porcelain'], options)).stdout, '');
    assert.notEqual((await runOk('git', ['rev-parse', 'HEAD'], options)).stdout.trim(), sha);
    await checkout.push();
  });

  it('exchanges no names while the old instance of an earlier restore is there', async () => {
    const [secret] = await database('shop', 'MasterUserSecret.SecretArn');
    const identifier = ['--db-instance-identifier', 'shop-before'];
    const kind = ['--engine', 'postgres', '--db-instance-class', 'db.t4g.micro', '--allocated-storage', '20'];
    await aws('rds', 'create-db-instance', ...identifier, ...kind, '--query', 'DBInstance.DBInstanceStatus');
    const { code, output } = await tryPaste('Restore the database', (blocks) =>
      blocks.filter((block) => block.startsWith('rename()')),
    );
    assert.notEqual(code, 0, output);
    assert.match(output, /shop-before is there from an earlier restore: remove it first/u);
    assert.deepEqual(await database('shop', 'MasterUserSecret.SecretArn'), [secret]);
    await aws('rds', 'delete-db-instance', ...identifier, '--skip-final-snapshot', '--query', 'DBInstance.Engine');
  });

  it('restores from a point in time into the same name, address and protection, with a secret that dbinit knows', async () => {
    const [before] = await database('shop', 'MasterUserSecret.SecretArn');
    const address = await database('shop', 'Endpoint.Address');
    const group = await database('shop', 'DBParameterGroups[].DBParameterGroupName');
    await aws('logs', 'create-log-group', '--log-group-name', '/aws/rds/instance/shop-restored/upgrade');
    const output = await paste('Restore the database', ([restore = '', , ...steps]) => [restore, ...steps]);
    const named = ['--log-group-name-prefix', '/aws/rds/instance/shop-', '--query', 'logGroups[].logGroupName'];
    assert.deepEqual(await aws('logs', 'describe-log-groups', ...named), []);
    const [after] = await database('shop', 'MasterUserSecret.SecretArn');
    assert.notEqual(after, before);
    assert.deepEqual(await secretsOfStacks(), [after, after]);
    assert.deepEqual(await database('shop', 'Endpoint.Address'), address);
    assert.deepEqual(await database('shop', 'DBParameterGroups[].DBParameterGroupName'), group);
    assert.deepEqual(await database('shop', 'DeletionProtection'), ['True']);
    assert.match(output, /data: UPDATE_COMPLETE[^]*shop-dbinit \w+: STOPPED[^]*released/u);
    await gone('DBInstanceNotFound', 'rds', 'describe-db-instances', '--db-instance-identifier', 'shop-before');
  });

  it('is not taken down in another account, nor loses its secrets while a stack is there', async () => {
    const parameters = checkout.read('deploy/parameters.json');
    for (const number of ['210987654321', accountNumber]) {
      checkout.write('deploy/parameters.json', parameters.replace(accountNumber, number));
      const block = number === accountNumber ? 1 : 0;
      const { code, output } = await tryPaste('Take it all down', (blocks) => blocks.slice(block, block + 1));
      assert.notEqual(code, 0, output);
      const said = block === 0 ? 'parameters.json names another' : `${stacks.length} of the stacks are still there`;
      assert.ok(output.includes(said), output);
    }
    for (const name of stacks) {
      assert.notEqual(await account.stack(`shop-${name}`), undefined, name);
    }
    assert.deepEqual(await aws('secretsmanager', 'describe-secret', '--secret-id', 'shop/django', '--query', 'Name'), [
      'shop/django',
    ]);
  });

  it('keeps its images and its platform when the database could not be deleted', async () => {
    const { code, output } = await tryPaste('Take it all down', ([first = '']) => [
      first.replace('--no-deletion-protection', '--deletion-protection'),
    ]);
    assert.notEqual(code, 0, output);
    assert.equal((await account.stack('shop-data'))?.status, 'DELETE_FAILED');
    assert.deepEqual(await aws('ecr', 'describe-repositories', '--query', 'repositories[].repositoryName'), [
      'shop',
      'shop-pgbouncer',
    ]);
    assert.notEqual(await account.stack('shop-platform'), undefined);
  });

  it('is taken down without a rest that holds a name, also when that was begun before', async () => {
    const logs = ['/aws/ecs/containerinsights/shop/performance', '/aws/rds/instance/shop/error'];
    logs.push('/aws/rds/instance/shop-restored/postgresql', '/aws/rds/instance/shop-before/postgresql');
    for (const name of logs) {
      await aws('logs', 'create-log-group', '--log-group-name', name);
    }
    await aws('logs', 'create-log-group', '--log-group-name', '/aws/rds/instance/shop-too/postgresql');
    await paste('Take it all down', (blocks) => blocks.slice(0, 2));
    for (const name of stacks) {
      assert.equal(await account.stack(`shop-${name}`), undefined, name);
    }
    // RDS makes and deletes those of its masters; moto forgets one that it made at a restore.
    const ownSecrets = "SecretList[?!starts_with(Name, 'rds!')].Name";
    const left = [
      await aws('rds', 'describe-db-instances', '--query', 'DBInstances[].DBInstanceIdentifier'),
      await aws('secretsmanager', 'list-secrets', '--include-planned-deletion', '--query', ownSecrets),
      await aws('logs', 'describe-log-groups', '--query', 'logGroups[].logGroupName'),
      await aws('s3api', 'list-buckets', '--query', 'Buckets[].Name'),
      await aws('sqs', 'list-queues', '--query', 'QueueUrls[]'),
      await aws('ecr', 'describe-repositories', '--query', 'repositories[].repositoryName'),
      await aws('iam', 'list-roles', '--path-prefix', '/shop', '--query', 'Roles[].RoleName'),
      await aws('iam', 'list-open-id-connect-providers', '--query', 'OpenIDConnectProviderList[].Arn'),
      await aws('elbv2', 'describe-load-balancers', '--query', 'LoadBalancers[].LoadBalancerName'),
      await aws('ec2', 'describe-vpcs', '--filters', 'Name=is-default,Values=false', '--query', 'Vpcs[].VpcId'),
      await aws('ec2', 'describe-addresses', '--query', 'Addresses[].AllocationId'),
    ];
    assert.deepEqual(left.flat(), ['/aws/rds/instance/shop-too/postgresql']);
  });

  it('comes up again, and gets its data back from the last snapshot', async () => {
    const listed = ['--snapshot-type', 'manual', '--query', 'DBSnapshots[].DBSnapshotIdentifier'];
    const snapshots = await aws('rds', 'describe-db-snapshots', ...listed);
    assert.ok(
      snapshots.some((name) => name.startsWith('shop-data-snapshot-database-')),
      snapshots.join(),
    );
    succeeded(await checkout.release('bootstrap'));
    const [before] = await database('shop', 'MasterUserSecret.SecretArn');
    await checkout.push();
    await paste('Restore the database', ([restore = '', fromSnapshot = '', ...steps]) => {
      const [options = ''] = restore.split('aws rds restore-db-instance-to-point-in-time');
      return [options, fromSnapshot, ...steps];
    });
    const [after] = await database('shop', 'MasterUserSecret.SecretArn');
    assert.notEqual(after, before);
    assert.deepEqual(await secretsOfStacks(), [after, after]);
    assert.notEqual(await account.servedCommit(), undefined);
  });

  it('keeps its snapshots until they are deleted, too', async () => {
    const snapshots = () =>
      aws('rds', 'describe-db-snapshots', '--snapshot-type', 'manual', '--query', 'DBSnapshots[]');
    assert.notDeepEqual(await snapshots(), []);
    await paste('Take it all down', (blocks) => blocks.slice(2));
    assert.deepEqual(await snapshots(), []);
  });

  it('would not come up over a secret that was left', async () => {
    await paste('Take it all down', ([first = '']) => [first]);
    refused(await checkout.release('bootstrap'), /shop\/django \(DjangoSecret of platform\.yaml\) exists already/u);
  });

  /** Asserts that a question is answered with an error. */
  async function gone(code: string, ...words: readonly string[]): Promise<void> {
    const { output } = await run('aws', words, { env });
    assert.match(output, new RegExp(`\\(${code}\\)`, 'u'));
  }
});
