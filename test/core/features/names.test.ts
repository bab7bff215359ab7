import assert from 'node:assert/strict';
import { nameProblem, toSlug } from '../../../core/facts/derivedNames.ts';
import { derivedNameReason, nameRules } from '../../../core/features/names.ts';
import { nameReason } from '../../../core/answers/nameReason.ts';
import { regions } from '../../../core/facts/regions.ts';
import { parseProjectName, projectNameMaximumLength } from '../../../core/answers/projectName.ts';
import { emit } from '../../../core/emit/emit.ts';
import { readTemplates } from '../../../disk/package/readTemplates.ts';
import { infrastructureOf, poolers, workers, type Given } from '../../support/infrastructure.ts';

/** Of each type and property that carries the project's name: the kind in the table, or why there is no rule. */
const kinds: Readonly<Record<string, string | { readonly free: string }>> = {
  'AWS::CloudFront::OriginAccessControl OriginAccessControlConfig.Name': 'CloudFront setting',
  'AWS::CloudFront::ResponseHeadersPolicy ResponseHeadersPolicyConfig.Name': 'CloudFront setting',
  'AWS::CloudWatch::Alarm AlarmName': { free: 'any 255 characters (cloudwatch PutMetricAlarm)' },
  'AWS::CloudWatch::Dashboard DashboardName': 'CloudWatch dashboard',
  'AWS::ECR::Repository RepositoryName': 'ECR repository',
  'AWS::ECS::Cluster ClusterName': 'ECS cluster',
  'AWS::ECS::Service ServiceName': 'ECS service',
  'AWS::ElastiCache::ReplicationGroup ReplicationGroupId': 'ElastiCache replication group',
  'AWS::ElasticLoadBalancingV2::LoadBalancer Name': 'load balancer',
  'AWS::ElasticLoadBalancingV2::TargetGroup Name': 'target group',
  'AWS::IAM::Role RoleName': 'IAM role',
  'AWS::IAM::RolePolicy RoleName': 'IAM role',
  'AWS::Logs::LogGroup LogGroupName': 'log group',
  'AWS::RDS::DBInstance DBInstanceIdentifier': 'database instance',
  'AWS::RDS::DBInstance DBName': 'database',
  'AWS::S3::Bucket BucketName': 'S3 bucket',
  'AWS::SNS::Topic TopicName': 'SNS topic',
  'AWS::SQS::Queue QueueName': 'SQS queue',
  'AWS::SecretsManager::Secret Name': 'secret',
  'AWS::ServiceDiscovery::PrivateDnsNamespace Name': 'private DNS zone',
};

const answers: readonly Given[] = [
  {},
  { static: 's3', egress: 'endpoints', ci: 'codebuild' },
  ...workers,
  ...poolers,
  { broker: 'sqs', beat: true, pooler: 'pgbouncer', static: 's3' },
].map((given) => ({ ...given, projectName: 'zz_q' }));

/** What a test may take for a name: a text in which the project stands, not a sentence. */
function namesIn(value: unknown, path = ''): readonly (readonly [string, string])[] {
  if (typeof value === 'string') {
    return /zz[_-]q/.test(value) && !/\s/.test(value) ? [[path, value]] : [];
  }
  return typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, inner]) => namesIn(inner, path === '' ? key : `${path}.${key}`))
    : [];
}

/** A property that gives its resource a name, not one that names another. */
const isName = (path: string): boolean => /(^|\.)(\w*Name|\w*Identifier|ReplicationGroupId)$/.test(path);

/** `{"Fn::Sub": "zz-q-static-${AWS::AccountId}-${AWS::Region}"}` as it is on AWS. */
function resolved(path: string, value: string, region: string): readonly [string, string] {
  const name = value.replace('${AWS::AccountId}', '123456789012').replace('${AWS::Region}', region);
  return [path.replace(/\.Fn::Sub$/, ''), name];
}

/** The names of a kind that the table makes; two capabilities may have a bucket. */
const madeOf = (kind: string, region: string): readonly string[] =>
  nameRules
    .filter((rule) => rule.kind === kind)
    .flatMap((rule) => rule.names({ project: 'zz_q', slug: 'zz-q', region }));

describe('core/features/names', function () {
  this.timeout(60_000);
  const all = answers.map(infrastructureOf);
  const used = new Set<string>();
  const found = all.flatMap(({ stacks, answers: { region } }) =>
    [...stacks.values()].flatMap((stack) =>
      Object.values(stack.Resources).flatMap(({ Type, Properties }) =>
        namesIn(Properties)
          .map(([path, value]) => resolved(path, value, region))
          .filter(([path]) => isName(path) && !/Dimensions|MetricTransformations|Metrics|Tags/.test(path))
          .map(([path, name]) => ({ property: `${Type} ${path}`, name, region })),
      ),
    ),
  );

  it('has a rule for every property of the stacks that carries the name of the project', () => {
    const properties = new Set(found.map(({ property }) => property));
    assert.deepEqual(
      [...properties].filter((property) => kinds[property] === undefined),
      [],
    );
    assert.deepEqual(
      Object.keys(kinds).filter((property) => !properties.has(property)),
      [],
      'no stack has it any more',
    );
  });

  it('makes just the names that the stacks have', () => {
    for (const { property, name, region } of found) {
      const kind = kinds[property];
      if (typeof kind !== 'string') continue;
      assert.ok(madeOf(kind, region).includes(name), `${property} ${name}: not in the table`);
      used.add(`${kind} ${name}`);
    }
    const expected = [...new Set(Object.values(kinds))].flatMap((kind) =>
      typeof kind === 'string' ? madeOf(kind, 'us-east-1').map((name) => `${kind} ${name}`) : [],
    );
    assert.deepEqual(
      expected.filter((name) => !used.has(name)),
      [],
      'no stack has it any more',
    );
  });

  it('makes the names of task definitions, their database and their role', async () => {
    const whole = infrastructureOf({ projectName: 'zz_q', broker: 'sqs', beat: true, pooler: 'pgbouncer' });
    const definitions = emit(whole.answers, whole.plan, await readTemplates())
      .filter(({ path }) => path.startsWith('deploy/ecs/'))
      .map(({ bytes }) => new TextDecoder().decode(bytes));
    const families = definitions.map((text) => (JSON.parse(text) as { readonly family: string }).family);
    const named = { project: 'zz_q', slug: 'zz-q', region: 'us-east-1' };
    const namesOf = (kind: string) => nameRules.find((rule) => rule.kind === kind)?.names(named);
    assert.deepEqual(families.toSorted(), namesOf('family of task definitions')?.toSorted());
    const values = (variable: string) =>
      new Set(
        definitions.flatMap((text) =>
          [...text.matchAll(new RegExp(`"${variable}", "value": "([^"]+)"`, 'g'))].map(([, value]) => value),
        ),
      );
    assert.deepEqual([...values('DB_NAME')], namesOf('database'));
    assert.deepEqual([...values('DB_USER')], namesOf('role of the database'));
  });

  const refused: readonly (readonly [string, RegExp])[] = [
    ['pg', /^would give the role of the database the name pg_app: PostgreSQL keeps pg_ for its own roles$/],
    ['pg_shop', /the role of the database the name pg_shop_app/],
    ['rds', /the role of the database the name rds_app: RDS keeps rds_/],
    ['db', /^would give the database the name db: RDS refuses an SQL key word/],
    ['catalog', /the database the name catalog/],
    ['library', /the database the name library/],
    ['internal_tools', /the load balancer the name internal-tools: ELB keeps internal-/],
    ['sthree_shop', /the S3 bucket the name sthree-shop-static-/],
  ];
  for (const [name, reason] of refused) {
    it(`refuses ${name}`, () => {
      assert.match(derivedNameReason(name) ?? 'allowed', reason);
      const parsed = parseProjectName(name);
      assert.ok('problem' in parsed && /; try \w+$/.test(parsed.problem), JSON.stringify(parsed));
    });
  }

  it('lets pass what only looks like one of them', () => {
    for (const name of [
      'pgadmin',
      'pgs',
      'rdsx',
      'rdsadministration',
      'internal',
      'dbs',
      'catalogs',
      'internals',
      'shop',
      'aws',
      'my_library',
    ]) {
      assert.equal(derivedNameReason(name), undefined, name);
    }
  });

  it('lets pass the longest name in every region', () => {
    const longest = 'a'.repeat(projectNameMaximumLength - 2) + '_b';
    for (const { name } of regions) {
      assert.equal(derivedNameReason(longest, name), undefined, name);
    }
    // One that is longer than that is too long for a load balancer or a bucket somewhere.
    assert.notEqual(derivedNameReason('a'.repeat(33)), undefined);
  });

  const faults: readonly (readonly [string, string, RegExp])[] = [
    ['load balancer', '-shop', /no hyphen at either end/],
    ['load balancer', 'shop-', /no hyphen at either end/],
    ['target group', 'a'.repeat(33), /33 characters, and 32/],
    ['database instance', 'my--shop', /single hyphens/],
    ['ElastiCache replication group', 'shop-', /single hyphens/],
    ['secret', 'shop/key-abc123', /like the suffix/],
    ['S3 bucket', 'shop-static--x-s3', /such an end/],
    ['log group', 'aws/shop', /keeps aws/],
    ['namespace of metrics', 'AWS/shop', /such a start/],
    ['IAM role', 'a'.repeat(65), /65 characters/],
    ['ECR repository', 'shop--web', /single separators/],
    ['CloudFormation stack', '1shop', /a letter/],
    ['private DNS zone', `${'a'.repeat(64)}.internal`, /63/],
  ];
  for (const [kind, name, problem] of faults) {
    it(`finds what is wrong with the ${kind} ${name.slice(0, 20)}`, () => {
      const rule = nameRules.find((one) => one.kind === kind);
      assert.ok(rule !== undefined);
      assert.match(nameProblem(rule, name) ?? 'allowed', problem);
    });
  }

  it('is what a project is refused for', () => {
    assert.equal(nameReason('pg'), derivedNameReason('pg'));
    assert.equal(toSlug('my_web_shop'), 'my-web-shop');
  });
});
