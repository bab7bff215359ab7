import assert from 'node:assert/strict';
import { evaluate, parseTemplate } from '../../../support/cloudFormation.ts';
import { matchFilter } from '../../../support/filterPattern.ts';
import { infrastructureOf, poolers, propertiesOf, resourcesOf, stackOf } from '../../../support/infrastructure.ts';
import type { Infrastructure, StackName } from '../../../support/infrastructure.ts';
import type { PgbouncerPlan } from '../../../../core/features/pgbouncer/types.ts';

const all = poolers.map(infrastructureOf);

function planOf({ plan }: Infrastructure): PgbouncerPlan {
  return plan.pgbouncer ?? assert.fail('no PgBouncer');
}

interface Service {
  readonly DesiredCount: number;
  readonly AvailabilityZoneRebalancing: string;
  readonly EnableExecuteCommand: boolean;
  readonly NetworkConfiguration: { readonly AwsvpcConfiguration: Readonly<Record<string, unknown>> };
  readonly ServiceRegistries: readonly unknown[];
  readonly DeploymentConfiguration: {
    readonly MinimumHealthyPercent: number;
    readonly MaximumPercent: number;
    readonly DeploymentCircuitBreaker: unknown;
  };
}

interface Discovery {
  readonly Name: string;
  readonly NamespaceId: unknown;
  readonly DnsConfig: {
    readonly RoutingPolicy: string;
    readonly DnsRecords: readonly { readonly Type: string; readonly TTL: number }[];
  };
  readonly HealthCheckCustomConfig?: unknown;
}

interface Repository {
  readonly ImageTagMutability: string;
}

/** What is wrong with the stacks of PgBouncer that no linter says; each rule has a fault planted for it below. */
function wrongIn(infrastructure: Infrastructure): readonly string[] {
  const service = propertiesOf<Service>(infrastructure, 'pgbouncer', 'Pgbouncer');
  const { MinimumHealthyPercent: stay, MaximumPercent: room } = service.DeploymentConfiguration;
  const discovery = propertiesOf<Discovery>(infrastructure, 'pgbouncer', 'Discovery');
  const [record] = discovery.DnsConfig.DnsRecords;
  const repository = propertiesOf<Repository>(infrastructure, 'platform', 'PgbouncerRepository');
  const isSpread = record?.Type === 'A' && discovery.DnsConfig.RoutingPolicy === 'MULTIVALUE';
  return [
    ...(service.DesiredCount === 2 && Math.floor((2 * room) / 100) <= 2 ? [] : ['a third pool']),
    ...(Math.ceil((2 * stay) / 100) < Math.floor((2 * room) / 100) ? [] : ['no deployment']),
    ...(Math.ceil((2 * stay) / 100) >= 1 ? [] : ['both go at once']),
    // AWS refuses it where no task may start beside the others.
    ...(service.AvailabilityZoneRebalancing === 'DISABLED' ? [] : ['a service that AWS does not make']),
    ...(isSpread ? [] : ['one address']),
    ...(Number(record?.TTL) <= 10 ? [] : ['an address that is gone']),
    ...(discovery.HealthCheckCustomConfig === undefined ? ['an address before it answers'] : []),
    ...(repository.ImageTagMutability === 'IMMUTABLE' ? [] : ['another image under its hash']),
  ];
}

/** The same with a text replaced in one stack. */
function edited(infrastructure: Infrastructure, stack: StackName, search: RegExp, by: string): Infrastructure {
  const before = infrastructure.texts.get(stack) ?? '';
  const after = before.replace(search, by);
  assert.notEqual(after, before, String(search));
  return { ...infrastructure, stacks: new Map([...infrastructure.stacks, [stack, parseTemplate(after)]]) };
}

describe('the stacks of PgBouncer', () => {
  it('hold together', () => {
    for (const infrastructure of all) {
      assert.deepEqual(wrongIn(infrastructure), [], infrastructure.name);
    }
  });

  const faults: readonly (readonly [StackName, RegExp, string, string])[] = [
    ['pgbouncer', /DesiredCount: 2/u, 'DesiredCount: 3', 'a third pool'],
    ['pgbouncer', /MaximumPercent: 100/u, 'MaximumPercent: 150', 'a third pool'],
    ['pgbouncer', /MinimumHealthyPercent: 50/u, 'MinimumHealthyPercent: 100', 'no deployment'],
    ['pgbouncer', /MinimumHealthyPercent: 50/u, 'MinimumHealthyPercent: 0', 'both go at once'],
    ['pgbouncer', /Rebalancing: DISABLED/u, 'Rebalancing: ENABLED', 'a service that AWS does not make'],
    ['pgbouncer', /MULTIVALUE/u, 'WEIGHTED', 'one address'],
    ['pgbouncer', /(Type: A\n[^]*?TTL: )10/u, '$160', 'an address that is gone'],
    ['pgbouncer', /HealthCheckCustomConfig:\n.*\n/u, '', 'an address before it answers'],
    ['platform', /Mutability: IMMUTABLE\n/u, 'Mutability: MUTABLE\n', 'another image under its hash'],
  ];

  for (const [stack, search, by, complaint] of faults) {
    it(`would be found out: ${search.source} becomes ${by}: ${complaint}`, () => {
      assert.deepEqual(wrongIn(edited(infrastructureOf({ pooler: 'pgbouncer' }), stack, search, by)), [complaint]);
    });
  }

  it('give it a name in the VPC, and its tasks a place in private subnets with a way in for the tasks only', () => {
    for (const infrastructure of all) {
      const stack = stackOf(infrastructure, 'pgbouncer');
      const value = (id: string) => evaluate(stack, stack.Resources[id]?.Properties);
      const slug = infrastructure.answers.projectName.replaceAll('_', '-');
      const { Name, Vpc } = value('Namespace') as { Name: string; Vpc: string };
      assert.deepEqual([Name, Vpc], [`${slug}.internal`, '<VpcId>']);
      const discovery = value('Discovery') as Discovery;
      assert.deepEqual([discovery.Name, discovery.NamespaceId], ['pgbouncer', '<Namespace>']);
      assert.equal(stack.Outputs['PgbouncerHost']?.Value, `pgbouncer.${slug}.internal`);
      const service = value('Pgbouncer') as Service;
      assert.deepEqual(service.ServiceRegistries, [{ RegistryArn: '<Discovery.Arn>' }]);
      assert.deepEqual(service.NetworkConfiguration.AwsvpcConfiguration, {
        AssignPublicIp: 'DISABLED',
        Subnets: '<PrivateSubnetIds>',
        SecurityGroups: ['<PgbouncerSecurityGroupId>'],
      });
      assert.equal(service.EnableExecuteCommand, false);
      assert.deepEqual(service.DeploymentConfiguration.DeploymentCircuitBreaker, { Enable: true, Rollback: true });
    }
  });

  it('take a revision and the hash that it is made of, and neither without the other', () => {
    for (const infrastructure of all) {
      const { Parameters = {} } = stackOf(infrastructure, 'pgbouncer');
      const slug = infrastructure.answers.projectName.replaceAll('_', '-');
      const revision = new RegExp(String(Parameters['Revision']?.['AllowedPattern']), 'u');
      const arn = `arn:aws:ecs:${infrastructure.answers.region}:123456789012:task-definition/${slug}`;
      assert.match(`${arn}-pgbouncer:7`, revision);
      assert.doesNotMatch(`${arn}-web:7`, revision);
      const configuration = new RegExp(String(Parameters['Configuration']?.['AllowedPattern']), 'u');
      assert.match('0a1b2c3d4e5f', configuration);
      assert.doesNotMatch('0a1b2c3d4e5f6', configuration);
      for (const name of ['Revision', 'Configuration']) {
        assert.ok(!('Default' in (Parameters[name] ?? {})), name);
      }
    }
  });

  it('let the pipeline look at it and at its log, and change nothing', () => {
    const ofPooler = /pgbouncer/iu;
    for (const infrastructure of all) {
      const slug = infrastructure.answers.projectName.replaceAll('_', '-');
      const platform = stackOf(infrastructure, 'platform');
      const { Policies } = evaluate(platform, platform.Resources['ReleaseRole']?.Properties) as {
        Policies: readonly { PolicyDocument: { Statement: readonly { Action: unknown; Resource: unknown }[] } }[];
      };
      const statements = Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
      const about = statements.filter(({ Resource }) => ofPooler.test(JSON.stringify(Resource)));
      assert.deepEqual(about.flatMap(({ Action }) => Action).toSorted(), [
        'cloudformation:DescribeStackEvents',
        'cloudformation:DescribeStacks',
        'ecs:DescribeServices',
        'logs:FilterLogEvents',
        'logs:GetLogEvents',
      ]);
      const build = JSON.stringify(platform.Resources['BuildRole']?.Properties);
      assert.doesNotMatch(build.replaceAll(slug, ''), ofPooler);
    }
  });
});

describe('the numbers of PgBouncer', () => {
  it('are the planned ones at the service', () => {
    for (const infrastructure of all) {
      const plan = planOf(infrastructure);
      const service = propertiesOf<Service>(infrastructure, 'pgbouncer', 'Pgbouncer');
      assert.equal(service.DesiredCount, plan.tasks.value);
      assert.equal(service.DeploymentConfiguration.MinimumHealthyPercent, plan.minimumHealthyPercent.value);
      assert.equal(service.DeploymentConfiguration.MaximumPercent, plan.maximumPercent.value);
    }
  });

  /** By resource: the plan's number, whose sentence says how many minutes, too; and units of the metric in one of it. */
  const alarms: Readonly<
    Record<string, readonly [keyof PgbouncerPlan, minutes: number, comparison: string, units: number]>
  > = {
    PgbouncerWait: ['waitAlarmMs', 5, 'GreaterThanThreshold', 1000],
    PgbouncerRunningTasks: ['runningTasksAlarm', 10, 'LessThanThreshold', 1],
    PgbouncerCpu: ['cpuAlarmPercent', 15, 'GreaterThanThreshold', 1],
  };

  it('are the planned ones at the alarms, and no alarm is missing', () => {
    for (const infrastructure of all) {
      const plan = planOf(infrastructure);
      const found = resourcesOf(infrastructure, 'AWS::CloudWatch::Alarm').filter(({ stack }) => stack === 'pgbouncer');
      assert.deepEqual(
        found.map(({ id }) => id).toSorted(),
        [...Object.keys(alarms), 'PgbouncerTurnedAway'].toSorted(),
      );
      for (const { id, properties } of found.filter((alarm) => alarm.id in alarms)) {
        const [key, minutes, comparison, units] = alarms[id] ?? assert.fail(id);
        assert.equal(properties['Threshold'], plan[key].value * units, id);
        assert.equal(properties['AlarmDescription'], plan[key].why, id);
        assert.equal(properties['ComparisonOperator'], comparison, id);
        assert.equal((Number(properties['Period']) * Number(properties['EvaluationPeriods'])) / 60, minutes, id);
        assert.match(plan[key].why, new RegExp(`\\bfor ${minutes} min\\b`, 'u'), id);
      }
      const { properties: turnedAway } = found.find(({ id }) => id === 'PgbouncerTurnedAway') ?? assert.fail();
      assert.deepEqual(
        [turnedAway['Statistic'], turnedAway['Threshold'], turnedAway['ComparisonOperator']],
        ['Sum', 0, 'GreaterThanThreshold'],
      );
      const text = String(turnedAway['AlarmDescription']);
      assert.ok(text.includes(` ${plan.queryWaitTimeoutSeconds.value} s `), text);
      assert.ok(text.includes(` ${plan.maxClientConnections.value} clients,`), text);
    }
  });

  it('stand below the sentence that the plan gives as the reason', () => {
    const reasons: readonly (readonly [string, keyof PgbouncerPlan])[] = [
      ['DesiredCount', 'tasks'],
      ['MinimumHealthyPercent', 'minimumHealthyPercent'],
      ['MaximumPercent', 'maximumPercent'],
    ];
    for (const infrastructure of all) {
      for (const [name, key] of reasons) {
        const text = infrastructure.texts.get('pgbouncer') ?? '';
        const comment = new RegExp(`\\n((?: +#.*\\n)+) +${name}:`, 'u').exec(text)?.[1] ?? assert.fail(name);
        assert.ok(comment.replaceAll(/\n? +# /gu, ' ').includes(planOf(infrastructure)[key].why), comment);
      }
    }
  });
});

describe('the metrics of PgBouncer', () => {
  /** Lines that PgBouncer 1.24.1 of Debian 13 printed, with a pool of one connection and places for three clients. */
  const at = '2026-11-25 22:57:22.143 UTC [6223]';
  const lines = {
    up: `${at} LOG process up: PgBouncer 1.24.1, libevent 2.1.13-stable (epoll), adns: c-ares 1.34.5, tls: OpenSSL 3.5.9`,
    busy: `${at} LOG stats: 1 xacts/s, 1 queries/s, 0 client parses/s, 0 server parses/s, 0 binds/s, in 7 B/s, out 13 B/s, xact 0 us, query 0 us, wait 6410 us`,
    idle: `${at} LOG stats: 0 xacts/s, 0 queries/s, 0 client parses/s, 0 server parses/s, 0 binds/s, in 0 B/s, out 0 B/s, xact 0 us, query 0 us, wait 0 us`,
    waited: `${at} WARNING C-0x555590b4f840: app/app@127.0.0.1:52954 pooler error: query_wait_timeout`,
    crowded: `${at} WARNING C-0x555590b4fdc0: (nodb)/(nouser)@127.0.0.1:52964 pooler error: no more connections allowed (max_client_conn)`,
    down: `${at} LOG got SIGINT, shutting down, waiting for all servers connections to be released`,
    // From its source.
    refused: `${at} WARNING C-0x555590b4fdc0: app/app@127.0.0.1:52964 pooler error: server login has been failing, try again later (server_login_retry)`,
    told: `${at} LOG C-0x555590b4f840: app/app@127.0.0.1:52954 closing because: query_wait_timeout (age=11s)`,
  };

  function filterOf(id: string) {
    return propertiesOf<{
      readonly LogGroupName: unknown;
      readonly FilterPattern: string;
      readonly MetricTransformations: readonly [
        { readonly MetricValue: string; readonly DefaultValue?: number; readonly MetricName: string },
      ];
    }>(infrastructureOf({ pooler: 'pgbouncer' }), 'platform', id);
  }

  it('hold the wait that is the last word of the line of each minute', () => {
    const { FilterPattern: pattern, MetricTransformations: made } = filterOf('PgbouncerWait');
    const name = made[0].MetricValue.replace('$', '');
    assert.equal(matchFilter(pattern, lines.busy)?.[name], '6410');
    assert.equal(matchFilter(pattern, lines.idle)?.[name], '0');
    for (const key of ['up', 'waited', 'crowded', 'down', 'refused', 'told'] as const) {
      assert.equal(matchFilter(pattern, lines[key]), undefined, key);
    }
    // No line is no wait of 0: an idle PgBouncer says 0 itself.
    assert.equal(made[0].DefaultValue, undefined);
  });

  it('count each client that was turned away once, and not those that the database refuses', () => {
    const { FilterPattern: pattern, MetricTransformations: made } = filterOf('PgbouncerTurnedAway');
    const counted = Object.entries(lines).filter(([, line]) => matchFilter(pattern, line) !== undefined);
    assert.deepEqual(
      counted.map(([key]) => key),
      ['waited', 'crowded'],
    );
    assert.deepEqual([made[0].MetricValue, made[0].DefaultValue], ['1', 0]);
  });

  it('are made of its own log', () => {
    for (const id of ['PgbouncerWait', 'PgbouncerTurnedAway']) {
      assert.deepEqual(filterOf(id).LogGroupName, { Ref: 'PgbouncerLogGroup' });
      const alarm = propertiesOf(infrastructureOf({ pooler: 'pgbouncer' }), 'pgbouncer', id);
      assert.equal(alarm['MetricName'], filterOf(id).MetricTransformations[0].MetricName);
    }
  });

  it('are read by patterns that are no others', () => {
    assert.equal(matchFilter('[a, b = "x", c > 2]', '1 x 3')?.['c'], '3');
    assert.equal(matchFilter('[a, b = "x", c > 3]', '1 x 3'), undefined);
    assert.equal(matchFilter('[a, b]', '1 2 3'), undefined);
    assert.equal(matchFilter('[a, ..., z]', '[1 2] 3 "4 5"')?.['z'], '4 5');
    assert.equal(matchFilter('"one" "two"', 'one three'), undefined);
    assert.throws(() => matchFilter('[a = b c]', ''), /does not know the field/u);
    assert.throws(() => matchFilter('?"a" "b"', ''), /does not know the pattern/u);
  });
});
