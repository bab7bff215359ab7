import assert from 'node:assert/strict';
import { Account, accountNumber } from '../support/aws/account.ts';
import type { Rule } from '../support/aws/account.ts';
import { Checkout } from '../support/aws/checkout.ts';
import { onlyOnAws } from '../support/aws/onlyOnAws.ts';
import { keepUpload } from '../support/aws/uploads.ts';
import { failed, refused, succeeded } from '../support/aws/outcomes.ts';
import { enterPipeline } from '../support/aws/pipeline.ts';
import { emittedCases, repositoryOf } from '../support/emit.ts';
import { need, needPython } from '../support/need.ts';
import type { Outcome } from '../support/run.ts';
import { stopServers, until } from '../support/servers/process.ts';
import { venvFor } from '../support/venvs.ts';

interface Pair {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: string;
}

const project = 'shop';
const initial = '0001_initial';
const createItem = 'migrations.CreateModel("Item", [("id", models.BigAutoField(primary_key=True))])';
const addNote = 'migrations.AddField("item", "note", models.TextField(null=True))';
const dropNote = 'migrations.RemoveField("item", "note")';
const override = 'linter_override = "nothing has read it since the release before"';

/** What django-storages asks of a bucket. */

/** One life of a service from the first stack to the last rollback: each test goes on where the one before ended. */
describe('the life of a service on the AWS stand-in', function () {
  this.timeout(120_000);
  this.slow(20_000);
  this.bail(true);
  let account: Account;
  let checkout: Checkout;
  let python: string;
  /** The commits that were released, oldest first. */
  const released: string[] = [];

  before(async function () {
    const moto = need(this, 'moto');
    const [example] = emittedCases;
    assert.ok(example !== undefined);
    const interpreter = await needPython(this, example.pythonMinimum, example.python);
    const repository = await repositoryOf(example);
    account = await Account.start(moto);
    python = await venvFor(repository, interpreter);
    checkout = await Checkout.of(repository, python, account);
  });

  after(stopServers);

  it('bootstraps every stack in order, pushes an image, and makes the database role before the service', async () => {
    await checkout.commit('First commit');
    account.setRules([{ family: 'shop-dbinit', log: ['role shop_app: created'] }]);
    const { output } = succeeded(await checkout.release('bootstrap'));
    const order = ['network', 'platform', 'data', 'dbinit', 'service'].map((name) => output.indexOf(`shop-${name}`));
    assert.ok(
      order.every((position, i) => position >= 0 && position > (order[i - 1] ?? -1)),
      output,
    );
    assert.match(output, /role shop_app: created/u);
    for (const name of ['network', 'platform', 'data', 'service']) {
      assert.equal((await account.stack(`shop-${name}`))?.status, 'CREATE_COMPLETE');
    }
    assert.equal((await account.stack('shop-service'))?.parameters['Revision'], '');
    assert.equal(await account.service('shop'), undefined);
    checkout.pipeline = await enterPipeline(account, 'github');
  });

  it('refuses a commit that was not pushed, and one that is not checked out', async () => {
    checkout.addMigration(project, initial, undefined, createItem);
    released.push(await checkout.commit('Items'));
    refused(await checkout.release('release'), /there is no image \S+\/shop:[0-9a-f]{40}/u);
    refused(await checkout.release('release', '--sha', 'HEAD~1'), /is not checked out/u);
    assert.equal(await account.service('shop'), undefined);
  });

  it('releases for the first time', async () => {
    await checkout.push();
    const { output } = succeeded(await checkout.release('release'));
    assert.match(output, /shop-migrate \w+: STOPPED/u);
    assert.match(output, /\d of \d run(?:, \d start)?, COMPLETED/u);
    const service = await account.service('shop');
    assert.equal(service?.deployments[0]?.rolloutState, 'COMPLETED');
    await until('as many tasks as the plan asks for run', 10, async () => {
      return (await account.service('shop'))?.deployments[0]?.runningCount === 2;
    });
    assert.equal(await account.servedCommit(), released[0]);
    assert.match(output, new RegExp(`released ${released[0]?.slice(0, 12)}`, 'u'));
    assert.deepEqual(await account.notes('shop-web:1'), {
      RELEASE_SHA: released[0],
      RELEASE_PREVIOUS: '',
      RELEASE_MIGRATIONS: 'accounts.0001_initial django_fargate.background.0001_initial shop.0001_initial',
      RELEASE_OVERRIDDEN_MIGRATIONS: '',
    });
  });

  it('releases again, with a migration', async () => {
    checkout.addMigration(project, '0002_note', initial, addNote);
    await release('A note');
    assert.deepEqual(
      (await account.notes('shop-web:2'))['RELEASE_MIGRATIONS'],
      'accounts.0001_initial django_fargate.background.0001_initial shop.0002_note',
    );
    assert.match((await account.notes('shop-web:2'))['RELEASE_PREVIOUS'] ?? '', /shop-web:1$/u);
    succeeded(await checkout.release('status'));
    succeeded(await checkout.release('logs', 'migrate'));
  });

  it('stops at a migration that fails, shows its log, and leaves the service alone', async () => {
    const sha = await checkout.commitAndPush('A migration that fails');
    account.setRules([{ family: 'shop-migrate', sha, exitCode: 3, log: ['relation "item" does not exist'] }]);
    const outcome = failed(await checkout.release('release'), /shop-migrate \w+ failed: .*exit code 3 of migrate/u);
    assert.match(outcome.stdout, /relation "item" does not exist/u);
    await assertUntouched();
  });

  it('stops when ECS does not start the migrations, with the reason that it answers', async () => {
    account.setRules([{ family: 'shop-migrate', failure: 'Capacity is unavailable at this time.' }]);
    failed(await checkout.release('release'), /ECS did not start shop-migrate:\d+: Capacity is unavailable/u);
    await assertUntouched();
  });

  it('gives way to another release whose migrations have started just before, and stops its own', async () => {
    account.setRules([{ family: 'shop-migrate', rival: true, seconds: 2 }]);
    refused(await checkout.release('release'), /another release was faster: its migrations run in \w+/u);
    account.setRules([]);
    await until('the other migrations end', 20, async () => (await running('shop-migrate')) === 0);
    await assertUntouched();
  });

  it('refuses a release whose secret, role or log group is gone, and starts nothing', async () => {
    const secret = 'shop/django';
    await account.ask('secretsmanager', 'secretsmanager.DeleteSecret', { SecretId: secret, RecoveryWindowInDays: 7 });
    refused(await checkout.release('release'), /the secret shop\/django\S* is being deleted/u);
    await account.ask('secretsmanager', 'secretsmanager.RestoreSecret', { SecretId: secret });
    await account.ask('logs', 'Logs_20140328.DeleteLogGroup', { logGroupName: '/ecs/shop-ops' });
    refused(await checkout.release('verify'), /there is no log group \/ecs\/shop-ops/u);
    await account.ask('logs', 'Logs_20140328.CreateLogGroup', { logGroupName: '/ecs/shop-ops' });
    await assertUntouched();
  });

  it('refuses a release whose secret lacks a name, and gives the tasks what is declared once', async () => {
    const file = 'deploy/environment.json';
    const before = checkout.read(file);
    const [Name, Value] = ['/legacy/token', 'hunter3'];
    const arn = `arn:aws:ssm:us-east-1:${accountNumber}:parameter${Name}`;
    await account.ask('ssm', 'AmazonSSM.PutParameter', { Name, Value, Type: 'SecureString' });
    const declared = {
      SUPPORT_URL: { value: 'https://support.example.com' },
      STRIPE_KEY: { secret: true },
      LEGACY_TOKEN: { secret: arn },
    };
    checkout.write(file, JSON.stringify(declared));
    const sha = await checkout.commitAndPush('A variable and two secrets');
    const { stderr } = refused(await checkout.release('release'), /shop\/app has no STRIPE_KEY: run `make secret/u);
    assert.match(stderr, /the tasks may not read arn:aws:ssm:\S+ yet: run `make bootstrap`/u);
    await assertUntouched();
    const set = succeeded(await checkout.setSecret('STRIPE_KEY', 'hunter2\n'));
    const listed = succeeded(await checkout.release('secrets'));
    assert.match(listed.stdout, /^STRIPE_KEY +set +shop\/app/mu);
    assert.doesNotMatch(set.output + listed.output, /hunter/u);
    succeeded(await checkout.release('bootstrap'));
    succeeded(await checkout.release('release'));
    assert.equal(await account.servedCommit(), sha);
    released.push(sha);
    for (const family of ['shop-web', 'shop-migrate', 'shop-ops']) {
      const target = 'AmazonEC2ContainerServiceV20141113.DescribeTaskDefinition';
      const { taskDefinition } = (await account.ask('ecs', target, { taskDefinition: family })) as {
        taskDefinition: { containerDefinitions: readonly { environment: readonly Pair[]; secrets: readonly Pair[] }[] };
      };
      const [{ environment = [], secrets = [] } = {}] = taskDefinition.containerDefinitions;
      const plain = environment.find(({ name }) => name === 'SUPPORT_URL');
      assert.equal(plain?.value, declared.SUPPORT_URL.value);
      const from = Object.fromEntries(secrets.map(({ name, valueFrom }) => [name, valueFrom]));
      assert.match(from['STRIPE_KEY'] ?? '', /:secret:shop\/app-\w{6}:STRIPE_KEY::$/u);
      assert.equal(from['LEGACY_TOKEN'], arn);
    }
    // A key that somebody took out in the console is noticed, without a look at any value.
    const changed = { SecretId: 'shop/app', SecretString: '{}' };
    await account.ask('secretsmanager', 'secretsmanager.PutSecretValue', {
      ...changed,
      ClientRequestToken: 'c'.repeat(32),
    });
    refused(await checkout.release('verify'), /run `make secrets`/u);
    succeeded(await checkout.release('secrets'));
    refused(await checkout.release('verify'), /shop\/app has no STRIPE_KEY/u);
    succeeded(await checkout.setSecret('STRIPE_KEY', 'hunter2'));
    checkout.write(file, before);
    await release('Without them');
  });

  it('fails when tasks do not start, and ECS and CloudFormation go back', async () => {
    const sha = await checkout.commitAndPush('An image that does not start');
    account.setRules([{ family: 'shop-web', sha, exitCode: 1, seconds: 0, log: ["No module named 'shop'"] }]);
    const outcome = failed(await checkout.release('release'), /shop-web:\d+ was rolled back/u);
    assert.match(outcome.stdout, /No module named 'shop'/u);
    assert.match(outcome.stdout, /ECS Deployment Circuit Breaker was triggered/u);
    assert.equal((await account.stack('shop-service'))?.status, 'UPDATE_ROLLBACK_COMPLETE');
    await assertUntouched();
  });

  it('fails when an alarm takes the deployment back', async () => {
    const sha = await checkout.commitAndPush('Errors');
    account.setRules([{ family: 'shop-web', sha, alarm: true }]);
    failed(await checkout.release('release'), /was rolled back/u);
    await assertUntouched();
  });

  it('lets one of two releases at once through', async () => {
    const sha = await checkout.commitAndPush('Two at once');
    account.setRules([{ family: 'shop-migrate', sha, seconds: 4 }]);
    const first = checkout.start('release');
    await first.printed(/shop-migrate \w+: RUNNING/u, 60);
    refused(await checkout.release('release'), /migrations are running/u);
    assert.equal((await first.ended(60)).code, 0, first.output);
    assert.equal(await account.servedCommit(), sha);
    released.push(sha);
  });

  it('refuses a release while a stack is being updated', async () => {
    const sha = await checkout.commitAndPush('While a stack changes');
    account.setRules([{ family: 'shop-web', sha, pendingSeconds: 10 }]);
    const first = checkout.start('release');
    await first.printed(/IN_PROGRESS/u, 60);
    refused(await checkout.release('release'), /the stack shop-service is UPDATE\w*_IN_PROGRESS/u);
    refused(await checkout.release('rollback'), /the stack shop-service is UPDATE\w*_IN_PROGRESS/u);
    assert.equal((await first.ended(60)).code, 0, first.output);
    released.push(sha);
    await assertUntouched();
  });

  it('keeps the revision when an update of the stack fails after three releases', async () => {
    await release('A third release');
    const { parameters } = (await account.stack('shop-service')) ?? {};
    const file = 'deploy/cloudformation/service.yaml';
    const template = checkout.read(file);
    checkout.write(file, template.replace(/MaxCapacity: \d+/u, 'MaxCapacity: 1'));
    await checkout.commitAndPush('A scaling that AWS refuses');
    const outcome = failed(await checkout.release('bootstrap'), /the stack shop-service is UPDATE_ROLLBACK_COMPLETE/u);
    assert.match(outcome.stdout, /UPDATE_FAILED ScalableTarget Minimum capacity cannot be greater/u);
    assert.deepEqual((await account.stack('shop-service'))?.parameters, parameters);
    await assertUntouched();
    checkout.write(file, template);
    await checkout.commitAndPush('The scaling as it was');
    const { output } = succeeded(await checkout.release('bootstrap'));
    assert.match(output, /service: nothing to change/u);
    await assertUntouched();
  });

  it('goes back to the release before, and on from there', async () => {
    const before = released.at(-2);
    const { output } = succeeded(await checkout.release('rollback'));
    assert.match(output, new RegExp(`back to shop-web:\\d+ \\(${before?.slice(0, 12)}\\)`, 'u'));
    assert.equal(await account.servedCommit(), before);
    assert.doesNotMatch(output, /shop-migrate/u);
    released.push(String(before));
    await assertUntouched();
    await release('After a rollback');
  });

  it('releases across a migration of the override without a way back, and says so', async () => {
    checkout.addMigration(project, '0003_drop', '0002_note', dropNote, override);
    const { output } = await release('Drop the note');
    assert.match(output, /shop\.0003_drop may break the previous release: nothing has read it/u);
    assert.match(output, /the automatic rollback is off/u);
    assert.equal((await account.stack('shop-service'))?.parameters['AutomaticRollback'], 'false');
    refused(await checkout.release('rollback'), /does not work with the database after shop\.0003_drop/u);
    await assertUntouched();
  });

  it('goes back again as soon as the release before knows that migration', async () => {
    await release('After the drop');
    assert.equal((await account.stack('shop-service'))?.parameters['AutomaticRollback'], 'true');
    succeeded(await checkout.release('rollback'));
    released.push(String(released.at(-2)));
    await assertUntouched();
    refused(await checkout.release('rollback'), /shop\.0003_drop/u);
  });

  it('leaves a release of the override that fails as it is, and lets the next one mend it', async () => {
    checkout.addMigration(project, '0004_drop', '0003_drop', 'migrations.DeleteModel("Item")', override);
    const sha = await checkout.commitAndPush('Drop the items');
    account.setRules([{ family: 'shop-web', sha, exitCode: 1, seconds: 0 }]);
    failed(await checkout.release('release'), /failed and was left as it is: the stack shop-service is UPDATE_FAILED/u);
    assert.equal((await account.service('shop'))?.deployments[0]?.rolloutState, 'FAILED');
    refused(await checkout.release('rollback'), /shop\.0004_drop/u);
    const { output } = await release('Mend it');
    assert.match(output, /did not start: there is nothing to roll back to automatically/u);
    assert.equal((await account.stack('shop-service'))?.status, 'UPDATE_COMPLETE');
    refused(await checkout.release('rollback'), /shop\.0004_drop/u);
  });

  it('runs a command with the image that runs, and fails with it', async () => {
    account.setRules([{ family: 'shop-ops', log: ['System check identified no issues'], exitCode: 0 }]);
    const { output } = succeeded(await checkout.release('run', '--', 'python', 'manage.py', 'check'));
    assert.match(output, /System check identified no issues/u);
    account.setRules([{ family: 'shop-ops', exitCode: 5 }]);
    failed(await checkout.release('run', '--', 'false'), /exit code 5 of ops/u);
  });

  it('tells what runs', async () => {
    account.setRules([]);
    const { output } = succeeded(await checkout.release('status'));
    assert.match(output, new RegExp(`release {4}shop-web:\\d+ ${released.at(-1)}`, 'u'));
    assert.match(output, /targets {4}2 healthy/u);
    assert.match(output, /rollback {3}refused/u);
  });

  it('keeps uploads: its tasks and a shell store, find, read and delete them, and give up a large one', async () => {
    for (const role of ['shop-task', 'shop-ops']) {
      await keepUpload(account, python, role);
    }
  });

  it('has needed each right of its roles, and no other', async () => {
    const roles = [
      'shop-build',
      'shop-release',
      'shop-ecs-execution',
      'shop-dbinit-execution',
      'shop-task',
      'shop-ops',
    ];
    assert.deepEqual(await account.rights(...roles), { refused: [], unneeded: Object.keys(onlyOnAws) });
  });

  it('is rolled back, and says why, where a parameter is looked up for which its role has no right', async () => {
    const type = 'Type: CommaDelimitedList\n    AllowedPattern: ^subnet-[0-9a-f]{8,17}$';
    const { stdout } = await releaseWith(type, 'Type: List<AWS::EC2::Subnet::Id>');
    assert.match(stdout, /AccessDenied\. User doesn't have permission to call ec2:DescribeSubnets/u);
  });

  it('is rolled back, and says why, where its role may not make what is new in the stack', async () => {
    const alarm = `  Other:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmName: other
      Namespace: AWS/ECS
      MetricName: CPUUtilization
      Statistic: Average
      Period: 60
      EvaluationPeriods: 1
      ComparisonOperator: GreaterThanThreshold
      Threshold: 1

`;
    const { stdout } = await releaseWith('  Dashboard:\n', `${alarm}  Dashboard:\n`);
    assert.match(
      stdout,
      /shop-release\/\w+ is not authorized to perform: cloudwatch:\w+ on resource: \S+:alarm:other/u,
    );
  });

  it('fails with the refusal of AWS where another role, or none, may do what it does', async () => {
    const { pipeline } = checkout;
    assert.ok(pipeline !== undefined);
    checkout.pipeline = { ...pipeline, release: pipeline.build };
    failed(
      await checkout.release('status'),
      /AccessDenied on DescribeStacks: User: \S+\/shop-build\/\w+ is not authorized/u,
    );
    checkout.pipeline = pipeline;
    const policy = { Version: '2010-05-08', RoleName: 'shop-ecs-execution', PolicyName: 'start-tasks' };
    await account.form('iam', 'DeleteRolePolicy', policy);
    failed(
      await checkout.release('migrate'),
      /CannotPullContainerError: AccessDeniedException: User: \S+\/shop-ecs-execution/u,
    );
    const statement = {
      Effect: 'Allow',
      Action: '*',
      Resource: '*',
      Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.1' } },
    };
    const document = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
    await account.form('iam', 'PutRolePolicy', { ...policy, PolicyDocument: document });
    failed(await checkout.release('migrate'), /the stand-in cannot evaluate the condition IpAddress/u);
  });

  /** Releases a commit that has changed the stack of the service, which then is as before. */
  async function releaseWith(before: string, after: string): Promise<Outcome> {
    account.setRules([]);
    const file = 'deploy/cloudformation/service.yaml';
    const text = checkout.read(file);
    assert.ok(text.includes(before));
    checkout.write(file, text.replace(before, after));
    await checkout.commitAndPush('A stack that its role cannot change');
    const outcome = failed(await checkout.release('release'), /was rolled back/u);
    assert.equal((await account.stack('shop-service'))?.status, 'UPDATE_ROLLBACK_COMPLETE');
    assert.equal(await account.servedCommit(), released.at(-1));
    checkout.write(file, text);
    await checkout.commitAndPush('The stack as it was');
    return outcome;
  }

  /** Commits, pushes and releases, which must go well. */
  async function release(message: string, rules: readonly Rule[] = []): Promise<Outcome> {
    account.setRules(rules);
    const sha = await checkout.commitAndPush(message);
    const outcome = succeeded(await checkout.release('release'));
    assert.equal(await account.servedCommit(), sha);
    released.push(sha);
    return outcome;
  }

  /** How many tasks of a family run. */
  async function running(family: string): Promise<number> {
    const body = { cluster: 'shop', family, desiredStatus: 'RUNNING' };
    const target = 'AmazonEC2ContainerServiceV20141113.ListTasks';
    return (await account.ask<{ taskArns: readonly string[] }>('ecs', target, body)).taskArns.length;
  }

  /** The last good release still runs, and nothing else. */
  async function assertUntouched(): Promise<void> {
    assert.equal(await account.servedCommit(), released.at(-1));
    const { deployments = [] } = (await account.service('shop')) ?? {};
    assert.equal(deployments[0]?.rolloutState, 'COMPLETED');
    const revision = (await account.stack('shop-service'))?.parameters['Revision'];
    assert.equal(deployments[0]?.taskDefinition, revision);
  }
});
