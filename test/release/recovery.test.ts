import assert from 'node:assert/strict';
import path from 'node:path';
import { Account } from '../support/aws/account.ts';
import { Checkout } from '../support/aws/checkout.ts';
import { AwsCli } from '../support/aws/cli.ts';
import { failed, refused, succeeded } from '../support/aws/outcomes.ts';
import { emitRepository } from '../support/emit.ts';
import { need, needPython } from '../support/need.ts';
import { runOk } from '../support/run.ts';
import { makeAuthority, makeCertificate } from '../support/servers/certificates.ts';
import { serverFolder } from '../support/servers/folder.ts';
import { stopServers, until } from '../support/servers/process.ts';
import { venvFor } from '../support/venvs.ts';

const domain = 'example.com';
const platform = 'deploy/cloudformation/platform.yaml';
const data = 'deploy/cloudformation/data.yaml';

/** A first bootstrap with everything in its way, one after another; each test goes on where the one before ended. */
describe('a first bootstrap that fails on the AWS stand-in', function () {
  this.timeout(120_000);
  this.slow(20_000);
  this.bail(true);
  let account: Account;
  let checkout: Checkout;
  let cli: AwsCli | undefined;
  let openssl: string;

  before(async function () {
    const moto = need(this, 'moto');
    openssl = need(this, 'openssl');
    const python = need(this, 'awscli');
    const interpreter = await needPython(this, '3.11');
    const repository = await emitRepository(path.join(serverFolder('failing'), 'shop'), ['--domain', domain]);
    account = await Account.start(moto);
    cli = await AwsCli.start(python);
    cli.placeIn(account.bin);
    checkout = await Checkout.of(repository, await venvFor(repository, interpreter), account);
    await checkout.commit('First commit');
  });

  after(() => cli?.stop());
  after(stopServers);

  /** Runs the AWS CLI. @returns what it prints */
  async function aws(...words: readonly string[]): Promise<string> {
    const env = { ...account.environment, AWS_REGION: 'us-east-1' };
    return (await runOk('aws', [...words, '--output', 'text'], { env })).stdout.trim();
  }

  /** Writes a parameter into deploy/parameters.json, and commits. */
  async function say(name: string, value: string, stack = 'platform'): Promise<void> {
    const given = JSON.parse(checkout.read('deploy/parameters.json')) as Record<string, Record<string, string>>;
    given[stack] = { ...given[stack], [name]: value };
    checkout.write('deploy/parameters.json', JSON.stringify(given, undefined, 2));
    await checkout.commit(`${name} is ${value}`);
  }

  /** Commits a stack's file in which a resource cannot be made, after what it needs was. */
  async function spoil(file: string, before: string): Promise<void> {
    const text = checkout.read(file);
    assert.ok(text.includes(before), before);
    checkout.write(file, text.replace(before, `      NoSuchProperty: 1\n${before}`));
    await checkout.commit('What AWS refuses');
  }

  async function mend(file: string): Promise<void> {
    checkout.write(file, checkout.read(file).replace('      NoSuchProperty: 1\n', ''));
    await checkout.commit('What it takes');
  }

  const noStack = async () => assert.equal(await account.stack('shop-network'), undefined);

  it('is refused with a certificate that is not issued, or not for the domain', async () => {
    const request = ['acm', 'request-certificate', '--validation-method', 'DNS', '--query', 'CertificateArn'];
    const pending = await aws(...request, '--domain-name', domain);
    await say('CertificateArn', pending);
    refused(await checkout.release('bootstrap'), /the certificate \S+ is PENDING_VALIDATION: ACM issues it when/u);
    await say('CertificateArn', await imported('example.org'));
    refused(await checkout.release('bootstrap'), /is for example\.org, not for example\.com/u);
    await say('CertificateArn', await imported(domain));
    await noStack();
  });

  it("is refused while the account has the pipeline's identity provider, until that is named", async () => {
    const url = ['--url', 'https://token.actions.githubusercontent.com', '--client-id-list', 'somebody-else'];
    const arn = await aws('iam', 'create-open-id-connect-provider', ...url, '--query', 'OpenIDConnectProviderArn');
    refused(await checkout.release('bootstrap'), /already has the identity provider \S+.* write this ARN as Existing/u);
    await say('ExistingOidcProviderArn', arn);
    const { stderr } = refused(
      await checkout.release('bootstrap'),
      /does not accept the audience sts\.amazonaws\.com/u,
    );
    await advised(stderr);
    await noStack();
  });

  it('is refused while its names are taken, each of them named', async () => {
    await aws('logs', 'create-log-group', '--log-group-name', '/ecs/shop-web');
    await aws('secretsmanager', 'create-secret', '--name', 'shop/db-app', '--secret-string', 'x');
    await aws('secretsmanager', 'create-secret', '--name', 'shop/django', '--secret-string', 'x');
    await aws('secretsmanager', 'delete-secret', '--secret-id', 'shop/django');
    const { stderr } = refused(
      await checkout.release('bootstrap'),
      /AWS::Logs::LogGroup \/ecs\/shop-web \(WebLogGroup of platform\.yaml\) exists already;/u,
    );
    assert.match(stderr, /shop\/django \(DjangoSecret of platform\.yaml\) is scheduled for deletion/u);
    assert.match(stderr, /shop\/db-app \(AppSecret of data\.yaml\) exists already: if nothing uses it, /u);
    assert.match(stderr, /see "Take it all down" in deploy\/README\.md/u);
    await advised(stderr);
    await aws('logs', 'delete-log-group', '--log-group-name', '/ecs/shop-web');
    await noStack();
  });

  it('is refused for a quota that it needs now, and in zones that there are not', async () => {
    const vpcs = [1, 2, 3, 4].map((number) => aws('ec2', 'create-vpc', '--cidr-block', `10.${number}.0.0/16`));
    await Promise.all(vpcs);
    const { stderr } = refused(
      await checkout.release('bootstrap'),
      /this account has 5 of 5 AWS::EC2::VPC, and needs/u,
    );
    await advised(stderr);
    await say('ZoneA', 'us-east-1z', 'network');
    await say('ZoneB', 'us-east-1b', 'network');
    refused(await checkout.release('bootstrap'), /has no zone us-east-1z: write two of us-east-1a, us-east-1b, /u);
    await say('ZoneA', 'us-east-1c', 'network');
    await noStack();
  });

  it('leaves a load balancer that is protected, and the next one takes it away and makes everything', async () => {
    await spoil(platform, '      SslPolicy:');
    const first = failed(await checkout.release('bootstrap'), /the stack shop-platform is ROLLBACK_FAILED/u);
    const zones = await aws(
      'ec2',
      'describe-subnets',
      '--query',
      "Subnets[?CidrBlock=='10.0.0.0/24'].AvailabilityZone",
    );
    assert.equal(zones, 'us-east-1c');
    for (const service of ['ecs', 'elasticloadbalancing', 'rds', 'ecs.application-autoscaling']) {
      assert.match(first.stdout, new RegExp(`created the role of ${service}\\.amazonaws\\.com`, 'u'));
    }
    assert.match(
      first.stdout,
      /may run 6 vCPU on Fargate at once, but needs \S+ at the maximum, which it cannot reach/u,
    );
    await advised(first.stdout);
    const left = await balancer();
    await mend(platform);
    await spoil(data, '      AlarmName: shop-database-cpu');
    const outcome = failed(await checkout.release('bootstrap'), /the stack shop-data is ROLLBACK_FAILED/u);
    assert.doesNotMatch(outcome.stdout, /created the role of|vCPU/u);
    assert.match(outcome.stdout, /platform: its first creation failed \(ROLLBACK_FAILED\); deleting what is left/u);
    assert.equal((await account.stack('shop-platform'))?.status, 'CREATE_COMPLETE');
    assert.notEqual(await balancer(), left);
  });

  it('does the same with a protected database, also after somebody tried to delete the stack', async () => {
    const left = await database();
    await deleted('shop-data', 'DELETE_FAILED');
    assert.equal(await database(), left);
    await mend(data);
    const { output } = succeeded(await checkout.release('bootstrap'));
    assert.match(output, /data: its first creation failed \(DELETE_FAILED\); deleting what is left/u);
    assert.notEqual(await database(), left);
    assert.match(await snapshots(), /shop-data-snapshot-database-/u);
    for (const name of ['network', 'platform', 'data', 'service']) {
      assert.equal((await account.stack(`shop-${name}`))?.status, 'CREATE_COMPLETE');
    }
  });

  it('never touches what was complete once', async () => {
    const kept = await database();
    await deleted('shop-data', 'DELETE_FAILED');
    const reason = /shop-data is DELETE_FAILED and was complete once, so nothing of it is touched/u;
    refused(await checkout.release('bootstrap'), reason);
    assert.equal(await database(), kept);
    const protection = ['--query', 'DBInstances[0].DeletionProtection'];
    assert.equal(await aws('rds', 'describe-db-instances', '--db-instance-identifier', 'shop', ...protection), 'True');
  });

  it('cannot replace or delete what holds data by an update', async () => {
    const file = checkout.read(platform);
    checkout.write(platform, file.replace('RepositoryName: "shop"', 'RepositoryName: "other"'));
    await checkout.commit('Another repository');
    const template = ['--template-body', `file://${path.join(checkout.folder, platform)}`];
    const keep = ['VpcId', 'PublicSubnetIds', 'LoadBalancerSecurityGroupId', 'CertificateArn', 'Repository'];
    const parameters = [...keep, 'ExistingOidcProviderArn'].map((key) => `ParameterKey=${key},UsePreviousValue=true`);
    const given = ['--parameters', ...parameters, '--capabilities', 'CAPABILITY_NAMED_IAM'];
    await aws('cloudformation', 'update-stack', '--stack-name', 'shop-platform', ...template, ...given);
    await until('the update is taken back', 10, async () => {
      return (await account.stack('shop-platform'))?.status === 'UPDATE_ROLLBACK_COMPLETE';
    });
    const events = await aws('cloudformation', 'describe-stack-events', '--stack-name', 'shop-platform');
    assert.match(events, /Action denied by stack policy: Statement \[#1\] does not allow \[Update:Replace\]/u);
  });

  /** Deletes a stack, and waits for its end. */
  async function deleted(name: string, status: string): Promise<void> {
    await aws('cloudformation', 'delete-stack', '--stack-name', name);
    await until(status, 10, async () => (await account.stack(name))?.status === status);
  }

  /** Runs each command that a refusal advises. */
  async function advised(message: string): Promise<void> {
    const commands = [...message.matchAll(/`(aws [^`]+)`/gu)].map(([, command = '']) => command);
    assert.ok(commands.length > 0, message);
    await runOk('sh', ['-ec', commands.join('\n')], { env: account.environment });
  }

  async function imported(name: string): Promise<string> {
    const folder = serverFolder('certificate');
    await makeAuthority(openssl, folder, 'authority');
    const { certificate, key } = await makeCertificate(openssl, folder, 'authority', name, [`DNS:${name}`]);
    const files = ['--certificate', `fileb://${certificate}`, '--private-key', `fileb://${key}`];
    return aws('acm', 'import-certificate', ...files, '--query', 'CertificateArn');
  }

  const balancer = () =>
    aws('elbv2', 'describe-load-balancers', '--names', 'shop', '--query', 'LoadBalancers[].LoadBalancerArn');
  /** The secret that RDS made for this instance and no other. */
  const database = () => aws('rds', 'describe-db-instances', '--query', 'DBInstances[].MasterUserSecret.SecretArn');
  const snapshots = () => aws('rds', 'describe-db-snapshots', '--query', 'DBSnapshots[].DBSnapshotIdentifier');
});
