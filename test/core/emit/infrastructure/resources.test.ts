import assert from 'node:assert/strict';
import { evaluate } from '../../../support/cloudFormation.ts';
import {
  edges,
  everyCombination,
  infrastructureOf,
  propertiesOf,
  resourcesOf,
  stackOf,
} from '../../../support/infrastructure.ts';

const all = [...everyCombination(), ...edges].map(infrastructureOf);
const distinct = [...new Map(all.map((one) => [[...one.texts.values()].join('\n'), one])).values()];

type Properties = Readonly<Record<string, unknown>>;
type Attributes = readonly { readonly Key: string; readonly Value: string }[];

function attributesOf(properties: Properties, name: string): Readonly<Record<string, string>> {
  return Object.fromEntries((properties[name] as Attributes).map(({ Key, Value }) => [Key, Value]));
}

/** Metrics by namespace with the dimensions under which AWS publishes them. */
const metrics: Readonly<Record<string, readonly string[]>> = {
  'AWS/ApplicationELB RequestCount': ['LoadBalancer', 'TargetGroup'],
  'AWS/ApplicationELB RequestCountPerTarget': ['TargetGroup'],
  'AWS/ApplicationELB HTTPCode_Target_5XX_Count': ['LoadBalancer', 'TargetGroup'],
  // Of the load balancer itself: it has no target group.
  'AWS/ApplicationELB HTTPCode_ELB_5XX_Count': ['LoadBalancer'],
  'AWS/ApplicationELB TargetResponseTime': ['LoadBalancer', 'TargetGroup'],
  'AWS/ApplicationELB HealthyHostCount': ['LoadBalancer', 'TargetGroup'],
  'AWS/ApplicationELB UnHealthyHostCount': ['LoadBalancer', 'TargetGroup'],
  'AWS/ECS CPUUtilization': ['ClusterName', 'ServiceName'],
  'AWS/ECS MemoryUtilization': ['ClusterName', 'ServiceName'],
  'ECS/ContainerInsights RunningTaskCount': ['ClusterName', 'ServiceName'],
  'AWS/RDS DatabaseConnections': ['DBInstanceIdentifier'],
  'AWS/RDS CPUUtilization': ['DBInstanceIdentifier'],
  'AWS/RDS FreeStorageSpace': ['DBInstanceIdentifier'],
  'AWS/RDS CPUCreditBalance': ['DBInstanceIdentifier'],
  'ECS/ContainerInsights DesiredTaskCount': ['ClusterName', 'ServiceName'],
  'AWS/SQS ApproximateNumberOfMessagesVisible': ['QueueName'],
  'AWS/SQS ApproximateNumberOfMessagesNotVisible': ['QueueName'],
  'AWS/SQS ApproximateAgeOfOldestMessage': ['QueueName'],
  'AWS/ElastiCache DatabaseMemoryUsagePercentage': ['CacheClusterId'],
  'AWS/ElastiCache EngineCPUUtilization': ['CacheClusterId'],
  // Our own, from the lines that the worker prints.
  'SLUG QueueDepth': ['Queue'],
  'SLUG BusyChildren': ['Queue'],
  'SLUG TasksSucceeded': [],
  'SLUG TasksFailed': [],
  'SLUG TaskWaitSeconds': [],
  'SLUG OldestSeconds': ['Queue'],
  // And from those of PgBouncer.
  'SLUG PgbouncerWaitMicroseconds': [],
  'SLUG PgbouncerTurnedAway': [],
};

/** What each dimension must hold. */
const dimensions: Readonly<Record<string, readonly string[]>> = {
  LoadBalancer: ['<LoadBalancerFullName>'],
  TargetGroup: ['<TargetGroupFullName>'],
  ClusterName: ['<ClusterName>'],
  ServiceName: [
    '<Service.Name>',
    'SLUG-web',
    '<Worker.Name>',
    'SLUG-worker',
    '<Beat.Name>',
    '<Pgbouncer.Name>',
    'SLUG-pgbouncer',
  ],
  DBInstanceIdentifier: ['<Database>', '<DatabaseIdentifier>'],
  QueueName: ['<QueueName>', '<DeadLetterQueueName>'],
  Queue: ['celery'],
  CacheClusterId: ['<ReplicationGroup>-001', '<ReplicationGroup>-002', 'SLUG-001', 'SLUG-002'],
};

function checkMetric(namespace: string, metric: string, pairs: Readonly<Record<string, string>>, slug: string): void {
  const name = `${namespace === slug ? 'SLUG' : namespace} ${metric}`;
  assert.deepEqual(Object.keys(pairs).toSorted(), metrics[name]?.toSorted(), name);
  for (const [dimension, value] of Object.entries(pairs)) {
    assert.ok(dimensions[dimension]?.includes(value.replace(slug, 'SLUG')), `${name}: ${dimension} ${value}`);
  }
}

interface Metric {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[];
}

/** The metrics of an alarm, whether it has one or computes with several. */
function metricsOf(properties: Properties): readonly Metric[] {
  const several = properties['Metrics'] as readonly { readonly MetricStat?: { readonly Metric: Metric } }[] | undefined;
  return several === undefined
    ? [properties as unknown as Metric]
    : several.flatMap(({ MetricStat }) => (MetricStat === undefined ? [] : [MetricStat.Metric]));
}

describe('the network', () => {
  it('has its two public and two private subnets in different zones', () => {
    for (const infrastructure of distinct) {
      const network = stackOf(infrastructure, 'network');
      for (const output of ['PublicSubnetIds', 'PrivateSubnetIds']) {
        const ids = String(evaluate(network, network.Outputs[output]?.Value)).replaceAll(/[<>]/gu, '').split(',');
        const zones = ids.map((id) => evaluate(network, network.Resources[id]?.Properties['AvailabilityZone']));
        assert.deepEqual(zones, ['zone-a', 'zone-b'], output);
      }
    }
  });

  it('leads the public subnets to the internet, and the private ones as answered', () => {
    for (const infrastructure of distinct) {
      const network = stackOf(infrastructure, 'network');
      const routes = resourcesOf(infrastructure, 'AWS::EC2::Route').map(({ properties }) => [
        evaluate(network, properties['RouteTableId']),
        properties['DestinationCidrBlock'],
        evaluate(network, properties['GatewayId'] ?? properties['NatGatewayId']),
      ]);
      const isNat = infrastructure.answers.egress === 'nat';
      assert.deepEqual(routes, [
        ['<PublicRouteTable>', '0.0.0.0/0', '<InternetGateway>'],
        ...(isNat ? [['<PrivateRouteTable>', '0.0.0.0/0', '<NatGateway>']] : []),
      ]);
      const tables = resourcesOf(infrastructure, 'AWS::EC2::SubnetRouteTableAssociation').map(({ properties }) =>
        [properties['SubnetId'], properties['RouteTableId']].map((value) => evaluate(network, value)),
      );
      assert.deepEqual(tables, [
        ['<PublicSubnetA>', '<PublicRouteTable>'],
        ['<PublicSubnetB>', '<PublicRouteTable>'],
        ['<PrivateSubnetA>', '<PrivateRouteTable>'],
        ['<PrivateSubnetB>', '<PrivateRouteTable>'],
      ]);
      assert.equal(resourcesOf(infrastructure, 'AWS::EC2::NatGateway').length, isNat ? 1 : 0);
    }
  });

  it('has an endpoint for each service that a task needs to start, log and be entered, when there is no NAT', () => {
    for (const infrastructure of distinct) {
      const network = stackOf(infrastructure, 'network');
      const endpoints = resourcesOf(infrastructure, 'AWS::EC2::VPCEndpoint').map(({ properties }) =>
        String(evaluate(network, properties['ServiceName'])).replace('com.amazonaws.us-east-1.', ''),
      );
      const queue = infrastructure.answers.broker === 'sqs' ? ['sqs'] : [];
      const mail = infrastructure.answers.mail === 'ses' ? ['email'] : [];
      const interfaces = ['ecr.api', 'ecr.dkr', 'logs', 'secretsmanager', 'ssmmessages', ...queue, ...mail];
      assert.deepEqual(endpoints, ['s3', ...(infrastructure.answers.egress === 'nat' ? [] : interfaces)]);
    }
  });

  it('is refused in another region than the answered one', () => {
    const { texts } = infrastructureOf({ region: 'eu-central-1' });
    assert.match(texts.get('network') ?? '', /Assert: !Equals \[!Ref "AWS::Region", "eu-central-1"\]/u);
  });
});

describe('the load balancer', () => {
  it('asks a path that needs neither host nor database', () => {
    for (const infrastructure of distinct) {
      const { TargetGroup } = stackOf(infrastructure, 'platform').Resources;
      assert.equal(TargetGroup?.Properties['HealthCheckPath'], '/healthz');
      assert.equal(TargetGroup.Properties['TargetType'], 'ip');
      assert.equal(TargetGroup.Properties['Protocol'], 'HTTP');
    }
  });

  it('keeps a browser with its task only where the tasks serve the static files', () => {
    for (const infrastructure of distinct) {
      const group = propertiesOf(infrastructure, 'platform', 'TargetGroup');
      const { 'stickiness.enabled': enabled } = attributesOf(group, 'TargetGroupAttributes');
      assert.equal(enabled, String(infrastructure.answers.static === 'whitenoise'));
    }
  });

  it('speaks TLS with a domain, and port 80 only redirects', () => {
    for (const infrastructure of distinct.filter(({ answers }) => answers.domain !== undefined)) {
      const platform = stackOf(infrastructure, 'platform');
      const listeners = resourcesOf(infrastructure, 'AWS::ElasticLoadBalancingV2::Listener');
      assert.deepEqual(
        listeners.map(({ properties }) => [properties['Port'], properties['Protocol']]),
        [
          [443, 'HTTPS'],
          [80, 'HTTP'],
        ],
      );
      const [secure, plain] = listeners.map(({ properties }) => properties);
      assert.deepEqual(secure?.['DefaultActions'], [{ Type: 'forward', TargetGroupArn: { Ref: 'TargetGroup' } }]);
      assert.deepEqual(secure?.['Certificates'], [{ CertificateArn: { Ref: 'CertificateArn' } }]);
      assert.match(String(secure?.['SslPolicy']), /TLS13-1-2/u);
      assert.deepEqual(plain?.['DefaultActions'], [
        { Type: 'redirect', RedirectConfig: { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' } },
      ]);
      assert.equal(evaluate(platform, platform.Outputs['ListenerArn']?.Value), '<Listener>');
    }
  });

  it('warns loudly where it speaks plain HTTP', () => {
    for (const infrastructure of distinct.filter(({ answers }) => answers.domain === undefined)) {
      const platform = stackOf(infrastructure, 'platform');
      const listeners = resourcesOf(infrastructure, 'AWS::ElasticLoadBalancingV2::Listener');
      assert.deepEqual(
        listeners.map(({ properties }) => [properties['Port'], properties['Protocol']]),
        [[80, 'HTTP']],
      );
      assert.match(platform.Description, /PLAIN HTTP/u);
      assert.match(infrastructure.texts.get('platform') ?? '', /# WARNING: PLAIN HTTP/u);
      assert.ok(!('CertificateArn' in (platform.Parameters ?? {})));
    }
  });
});

describe('the image repository', () => {
  it('never moves a tag but those of a cache', () => {
    for (const infrastructure of distinct) {
      const repository = propertiesOf(infrastructure, 'platform', 'ImageRepository');
      assert.equal(repository['ImageTagMutability'], 'IMMUTABLE_WITH_EXCLUSION');
      assert.deepEqual(repository['ImageTagMutabilityExclusionFilters'], [
        {
          ImageTagMutabilityExclusionFilterType: 'WILDCARD',
          ImageTagMutabilityExclusionFilterValue: 'buildcache*',
        },
      ]);
      assert.deepEqual(repository['ImageScanningConfiguration'], { ScanOnPush: true });
    }
  });

  it('has a lifecycle that ECR can read, and keeps enough images to go back', () => {
    const { LifecyclePolicy } = propertiesOf<{ LifecyclePolicy: { LifecyclePolicyText: string } }>(
      infrastructureOf({}),
      'platform',
      'ImageRepository',
    );
    const { rules } = JSON.parse(LifecyclePolicy.LifecyclePolicyText) as {
      rules: readonly { rulePriority: number; selection: Record<string, unknown>; action: unknown }[];
    };
    const priorities = rules.map(({ rulePriority }) => rulePriority);
    assert.deepEqual(
      priorities,
      [...new Set(priorities)].toSorted((one, other) => one - other),
    );
    for (const { action } of rules) {
      assert.deepEqual(action, { type: 'expire' });
    }
    // ECR wants a rule for any tag to come last.
    assert.equal(rules.at(-1)?.selection['tagStatus'], 'any');
    assert.equal(rules.at(-1)?.selection['countType'], 'imageCountMoreThan');
    assert.ok(Number(rules.at(-1)?.selection['countNumber']) >= 100);
    assert.deepEqual(
      rules.slice(0, -1).map(({ selection }) => selection['tagStatus']),
      ['untagged'],
    );
  });
});

describe('the service', () => {
  it('is left out, with its scaling and its alarms, as long as there is no revision', () => {
    for (const infrastructure of distinct) {
      const service = stackOf(infrastructure, 'service');
      assert.equal(evaluate(service, service.Conditions?.['HasRevision'], { Revision: '' }), false);
      assert.equal(evaluate(service, service.Conditions?.['HasRevision'], { Revision: 'arn' }), true);
      const isOfWorker = /^Worker|^(OldestMessage|Backlog|DeadLetters|FailedTasks)$/u;
      for (const [id, { Condition }] of Object.entries(service.Resources)) {
        const own = id.startsWith('Beat') ? 'HasBeat' : isOfWorker.test(id) ? 'HasWorker' : 'HasRevision';
        assert.equal(Condition, id === 'Dashboard' ? undefined : own, id);
      }
      assert.equal(service.Parameters?.['Revision']?.['Type'], 'String');
      assert.equal(service.Parameters['Revision']['Default'], '');
    }
  });

  it('leaves the count of tasks to the scaling, and shells to the ops task', () => {
    for (const infrastructure of distinct) {
      const { Service } = stackOf(infrastructure, 'service').Resources;
      assert.ok(Service !== undefined && !('DesiredCount' in Service.Properties));
      assert.equal(Service.Properties['EnableExecuteCommand'], false);
      assert.equal(Service.Properties['AvailabilityZoneRebalancing'], 'ENABLED');
      assert.deepEqual(Service.Properties['TaskDefinition'], { Ref: 'Revision' });
    }
  });

  it('goes back by itself on tasks that do not start and on 5xx, unless a release turns that off', () => {
    for (const infrastructure of distinct) {
      const service = stackOf(infrastructure, 'service');
      const configuration = (rollback: string) =>
        evaluate(service, service.Resources['Service']?.Properties['DeploymentConfiguration'], {
          AutomaticRollback: rollback,
        }) as Readonly<Record<string, unknown>>;
      for (const rollback of ['true', 'false']) {
        const { DeploymentCircuitBreaker, Alarms } = configuration(rollback);
        assert.deepEqual(DeploymentCircuitBreaker, { Enable: true, Rollback: rollback });
        assert.deepEqual(Alarms, { Enable: true, Rollback: rollback, AlarmNames: ['<Errors>'] });
      }
      assert.deepEqual(
        [
          service.Parameters?.['AutomaticRollback']?.['Default'],
          service.Parameters?.['AutomaticRollback']?.['AllowedValues'],
        ],
        ['true', ['true', 'false']],
      );
      const errors = metricsOf(service.Resources['Errors']?.Properties ?? {});
      assert.ok(errors.length > 0 && errors.every(({ MetricName }) => /5XX|^RequestCount$/u.test(MetricName)));
    }
  });

  it('can start a deployment: beside the tasks that must stay there is room for one more', () => {
    for (const infrastructure of distinct) {
      const { DeploymentConfiguration: percent } = propertiesOf<{
        DeploymentConfiguration: { MinimumHealthyPercent: number; MaximumPercent: number };
      }>(infrastructure, 'service', 'Service');
      const { MinCapacity, MaxCapacity } = propertiesOf<{ MinCapacity: number; MaxCapacity: number }>(
        infrastructure,
        'service',
        'ScalableTarget',
      );
      const stay = Math.ceil((MinCapacity * percent.MinimumHealthyPercent) / 100);
      assert.ok(Math.floor((MinCapacity * percent.MaximumPercent) / 100) > stay);
      assert.ok(MinCapacity <= MaxCapacity);
    }
  });

  it('scales the service that it is, by the load balancer in front of it', () => {
    for (const infrastructure of distinct) {
      const service = stackOf(infrastructure, 'service');
      const target = propertiesOf(infrastructure, 'service', 'ScalableTarget');
      assert.equal(evaluate(service, target['ResourceId']), 'service/<ClusterName>/<Service.Name>');
      const { TargetTrackingScalingPolicyConfiguration: tracking } = propertiesOf<{
        TargetTrackingScalingPolicyConfiguration: { PredefinedMetricSpecification: unknown };
      }>(infrastructure, 'service', 'ScaleOnRequests');
      assert.deepEqual(evaluate(service, tracking.PredefinedMetricSpecification), {
        PredefinedMetricType: 'ALBRequestCountPerTarget',
        ResourceLabel: '<LoadBalancerFullName>/<TargetGroupFullName>',
      });
    }
  });
});

describe('the alarms', () => {
  it('look at metrics under the dimensions that AWS publishes them with', () => {
    for (const infrastructure of distinct) {
      const slug = infrastructure.answers.projectName.replaceAll('_', '-');
      for (const { id, stack, properties } of resourcesOf(infrastructure, 'AWS::CloudWatch::Alarm')) {
        const found = metricsOf(evaluate(stackOf(infrastructure, stack), properties) as Properties);
        assert.ok(found.length > 0, id);
        for (const { Namespace, MetricName, Dimensions = [] } of found) {
          const pairs = Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value]));
          checkMetric(Namespace, MetricName, pairs, slug);
          // An alarm of the worker that looked at the web service would be silent, or wrong.
          const service = /^(Worker|Beat|Pgbouncer)/u.exec(id)?.[1] ?? 'Service';
          assert.ok([undefined, `<${service}.Name>`].includes(pairs['ServiceName']), id);
          assert.equal(pairs['QueueName'] === '<DeadLetterQueueName>', id === 'DeadLetters', id);
        }
      }
    }
  });

  it('are sent to the topic, when they begin and when they end', () => {
    for (const infrastructure of distinct) {
      const alarms = resourcesOf(infrastructure, 'AWS::CloudWatch::Alarm');
      // Not a fault but a means: it starts the first worker, and tells nobody.
      for (const { id, properties } of alarms.filter((alarm) => alarm.id !== 'WorkerFromZeroAlarm')) {
        for (const actions of ['AlarmActions', 'OKActions']) {
          assert.deepEqual(properties[actions], [{ Ref: 'AlarmTopicArn' }], id);
        }
      }
    }
  });

  it('take a metric that is late for nothing only where that cannot last for every data point, or never differs', () => {
    const filled = new Map<string, number>();
    for (const infrastructure of distinct) {
      for (const { id, properties } of resourcesOf(infrastructure, 'AWS::CloudWatch::Alarm')) {
        const queries = (properties['Metrics'] ?? []) as readonly { readonly Expression?: string }[];
        if (queries.some(({ Expression = '' }) => Expression.includes('FILL('))) {
          filled.set(id, Number(properties['DatapointsToAlarm'] ?? properties['EvaluationPeriods']));
        }
      }
    }
    // The metrics of failed tasks come from the lines of one log group: both are late, or neither is.
    assert.deepEqual([...filled].toSorted(), [
      ['Errors', 5],
      ['FailedTasks', 1],
      ['WorkerFromZeroAlarm', 3],
    ]);
  });

  it('take silence for bad only where a task that runs would speak', () => {
    for (const infrastructure of distinct) {
      for (const { id, stack, properties } of resourcesOf(infrastructure, 'AWS::CloudWatch::Alarm')) {
        const usual = ['service', 'pgbouncer'].includes(stack) ? 'notBreaching' : 'missing';
        assert.equal(properties['TreatMissingData'], id.endsWith('RunningTasks') ? 'breaching' : usual, id);
      }
    }
  });

  it('have a name of their own each, which begins with the project', () => {
    for (const infrastructure of distinct) {
      const slug = infrastructure.answers.projectName.replaceAll('_', '-');
      const names = resourcesOf(infrastructure, 'AWS::CloudWatch::Alarm').map(({ properties }) =>
        String(properties['AlarmName']),
      );
      assert.equal(new Set(names).size, names.length);
      assert.ok(names.every((name) => name.startsWith(`${slug}-`)));
    }
  });
});

describe('the dashboard', () => {
  it('is JSON that shows metrics which exist, with the planned numbers beside them', () => {
    for (const infrastructure of distinct) {
      const service = stackOf(infrastructure, 'service');
      const slug = infrastructure.answers.projectName.replaceAll('_', '-');
      const body = evaluate(service, service.Resources['Dashboard']?.Properties['DashboardBody']);
      const { widgets } = JSON.parse(String(body)) as {
        widgets: readonly {
          properties: {
            region: string;
            metrics: readonly (readonly unknown[])[];
            annotations?: { horizontal: readonly { label: string; value: number }[] };
          };
        }[];
      };
      assert.ok(widgets.length >= 8);
      for (const { properties } of widgets) {
        assert.equal(properties.region, 'us-east-1');
        for (const metric of properties.metrics) {
          const words = metric.filter((word): word is string => typeof word === 'string');
          const [namespace = '', name = '', ...rest] = words;
          const pairs = Object.fromEntries(
            rest.flatMap((word, index) => (index % 2 === 0 ? [[word, rest[index + 1] ?? '']] : [])),
          );
          checkMetric(namespace, name, pairs, slug);
        }
      }
      const { plan } = infrastructure;
      const shown = widgets.flatMap(({ properties }) => properties.annotations?.horizontal ?? []);
      assert.deepEqual(
        shown.map(({ value }) => value),
        [
          plan.alarms.latencyP95Seconds.value,
          plan.service.maxTasks.value,
          plan.scaling.cpuTargetPercent.value,
          plan.database.maxConnections.value,
          plan.alarms.connectionsWarning.value,
          plan.alarms.databaseCpuPercent.value,
          plan.scaling.requestCountPerTarget.value,
          plan.alarms.databaseFreeStorageMiB.value * 1024 * 1024,
          ...(plan.celery === undefined
            ? []
            : [
                plan.celery.backlogAlarmMessages.value,
                plan.celery.oldestMessageAlarmSeconds.value,
                plan.celery.maxTasks.value,
                plan.alarms.memoryPercent.value,
              ]),
          ...(plan.pgbouncer === undefined
            ? []
            : [plan.pgbouncer.waitAlarmMs.value * 1000, plan.pgbouncer.cpuAlarmPercent.value]),
        ],
      );
    }
  });
});

describe('the database', () => {
  it('outlives the stack, is encrypted, private and backed up, and stands in as many zones as answered', () => {
    for (const infrastructure of distinct) {
      const { Database } = stackOf(infrastructure, 'data').Resources;
      assert.deepEqual([Database?.DeletionPolicy, Database?.UpdateReplacePolicy], ['Snapshot', 'Snapshot']);
      const wanted = {
        DeletionProtection: true,
        StorageEncrypted: true,
        PubliclyAccessible: false,
        ManageMasterUserPassword: true,
        MultiAZ: infrastructure.answers.multiAz,
        DBInstanceClass: infrastructure.answers.rdsClass,
        DBName: infrastructure.answers.projectName,
        EngineLifecycleSupport: 'open-source-rds-extended-support-disabled',
        DBParameterGroupName: { Ref: 'Parameters' },
      };
      for (const [key, value] of Object.entries(wanted)) {
        assert.deepEqual(Database?.Properties[key], value, key);
      }
      assert.ok(!('MasterUserPassword' in (Database?.Properties ?? {})));
      assert.ok(Number(Database?.Properties['BackupRetentionPeriod']) >= 7);
    }
  });

  it('has the version as asked, a parameter group of its major, and no timeout that others would inherit', () => {
    // A minor version that nobody asked for would be one to go back to, which RDS refuses: it upgrades by itself.
    for (const [answer, upgrades] of [
      ['17', true],
      ['14', true],
      ['16.10', false],
    ] as const) {
      const stack = stackOf(infrastructureOf({ rdsEngineVersion: answer }), 'data');
      const { Database, Parameters } = stack.Resources;
      assert.equal(Database?.Properties['EngineVersion'], answer);
      assert.equal(Database.Properties['AutoMinorVersionUpgrade'], upgrades);
      assert.deepEqual(Database.Properties['AllowMajorVersionUpgrade'], { Ref: 'AllowMajorVersionUpgrade' });
      assert.equal(stack.Parameters?.['AllowMajorVersionUpgrade']?.Default, 'false');
      assert.equal(Parameters?.Properties['Family'], `postgres${answer.split('.')[0]}`);
      assert.deepEqual(Object.keys(Parameters.Properties['Parameters'] as object), [
        'max_connections',
        'rds.force_ssl',
      ]);
    }
  });

  it('logs where the retention holds', () => {
    const infrastructure = infrastructureOf({ projectName: 'corner_shop' });
    const database = propertiesOf<{ DBInstanceIdentifier: string; EnableCloudwatchLogsExports: readonly string[] }>(
      infrastructure,
      'data',
      'Database',
    );
    const groups = resourcesOf(infrastructure, 'AWS::Logs::LogGroup').map(
      ({ properties }) => properties['LogGroupName'],
    );
    for (const log of database.EnableCloudwatchLogsExports) {
      assert.ok(groups.includes(`/aws/rds/instance/${database.DBInstanceIdentifier}/${log}`));
    }
  });
});

describe('the static files', () => {
  const infrastructure = infrastructureOf({ static: 's3', domain: 'example.com' });
  const stack = stackOf(infrastructure, 'static');

  it('are kept: nothing that is current ever expires', () => {
    const { LifecycleConfiguration } = propertiesOf<{
      LifecycleConfiguration: { Rules: readonly Readonly<Record<string, unknown>>[] };
    }>(infrastructure, 'static', 'Bucket');
    const known = ['Id', 'Status', 'NoncurrentVersionExpiration', 'AbortIncompleteMultipartUpload'];
    for (const rule of LifecycleConfiguration.Rules) {
      assert.deepEqual(
        Object.keys(rule).filter((key) => !known.includes(key)),
        [],
      );
    }
    assert.deepEqual(stack.Resources['Bucket']?.Properties['VersioningConfiguration'], { Status: 'Enabled' });
    assert.deepEqual(
      [stack.Resources['Bucket']?.DeletionPolicy, stack.Resources['Bucket']?.UpdateReplacePolicy],
      ['RetainExceptOnCreate', 'Retain'],
    );
  });

  it('are read by this one distribution and by nobody else', () => {
    const { PolicyDocument } = evaluate(stack, stack.Resources['BucketPolicy']?.Properties) as {
      PolicyDocument: { Statement: readonly Readonly<Record<string, unknown>>[] };
    };
    for (const statement of PolicyDocument.Statement.filter(({ Effect }) => Effect === 'Allow')) {
      assert.deepEqual(statement['Principal'], { Service: 'cloudfront.amazonaws.com' });
      assert.deepEqual(statement['Condition'], {
        StringEquals: { 'AWS:SourceArn': 'arn:aws:cloudfront::123456789012:distribution/<Distribution>' },
      });
    }
    const blocks = Object.values(
      propertiesOf<{ PublicAccessBlockConfiguration: object }>(infrastructure, 'static', 'Bucket')
        .PublicAccessBlockConfiguration,
    );
    assert.deepEqual(blocks, [true, true, true, true]);
    const { DistributionConfig } = propertiesOf<{
      DistributionConfig: { Origins: readonly Readonly<Record<string, unknown>>[] };
    }>(infrastructure, 'static', 'Distribution');
    assert.deepEqual(
      DistributionConfig.Origins.map((origin) =>
        evaluate(stack, [origin['DomainName'], origin['OriginAccessControlId']]),
      ),
      [['<Bucket.RegionalDomainName>', '<OriginAccessControl.Id>']],
    );
  });

  it('have an address that STATIC_URL can be, and fonts cross origins', () => {
    assert.equal(evaluate(stack, stack.Outputs['StaticUrl']?.Value), 'https://<Distribution.DomainName>/');
    const {
      ResponseHeadersPolicyConfig: { CorsConfig },
    } = propertiesOf<{
      ResponseHeadersPolicyConfig: { CorsConfig: { AccessControlAllowOrigins: { Items: readonly string[] } } };
    }>(infrastructure, 'static', 'Headers');
    assert.deepEqual(CorsConfig.AccessControlAllowOrigins.Items, ['https://example.com', 'https://*.example.com']);
  });

  it('has a name that S3 takes, however long the project is called', () => {
    const longest = infrastructureOf({
      static: 's3',
      projectName: 'abcdefghijklmnopqrstuvwx',
      region: 'ap-southeast-2',
    });
    const name = evaluate(
      stackOf(longest, 'static'),
      stackOf(longest, 'static').Resources['Bucket']?.Properties['BucketName'],
    );
    assert.ok(String(name).replace('us-east-1', 'ap-southeast-2').length <= 63);
  });
});
