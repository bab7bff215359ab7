import assert from 'node:assert/strict';
import path from 'node:path';
import { Account } from '../support/aws/account.ts';
import { Checkout } from '../support/aws/checkout.ts';
import { AwsCli } from '../support/aws/cli.ts';
import { refused, succeeded } from '../support/aws/outcomes.ts';
import { emitRepository } from '../support/emit.ts';
import { blocksOf } from '../support/markdown.ts';
import { need, needPython } from '../support/need.ts';
import { run, runOk } from '../support/run.ts';
import { serverFolder } from '../support/servers/folder.ts';
import { stopServers } from '../support/servers/process.ts';
import { linkVenv, venvFor } from '../support/venvs.ts';

const stacks = ['network', 'platform', 'data', 'static', 'broker', 'pgbouncer', 'service'];
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
  async function paste(heading: string, edit: (blocks: readonly string[]) => readonly string[]): Promise<string> {
    const blocks = blocksOf(checkout.read('deploy/README.md')).get(heading) ?? [];
    const input = edit(blocks.map(({ lines }) => lines.join('\n'))).join('\n');
    const options = { cwd: checkout.folder, env, input, timeoutMs: 200_000 };
    const { code, output } = await run('bash', ['-euo', 'pipefail'], options);
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

  it('has something to lose', async () => {
    await runOk('make', ['bootstrap'], { cwd: checkout.folder, env, timeoutMs: 200_000 });
    await runOk('make', ['release'], { cwd: checkout.folder, env, timeoutMs: 200_000 });
    assert.equal(await account.servedCommit(), sha);
  });

  it('restores from a point in time into the same name, address and protection, with a secret that dbinit knows', async () => {
    const [before] = await database('shop', 'MasterUserSecret.SecretArn');
    const address = await database('shop', 'Endpoint.Address');
    const group = await database('shop', 'DBParameterGroups[].DBParameterGroupName');
    const output = await paste('Restore the database', ([restore = '', , ...steps]) => [restore, ...steps]);
    const [after] = await database('shop', 'MasterUserSecret.SecretArn');
    assert.notEqual(after, before);
    assert.deepEqual(await secretsOfStacks(), [after, after]);
    assert.deepEqual(await database('shop', 'Endpoint.Address'), address);
    assert.deepEqual(await database('shop', 'DBParameterGroups[].DBParameterGroupName'), group);
    assert.deepEqual(await database('shop', 'DeletionProtection'), ['True']);
    assert.match(output, /data: UPDATE_COMPLETE[^]*shop-dbinit \w+: STOPPED[^]*released/u);
    await gone('DBInstanceNotFound', 'rds', 'describe-db-instances', '--db-instance-identifier', 'shop-before');
  });

  it('is taken down without a rest that holds a name', async () => {
    const logs = ['/aws/ecs/containerinsights/shop/performance', '/aws/rds/instance/shop/error'];
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
