import assert from 'node:assert/strict';
import { evaluate, parseTemplate } from '../../../support/cloudFormation.ts';
import { infrastructureOf, propertiesOf, resourcesOf, stackOf, workers } from '../../../support/infrastructure.ts';
import type { Infrastructure, StackName } from '../../../support/infrastructure.ts';
import type { CeleryPlan } from '../../../../core/features/celery/types.ts';

const all = workers.map(infrastructureOf);
const onSqs = all.filter(({ answers }) => answers.broker === 'sqs');
const onRedis = all.filter(({ answers }) => answers.broker === 'redis');

function planOf({ plan }: Infrastructure): CeleryPlan {
  return plan.celery ?? assert.fail('no worker');
}

interface Group {
  readonly Engine: string;
  readonly EngineVersion: string;
  readonly ClusterMode: string;
  readonly NumCacheClusters: number;
  readonly AutomaticFailoverEnabled: boolean;
  readonly MultiAZEnabled: boolean;
  readonly TransitEncryptionEnabled: boolean;
  readonly TransitEncryptionMode: string;
  readonly AtRestEncryptionEnabled: boolean;
  readonly AuthToken: unknown;
}

interface Queue {
  readonly VisibilityTimeout: number;
  readonly MessageRetentionPeriod: number;
  readonly RedrivePolicy: { readonly maxReceiveCount: number };
}

interface Service {
  readonly DesiredCount?: number;
  readonly AvailabilityZoneRebalancing: string;
  readonly DeploymentConfiguration: Readonly<Record<'MinimumHealthyPercent' | 'MaximumPercent', number>>;
}

/** What is wrong with the stacks of a worker that no linter says; each rule has a fault planted for it below. */
function wrongIn(infrastructure: Infrastructure): readonly string[] {
  const { answers } = infrastructure;
  const worker = propertiesOf<Service>(infrastructure, 'service', 'Worker');
  const { MinCapacity: least, MaxCapacity: most } = propertiesOf<{ MinCapacity: number; MaxCapacity: number }>(
    infrastructure,
    'service',
    'WorkerScalableTarget',
  );
  const { MinimumHealthyPercent: stay, MaximumPercent: room } = worker.DeploymentConfiguration;
  return [
    ...(least > most ? ['more workers at least than at most'] : []),
    ...(least > 0 && Math.floor((least * room) / 100) <= Math.ceil((least * stay) / 100) ? ['no deployment'] : []),
    ...(worker.AvailabilityZoneRebalancing === 'DISABLED' ? [] : ['busy workers are stopped to move them']),
    ...(worker.DesiredCount === undefined ? [] : ['a release sets the count']),
    ...(answers.beat ? wrongInBeat(infrastructure) : []),
    ...(answers.broker === 'sqs' ? wrongInQueue(infrastructure) : wrongInGroup(infrastructure)),
  ];
}

function wrongInBeat(infrastructure: Infrastructure): readonly string[] {
  const beat = propertiesOf<Service>(infrastructure, 'service', 'Beat');
  const isSingle = beat.DesiredCount === 1 && beat.DeploymentConfiguration.MaximumPercent === 100;
  return isSingle && beat.AvailabilityZoneRebalancing === 'DISABLED' ? [] : ['two schedulers'];
}

function wrongInQueue(infrastructure: Infrastructure): readonly string[] {
  const queue = propertiesOf<Queue>(infrastructure, 'broker', 'Queue');
  const dead = propertiesOf<Queue>(infrastructure, 'broker', 'DeadLetterQueue');
  const attempts = queue.VisibilityTimeout * queue.RedrivePolicy.maxReceiveCount;
  return [
    ...(queue.VisibilityTimeout > infrastructure.answers.celeryLongestTaskSeconds ? [] : ['a task that runs twice']),
    ...(queue.MessageRetentionPeriod > attempts ? [] : ['a message that is gone before its last attempt']),
    // SQS counts on from the day when the message was sent.
    ...(dead.MessageRetentionPeriod >= queue.MessageRetentionPeriod ? [] : ['dead letters that are gone at once']),
  ];
}

function wrongInGroup(infrastructure: Infrastructure): readonly string[] {
  const group = propertiesOf<Group>(infrastructure, 'broker', 'ReplicationGroup');
  const { CacheParameterGroupFamily: family, Properties: parameters } = propertiesOf<{
    CacheParameterGroupFamily: string;
    Properties: Readonly<Record<string, string>>;
  }>(infrastructure, 'broker', 'Parameters');
  const isSafe = group.TransitEncryptionEnabled && group.TransitEncryptionMode === 'required';
  return [
    ...(group.NumCacheClusters >= 2 && group.AutomaticFailoverEnabled && group.MultiAZEnabled ? [] : ['no failover']),
    ...(group.ClusterMode === 'disabled' ? [] : ['a mode that Celery does not speak']),
    ...(isSafe && group.AtRestEncryptionEnabled && group.AuthToken !== undefined ? [] : ['open']),
    ...(parameters['maxmemory-policy'] === 'noeviction' ? [] : ['tasks that are dropped']),
    ...(family === `${group.Engine}${group.EngineVersion.split('.')[0]}` ? [] : ['parameters of another engine']),
  ];
}

/** The same with a text replaced in one stack. */
function edited(infrastructure: Infrastructure, stack: StackName, search: RegExp, by: string): Infrastructure {
  const before = infrastructure.texts.get(stack) ?? '';
  const after = before.replace(search, by);
  assert.notEqual(after, before, String(search));
  return { ...infrastructure, stacks: new Map([...infrastructure.stacks, [stack, parseTemplate(after)]]) };
}

describe('the stacks of a worker', () => {
  it('hold together', () => {
    for (const infrastructure of all) {
      assert.deepEqual(wrongIn(infrastructure), [], infrastructure.name);
    }
  });

  const sqs = infrastructureOf({ broker: 'sqs', beat: true });
  const redis = infrastructureOf({ broker: 'redis' });
  const inWorker = (key: string, value = '.*') => new RegExp(`(\\n  Worker:[^]*?${key}: )${value}`, 'u');
  const inBeat = (key: string) => new RegExp(`(\\n  Beat:[^]*?${key}: ).*`, 'u');
  const inDeadLetters = /(\n {2}DeadLetterQueue:[^]*?MessageRetentionPeriod: )\d+/u;
  const faults: readonly (readonly [Infrastructure, StackName, RegExp, string, string])[] = [
    [sqs, 'service', /(WorkerScalableTarget:[^]*?MaxCapacity: )\d+/u, '$10', 'more workers at least than at most'],
    [sqs, 'service', inWorker('MaximumPercent'), '$1100', 'no deployment'],
    [sqs, 'service', inWorker('AvailabilityZoneRebalancing'), '$1ENABLED', 'busy workers are stopped to move them'],
    [
      sqs,
      'service',
      /( +)(TaskDefinition: !Ref WorkerRevision)/u,
      '$1DesiredCount: 2\n$1$2',
      'a release sets the count',
    ],
    [sqs, 'service', inBeat('MaximumPercent'), '$1200', 'two schedulers'],
    [sqs, 'service', inBeat('DesiredCount'), '$12', 'two schedulers'],
    [sqs, 'service', inBeat('AvailabilityZoneRebalancing'), '$1ENABLED', 'two schedulers'],
    [sqs, 'broker', /VisibilityTimeout: \d+/u, 'VisibilityTimeout: 60', 'a task that runs twice'],
    [
      sqs,
      'broker',
      /PeriodSeconds: \d+|RetentionPeriod: \d+/u,
      'RetentionPeriod: 600',
      'a message that is gone before its last attempt',
    ],
    [sqs, 'broker', inDeadLetters, '$186400', 'dead letters that are gone at once'],
    [redis, 'broker', /NumCacheClusters: 2/u, 'NumCacheClusters: 1', 'no failover'],
    [redis, 'broker', /MultiAZEnabled: true/u, 'MultiAZEnabled: false', 'no failover'],
    [redis, 'broker', /ClusterMode: disabled/u, 'ClusterMode: enabled', 'a mode that Celery does not speak'],
    [redis, 'broker', /TransitEncryptionMode: required/u, 'TransitEncryptionMode: preferred', 'open'],
    [redis, 'broker', /maxmemory-policy: noeviction/u, 'maxmemory-policy: volatile-lru', 'tasks that are dropped'],
    [redis, 'broker', /EngineVersion: "8\.\d"/u, 'EngineVersion: "9.0"', 'parameters of another engine'],
  ];

  for (const [infrastructure, stack, search, by, complaint] of faults) {
    it(`would be found out: ${search.source} becomes ${by}: ${complaint}`, () => {
      assert.deepEqual(wrongIn(edited(infrastructure, stack, search, by)), [complaint]);
    });
  }
});

describe('the numbers of the worker', () => {
  it('are the planned ones at the service and its scaling', () => {
    for (const infrastructure of all) {
      const plan = planOf(infrastructure);
      const worker = propertiesOf<Service>(infrastructure, 'service', 'Worker');
      assert.equal(worker.DeploymentConfiguration.MinimumHealthyPercent, plan.minimumHealthyPercent.value);
      assert.equal(worker.DeploymentConfiguration.MaximumPercent, plan.maximumPercent.value);
      const target = propertiesOf(infrastructure, 'service', 'WorkerScalableTarget');
      assert.deepEqual(
        [target['MinCapacity'], target['MaxCapacity']],
        [plan.minTasks.value, plan.maxTasks.value],
        infrastructure.name,
      );
      const service = stackOf(infrastructure, 'service');
      assert.equal(evaluate(service, target['ResourceId']), 'service/<ClusterName>/<Worker.Name>');
      const { TargetTrackingScalingPolicyConfiguration: tracking } = propertiesOf<{
        TargetTrackingScalingPolicyConfiguration: Readonly<Record<string, unknown>>;
      }>(infrastructure, 'service', 'WorkerScaling');
      const { CustomizedMetricSpecification: specification, ...numbers } = tracking;
      assert.deepEqual(numbers, {
        TargetValue: plan.busyTargetPercent.value,
        ScaleOutCooldown: plan.scaleOutCooldownSeconds.value,
        ScaleInCooldown: plan.scaleInCooldownSeconds.value,
      });
      const text = JSON.stringify(specification);
      assert.ok(text.includes(`(running * ${plan.concurrency.value})"`), text);
      assert.ok(text.includes(` * ${plan.backlogWeight.value})`), text);
    }
  });

  it('are written so that CloudWatch reads them, also the smallest', () => {
    const smallest = infrastructureOf({ broker: 'redis', celeryTaskMs: 1, celeryQueueDelaySeconds: 86_400 });
    const text = smallest.texts.get('service') ?? '';
    const weight = /depth \* (\S+)\)/u.exec(text)?.[1] ?? '';
    assert.match(weight, /^\d+(\.\d+)?$/u);
    assert.equal(Number(weight), planOf(smallest).backlogWeight.value);
  });

  it('are the planned ones at the queue', () => {
    for (const infrastructure of onSqs) {
      const plan = planOf(infrastructure);
      const queue = propertiesOf<Queue>(infrastructure, 'broker', 'Queue');
      assert.equal(queue.VisibilityTimeout, plan.visibilityTimeoutSeconds.value);
      assert.equal(queue.RedrivePolicy.maxReceiveCount, plan.maxReceiveCount.value);
    }
  });

  /** By resource: the plan's number, whose sentence says how many minutes, too. */
  const alarms: Readonly<Record<string, readonly [key: keyof CeleryPlan, minutes: number]>> = {
    OldestMessage: ['oldestMessageAlarmSeconds', 5],
    Backlog: ['backlogAlarmMessages', 15],
    FailedTasks: ['failurePercentAlarm', 15],
  };

  it('are the planned ones at the alarms, and no alarm is missing', () => {
    for (const infrastructure of all) {
      const { answers, plan } = infrastructure;
      const worker = planOf(infrastructure);
      const found = new Map(
        resourcesOf(infrastructure, 'AWS::CloudWatch::Alarm').map(({ id, properties }) => [id, properties]),
      );
      for (const [id, [key, minutes]] of Object.entries(alarms)) {
        const alarm = found.get(id) ?? assert.fail(id);
        assert.equal(alarm['Threshold'], worker[key]?.value, id);
        assert.equal(alarm['AlarmDescription'], worker[key]?.why, id);
        assert.equal(alarm['ComparisonOperator'], 'GreaterThanThreshold', id);
        const metrics = (alarm['Metrics'] ?? []) as readonly { readonly MetricStat?: { readonly Period: number } }[];
        const period =
          alarm['Period'] ?? metrics.find(({ MetricStat }) => MetricStat !== undefined)?.MetricStat?.Period;
        assert.equal((Number(period) * Number(alarm['EvaluationPeriods'])) / 60, minutes, id);
        assert.match(String(worker[key]?.why), new RegExp(`\\b(?:for|of) ${minutes} min\\b`, 'u'), id);
      }
      assert.equal(found.get('WorkerMemory')?.['Threshold'], plan.alarms.memoryPercent.value);
      const isFromZero = worker.minTasks.value === 0;
      assert.equal(found.get('WorkerRunningTasks')?.['Threshold'], isFromZero ? undefined : worker.minTasks.value);
      const others = ['WorkerMemory', isFromZero ? 'WorkerFromZeroAlarm' : 'WorkerRunningTasks'];
      const ofBroker = answers.broker === 'sqs' ? ['DeadLetters'] : ['BrokerMemory', 'BrokerCpu'];
      const ofBeat = answers.beat ? ['BeatRunningTasks'] : [];
      const names = [...found.keys()].filter(
        (id) => /^(Worker|Broker|Beat)/u.test(id) || id in alarms || id === 'DeadLetters',
      );
      assert.deepEqual(names.toSorted(), [...Object.keys(alarms), ...others, ...ofBroker, ...ofBeat].toSorted());
    }
  });

  it('stand below the sentence that the plan gives as the reason', () => {
    const reasons: readonly (readonly [StackName, RegExp, keyof CeleryPlan])[] = [
      ['service', /WorkerScalableTarget:[^]*?\n((?: +#.*\n)+) +MinCapacity:/u, 'minTasks'],
      ['service', /WorkerScalableTarget:[^]*?\n((?: +#.*\n)+) +MaxCapacity:/u, 'maxTasks'],
      ['service', /WorkerScaling:[^]*?\n((?: +#.*\n)+) +TargetValue:/u, 'busyTargetPercent'],
      ['service', /WorkerScaling:[^]*?\n((?: +#.*\n)+) +ScaleOutCooldown:/u, 'scaleOutCooldownSeconds'],
      ['service', /WorkerScaling:[^]*?\n((?: +#.*\n)+) +ScaleInCooldown:/u, 'scaleInCooldownSeconds'],
      ['service', /WorkerScaling:[^]*?\n((?: +#.*\n)+) +Expression:/u, 'backlogWeight'],
      ['broker', /\n((?: +#.*\n)+) +VisibilityTimeout:/u, 'visibilityTimeoutSeconds'],
      ['broker', /\n((?: +#.*\n)+) +maxReceiveCount:/u, 'maxReceiveCount'],
    ];
    for (const infrastructure of onSqs) {
      for (const [stack, pattern, key] of reasons) {
        const comment = pattern.exec(infrastructure.texts.get(stack) ?? '')?.[1] ?? assert.fail(String(pattern));
        const sentence = comment.replaceAll(/\n? +# /gu, ' ');
        assert.ok(sentence.includes(planOf(infrastructure)[key]?.why ?? '?'), `${key}: ${sentence}`);
      }
    }
  });
});

describe('the metrics of the worker', () => {
  it('are made of its log lines, where they are there before it', () => {
    for (const infrastructure of all) {
      const platform = stackOf(infrastructure, 'platform');
      const filters = Object.entries(platform.Resources).filter(([, { Type }]) => Type === 'AWS::Logs::MetricFilter');
      assert.deepEqual(
        filters.map(([id, { Properties }]) => [id, Properties['LogGroupName'], Properties['FilterPattern']]),
        [
          ['TasksSucceeded', { Ref: 'WorkerLogGroup' }, '{ $.event = "task-succeeded" }'],
          ['TasksFailed', { Ref: 'WorkerLogGroup' }, '{ $.event = "task-failed" }'],
          ['TaskWait', { Ref: 'WorkerLogGroup' }, '{ $.waited_seconds >= 0 && $.attempt = 1 }'],
        ],
      );
    }
  });

  it('use the words that the worker writes', () => {
    const platform = infrastructureOf({ broker: 'redis' }).texts.get('platform') ?? '';
    assert.match(platform, /MetricValue: \$\.waited_seconds/u);
  });
});

describe('the queues', () => {
  it('refuse whoever comes without TLS, are encrypted, and outlive the stack', () => {
    for (const infrastructure of onSqs) {
      const broker = stackOf(infrastructure, 'broker');
      for (const id of ['Queue', 'DeadLetterQueue']) {
        const queue = broker.Resources[id];
        assert.deepEqual([queue?.DeletionPolicy, queue?.UpdateReplacePolicy], ['RetainExceptOnCreate', 'Retain'], id);
        assert.equal(queue?.Properties['SqsManagedSseEnabled'], true, id);
        const policy = evaluate(broker, broker.Resources[`${id}Policy`]?.Properties) as {
          Queues: readonly string[];
          PolicyDocument: { Statement: readonly unknown[] };
        };
        assert.deepEqual(policy.Queues, [`<${id}>`]);
        assert.deepEqual(policy.PolicyDocument.Statement, [
          {
            Sid: 'OnlyOverTls',
            Effect: 'Deny',
            Principal: '*',
            Action: 'sqs:*',
            Resource: `<${id}.Arn>`,
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          },
        ]);
      }
      const { RedriveAllowPolicy } = propertiesOf<{ RedriveAllowPolicy: { sourceQueueArns: unknown } }>(
        infrastructure,
        'broker',
        'DeadLetterQueue',
      );
      const name = String(broker.Resources['Queue']?.Properties['QueueName']);
      assert.deepEqual(evaluate(broker, RedriveAllowPolicy.sourceQueueArns), [
        `arn:aws:sqs:us-east-1:123456789012:${name}`,
      ]);
    }
  });
});

describe('the broker that is a server', () => {
  it('has a password that ElastiCache takes, is snapshot when the stack goes, and watches both nodes', () => {
    for (const infrastructure of onRedis) {
      const broker = stackOf(infrastructure, 'broker');
      const { GenerateSecretString: secret } = propertiesOf<{
        GenerateSecretString: { PasswordLength: number; ExcludePunctuation: boolean; GenerateStringKey: string };
      }>(infrastructure, 'broker', 'RedisSecret');
      // 16 to 128 letters and digits; of the signs it takes only some.
      assert.ok(secret.PasswordLength >= 16 && secret.PasswordLength <= 128 && secret.ExcludePunctuation);
      const { ReplicationGroup: group } = broker.Resources;
      assert.equal(
        evaluate(broker, group?.Properties['AuthToken']),
        `{{resolve:secretsmanager:<RedisSecret>:SecretString:${secret.GenerateStringKey}}}`,
      );
      assert.deepEqual([group?.DeletionPolicy, group?.UpdateReplacePolicy], ['Snapshot', 'Snapshot']);
      assert.ok(String(group?.Properties['ReplicationGroupId']).length <= 40);
      for (const id of ['BrokerMemory', 'BrokerCpu']) {
        const text = JSON.stringify(evaluate(broker, broker.Resources[id]?.Properties));
        assert.ok(text.includes('<ReplicationGroup>-001') && text.includes('<ReplicationGroup>-002'), id);
      }
    }
  });
});
