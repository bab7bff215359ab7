import assert from 'node:assert/strict';
import { showPlan } from '../../../generators/planTable.ts';
import { compareCosts, describeCost } from '../../../core/plan/describeCost.ts';
import { addUp, demandsOf } from '../../../core/plan/demands.ts';
import { takeInventory } from '../../../core/plan/inventory.ts';
import type { CostPart, SizingAnswers } from '../../../core/plan/types.ts';
import {
  infrastructureOf,
  mailers,
  poolers,
  workers,
  type Given,
  type Infrastructure,
} from '../../support/infrastructure.ts';
import { planFor } from './sizing.ts';

type Cost = { readonly part: CostPart } | { readonly byUse: string } | { readonly free: string };

const network = { free: 'AWS bills what passes a network and what stands in it, not its plan' };
const rights = { free: 'IAM costs nothing' };

/** What each type of resource costs. A new type fails until somebody has looked up what it costs. */
const costs: Readonly<Record<string, Cost>> = {
  'AWS::ApplicationAutoScaling::ScalableTarget': { free: 'only the alarms of a policy cost' },
  'AWS::ApplicationAutoScaling::ScalingPolicy': { part: 'monitoringUsdPerMonth' },
  'AWS::CloudFront::Distribution': { byUse: 'requests and traffic' },
  'AWS::CloudFront::OriginAccessControl': { free: 'a setting of the distribution' },
  'AWS::CloudFront::ResponseHeadersPolicy': { free: 'a setting of the distribution' },
  'AWS::CloudWatch::Alarm': { part: 'monitoringUsdPerMonth' },
  'AWS::CloudWatch::Dashboard': { part: 'monitoringUsdPerMonth' },
  'AWS::EC2::EIP': { part: 'publicIpv4UsdPerMonth' },
  'AWS::EC2::InternetGateway': network,
  'AWS::EC2::NatGateway': { part: 'egressUsdPerMonth' },
  'AWS::EC2::Route': network,
  'AWS::EC2::RouteTable': network,
  'AWS::EC2::SecurityGroup': network,
  'AWS::EC2::SecurityGroupIngress': network,
  'AWS::EC2::Subnet': network,
  'AWS::EC2::SubnetRouteTableAssociation': network,
  'AWS::EC2::VPC': network,
  'AWS::EC2::VPCEndpoint': { part: 'egressUsdPerMonth' },
  'AWS::EC2::VPCGatewayAttachment': network,
  'AWS::ECR::Repository': { byUse: 'stored images' },
  'AWS::ECS::Cluster': { part: 'monitoringUsdPerMonth' },
  'AWS::ECS::Service': { part: 'computeUsdPerMonth' },
  'AWS::ElastiCache::ParameterGroup': { free: 'a setting of the nodes' },
  'AWS::ElastiCache::ReplicationGroup': { part: 'brokerUsdPerMonth' },
  'AWS::ElastiCache::SubnetGroup': { free: 'a setting of the nodes' },
  'AWS::ElasticLoadBalancingV2::Listener': { free: 'billed with the load balancer' },
  'AWS::ElasticLoadBalancingV2::LoadBalancer': { part: 'loadBalancerUsdPerMonth' },
  'AWS::ElasticLoadBalancingV2::TargetGroup': { free: 'billed with the load balancer' },
  'AWS::IAM::ManagedPolicy': rights,
  'AWS::IAM::OIDCProvider': rights,
  'AWS::IAM::Role': rights,
  'AWS::IAM::RolePolicy': rights,
  'AWS::Logs::LogGroup': { byUse: 'what is written and kept' },
  'AWS::Logs::MetricFilter': { part: 'monitoringUsdPerMonth' },
  'AWS::RDS::DBInstance': { part: 'databaseUsdPerMonth' },
  'AWS::RDS::DBParameterGroup': { free: 'a setting of the database' },
  'AWS::RDS::DBSubnetGroup': { free: 'a setting of the database' },
  'AWS::Route53::RecordSet': { free: 'a record of a zone that is there already' },
  'AWS::S3::Bucket': { byUse: 'stored files and requests' },
  'AWS::S3::BucketPolicy': { free: 'a setting of the bucket' },
  'AWS::SES::EmailIdentity': { byUse: 'mails' },
  'AWS::SNS::Subscription': { byUse: 'mails, the first 1,000 a month are free' },
  'AWS::SNS::Topic': { byUse: 'messages, the first million a month is free' },
  'AWS::SQS::Queue': { byUse: 'requests' },
  'AWS::SQS::QueuePolicy': { free: 'a setting of the queue' },
  'AWS::SecretsManager::Secret': { part: 'secretsUsdPerMonth' },
  'AWS::ServiceDiscovery::PrivateDnsNamespace': { part: 'dnsUsdPerMonth' },
  'AWS::ServiceDiscovery::Service': { byUse: 'queries; what ECS registers is free' },
};

const cases: readonly Given[] = [
  {},
  { rdsClass: 'db.m7g.large' },
  { egress: 'endpoints' },
  { static: 's3', domain: 'shop.example.com' },
  { broker: 'sqs', celeryMinTasks: 0 },
  { ci: 'gitlab' },
  ...workers,
  ...poolers,
  ...mailers,
];

interface Resource {
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

function resourcesOf({ stacks }: Infrastructure): readonly Resource[] {
  return [...stacks.values()].flatMap((stack) =>
    Object.values(stack.Resources).map(({ Type, Properties }) => ({
      type: Type,
      properties: (Properties ?? {}) as Readonly<Record<string, unknown>>,
    })),
  );
}

/** Metrics of a formula, 1 for a plain alarm. */
function metricsIn(metrics: unknown): number {
  const list = Array.isArray(metrics) ? (metrics as readonly object[]) : [];
  return list.filter((metric) => 'MetricStat' in metric).length || 1;
}

/** Metrics of the two alarms that each policy of target tracking makes. */
function metricsOfPolicy({ PolicyType, ...properties }: Readonly<Record<string, unknown>>): number {
  if (PolicyType !== 'TargetTrackingScaling') return 0;
  const configuration = properties['TargetTrackingScalingPolicyConfiguration'] as {
    readonly CustomizedMetricSpecification?: { readonly Metrics?: unknown };
  };
  return 2 * metricsIn(configuration.CustomizedMetricSpecification?.Metrics);
}

describe('core/plan/cost: what the emitted stacks create', function () {
  this.timeout(60_000);
  const all = cases.map(infrastructureOf);

  it('is priced by a part, or free or by use for a reason, whatever type it has', () => {
    const types = new Set(all.flatMap(resourcesOf).map(({ type }) => type));
    assert.deepEqual(
      [...types].filter((type) => costs[type] === undefined),
      [],
    );
    assert.deepEqual(
      Object.keys(costs).filter((type) => !types.has(type)),
      [],
      'no stack has it any more',
    );
  });

  it('has a part in the plan of just those answers', () => {
    for (const one of all) {
      const parts = resourcesOf(one).flatMap(({ type }) => {
        const cost = costs[type];
        return cost !== undefined && 'part' in cost ? [cost.part] : [];
      });
      for (const part of parts) {
        assert.ok(one.plan.cost[part] !== undefined, `${part} of ${one.name}`);
      }
      const has = (part: CostPart): boolean => parts.includes(part);
      assert.equal(one.plan.cost.brokerUsdPerMonth !== undefined, has('brokerUsdPerMonth'), one.name);
      assert.equal(one.plan.cost.dnsUsdPerMonth !== undefined, has('dnsUsdPerMonth'), one.name);
    }
  });

  it('is as much as the plan counts', () => {
    for (const one of all) {
      const resources = resourcesOf(one);
      const of = (type: string) =>
        resources.filter((resource) => resource.type === type).map(({ properties }) => properties);
      const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
      const lengthOf = (value: unknown): number => (Array.isArray(value) ? value.length : 0);
      const interfaces = of('AWS::EC2::VPCEndpoint').filter(({ VpcEndpointType }) => VpcEndpointType === 'Interface');
      const zones = of('AWS::EC2::Subnet').filter(({ CidrBlock }) => /^10\.0\.[01]\./.test(String(CidrBlock))).length;
      const { customMetrics, ...counted } = takeInventory(one.answers, addUp(demandsOf(one.answers)));
      assert.deepEqual(
        counted,
        {
          natGateways: of('AWS::EC2::NatGateway').length,
          endpointInterfaces: sum(interfaces.map(({ SubnetIds }) => lengthOf(SubnetIds))),
          publicIpv4Addresses:
            of('AWS::ElasticLoadBalancingV2::LoadBalancer').length * zones + of('AWS::EC2::EIP').length,
          secrets:
            of('AWS::SecretsManager::Secret').length +
            of('AWS::RDS::DBInstance').filter(({ ManageMasterUserPassword }) => ManageMasterUserPassword === true)
              .length,
          alarmMetrics:
            sum(of('AWS::CloudWatch::Alarm').map(({ Metrics }) => metricsIn(Metrics))) +
            sum(of('AWS::ApplicationAutoScaling::ScalingPolicy').map(metricsOfPolicy)),
          dashboards: of('AWS::CloudWatch::Dashboard').length,
          cacheNodes: sum(
            of('AWS::ElastiCache::ReplicationGroup').map(({ NumCacheClusters }) => Number(NumCacheClusters)),
          ),
          hostedZones: of('AWS::ServiceDiscovery::PrivateDnsNamespace').length,
        },
        one.name,
      );
      const services = of('AWS::ECS::Service').length;
      const filters = of('AWS::Logs::MetricFilter').length;
      // The worker of a Valkey queue writes three metrics of its own into its log.
      const own = one.answers.broker === 'redis' ? 3 : 0;
      assert.equal(customMetrics, 8 + services * (11 + 6) + filters + own, one.name);
    }
  });
});

describe('core/plan/cost: a sum', () => {
  it('is that of its parts, rounded to dollars', () => {
    for (const answers of [
      {},
      { vcpu: 2 },
      { egress: 'endpoints', broker: 'redis', beat: true, pooler: 'pgbouncer' },
    ]) {
      const { totalUsdPerMonth, knownUsdPerMonth, ...parts } = planFor(answers as Partial<SizingAnswers>).cost;
      const sum = Object.values(parts).reduce((total, part) => total + (part.value ?? Number.NaN), 0);
      assert.equal(totalUsdPerMonth.value, sum);
      assert.equal(knownUsdPerMonth.value, sum);
    }
  });

  it('is none where a part is missing, which is named', () => {
    const plan = planFor({ region: 'eu-central-1' });
    assert.equal(plan.cost.totalUsdPerMonth.value, null);
    // The tasks 41, and addresses, which cost the same everywhere: 3 x 0.005 x 730 = 11.
    assert.equal(plan.cost.knownUsdPerMonth.value, 52);
    assert.match(plan.cost.totalUsdPerMonth.why, /^at least web tasks 41 \+ public IPv4 addresses 11, /);
    assert.match(
      plan.cost.totalUsdPerMonth.why,
      /no price is known for: database, load balancer, NAT gateway, secrets, alarms and metrics$/,
    );
    assert.match(plan.cost.databaseUsdPerMonth.why, /no price of db\.t4g\.small in eu-central-1 is known/);
    assert.equal(describeCost(plan).figure, 'at least $52');
  });

  it('is none where somebody else sets up the network', () => {
    const { cost } = planFor({ infrastructure: 'none', broker: 'redis' });
    assert.equal(cost.totalUsdPerMonth.value, null);
    assert.equal(cost.egressUsdPerMonth.value, null);
    assert.match(
      cost.totalUsdPerMonth.why,
      /for: NAT gateway, public IPv4 addresses, broker, secrets, alarms and metrics$/,
    );
  });

  it('says nothing where nothing is known but what costs the same everywhere', () => {
    assert.equal(describeCost(planFor({ region: 'sa-east-1', infrastructure: 'none' })).figure, 'unknown');
    assert.equal(describeCost(planFor({ region: 'sa-east-1' })).figure, 'at least $11');
  });

  it('speaks of a NAT gateway only where there is one', () => {
    const table = showPlan(planFor({ egress: 'endpoints', broker: 'sqs' }), 120);
    assert.doesNotMatch(table, /NAT/);
    // 6 endpoints x 2 zones x 0.01 x 730 h.
    assert.match(table.replaceAll(/\s+/g, ' '), /interface endpoints 88/);
    assert.match(showPlan(planFor(), 120), /NAT gateway 33/);
  });

  it('names what depends on use, with what is used here', () => {
    const why = planFor({ broker: 'sqs', static: 's3' }).cost.totalUsdPerMonth.why;
    assert.match(
      why,
      /billed by use, not included: .*traffic, logs \(\$0\.5 a GB, \$0\.03 a GB and month stored\), .*storage \(\$0\.115 a GB\) and backups \(\$0\.095 a GB\) above 20 GB, S3 and CloudFront, uploads in S3 \(storage and requests\), SQS requests \(\$0\.4 a million\)$/,
    );
    assert.doesNotMatch(planFor().cost.totalUsdPerMonth.why, /SQS|CloudFront/);
  });

  it('grows with the lowest number of tasks and with Multi-AZ', () => {
    const one = planFor().cost;
    const more = planFor({ minTasks: 4, multiAz: true }).cost;
    assert.ok((more.computeUsdPerMonth.value ?? 0) > (one.computeUsdPerMonth.value ?? 0));
    assert.ok((more.databaseUsdPerMonth.value ?? 0) > (one.databaseUsdPerMonth.value ?? 0));
  });
});

describe('core/plan/cost: a change', () => {
  const small = planFor();
  const unpriced = planFor({ rdsClass: 'db.r8g.8xlarge' });

  it('is shown where both sums are whole', () => {
    const figure = compareCosts(small, planFor({ multiAz: true }))?.figure;
    assert.equal(figure, '$142 -> $167');
  });

  it('is not shown as one sum where a part is missing: a larger database would look cheaper', () => {
    const change = compareCosts(small, unpriced);
    assert.equal(change?.figure, 'at least $116');
    assert.match(change.why, /^not compared with before, because a price is missing; database 26 -> unknown/);
    const table = showPlan(unpriced, 120, small);
    assert.doesNotMatch(table, /142/);
    assert.match(table, /at least \$116 /);
  });

  it('of one unknown price to another is a change, too, and none is none', () => {
    assert.match(
      compareCosts(unpriced, planFor({ rdsClass: 'db.r8g.xlarge' }))?.why ?? '',
      /database unknown -> unknown/,
    );
    assert.equal(compareCosts(small, planFor()), undefined);
    assert.equal(compareCosts(unpriced, planFor({ rdsClass: 'db.r8g.8xlarge' })), undefined);
  });

  it('is told of beside sizes that all stay', () => {
    assert.match(
      showPlan(planFor({ egress: 'endpoints' }), 120, small),
      /^The plan: no size changes\n {2}cost a month +\$142 -> \$178 /,
    );
  });
});
