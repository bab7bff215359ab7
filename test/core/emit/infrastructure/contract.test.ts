import assert from 'node:assert/strict';
import type { Answers } from '../../../../core/answers/types.ts';
import { evaluate } from '../../../support/cloudFormation.ts';
import { edges, everyCombination, infrastructureOf, stackNames, stackOf } from '../../../support/infrastructure.ts';
import type { Infrastructure } from '../../../support/infrastructure.ts';
import { emittedJson } from './emitted.ts';

const all = [...everyCombination(), ...edges].map(infrastructureOf);

/** What later stacks, the release and the runbook rely on. */
const outputsOf = ({ broker, pooler }: Answers): Readonly<Record<string, readonly string[]>> => ({
  network: [
    'VpcId',
    'PublicSubnetIds',
    'PrivateSubnetIds',
    'LoadBalancerSecurityGroupId',
    'TaskSecurityGroupId',
    'DatabaseSecurityGroupId',
    ...(broker === 'redis' ? ['BrokerSecurityGroupId'] : []),
    ...(pooler === 'pgbouncer' ? ['PgbouncerSecurityGroupId'] : []),
  ],
  platform: [
    'RepositoryUri',
    ...(pooler === 'pgbouncer' ? ['PgbouncerRepositoryUri'] : []),
    'ClusterName',
    'LoadBalancerArn',
    'LoadBalancerFullName',
    'LoadBalancerDnsName',
    'TargetGroupArn',
    'TargetGroupFullName',
    'ListenerArn',
    'AlarmTopicArn',
    'ExecutionRoleArn',
    'TaskRoleArn',
    'OpsRoleArn',
    ...(broker === 'none' ? [] : ['WorkerRoleArn']),
    'DbinitExecutionRoleArn',
    'ReleaseRoleArn',
    'BuildRoleArn',
  ],
  data: ['DatabaseIdentifier', 'DatabaseEndpoint', 'DatabasePort', 'DatabaseName', 'MasterSecretArn', 'AppSecretArn'],
  static: ['StaticBucketName', 'StaticUrl', 'DistributionId'],
  media: ['MediaBucketName'],
  mail: ['DkimRecord1', 'DkimRecord2', 'DkimRecord3'],
  broker: broker === 'redis' ? ['RedisEndpoint'] : ['QueueUrl', 'QueueName', 'DeadLetterQueueName'],
  pgbouncer: ['PgbouncerConfiguration', 'PgbouncerHost'],
  service: ['ServiceName'],
});

/** The parameters of a stack that no earlier stack and no file gives a value for, and that have no default. */
function orphans({ stacks, parameters: written }: Infrastructure): readonly string[] {
  // The release program changes the two of PgBouncer together.
  const parameters: typeof written = { ...written, pgbouncer: { Revision: '', Configuration: '' } };
  const earlier = new Set<string>();
  const found: string[] = [];
  for (const [stack, template] of stacks) {
    for (const [name, parameter] of Object.entries(template.Parameters ?? {})) {
      const isGiven = 'Default' in parameter || earlier.has(name) || name in (parameters[stack] ?? {});
      found.push(...(isGiven ? [] : [`${stack}: ${name}`]));
    }
    Object.keys(template.Outputs).forEach((name) => earlier.add(name));
  }
  return found;
}

describe('the stacks of the infrastructure', () => {
  it('are network, platform, data and service, and static, media, mail, broker and pgbouncer as answered', () => {
    for (const { name, answers, stacks } of all) {
      const isThere = {
        static: answers.static === 's3',
        media: answers.media === 's3',
        mail: answers.mail === 'ses',
        broker: answers.broker !== 'none',
        pgbouncer: answers.pooler !== 'none',
      };
      const wanted = stackNames.filter((stack) => isThere[stack as keyof typeof isThere] ?? true);
      assert.deepEqual([...stacks.keys()], wanted, name);
    }
  });

  it('are not there without infrastructure', () => {
    const { texts, parameters } = infrastructureOf({ infrastructure: 'none' });
    assert.deepEqual([texts.size, parameters], [0, {}]);
  });

  it('give what later stacks and the release rely on, under names of their own', () => {
    for (const { name, answers, stacks } of all) {
      const outputs = outputsOf(answers);
      for (const [stack, template] of stacks) {
        assert.deepEqual(Object.keys(template.Outputs), outputs[stack], `${name}: ${stack}`);
      }
      const names = [...stacks.values()].flatMap((template) => Object.keys(template.Outputs));
      assert.equal(new Set(names).size, names.length, name);
    }
  });

  it('take each parameter from a default, an earlier stack or deploy/parameters.json', () => {
    for (const infrastructure of all) {
      assert.deepEqual(orphans(infrastructure), [], infrastructure.name);
    }
    // The check would notice a parameter that nobody gives.
    const { stacks, ...rest } = infrastructureOf({});
    assert.deepEqual(orphans({ ...rest, stacks: new Map([...stacks].filter(([stack]) => stack !== 'network')) }), [
      'platform: VpcId',
      'platform: PublicSubnetIds',
      'platform: LoadBalancerSecurityGroupId',
      'data: PrivateSubnetIds',
      'data: DatabaseSecurityGroupId',
      'service: PrivateSubnetIds',
      'service: TaskSecurityGroupId',
    ]);
  });

  it('know every name of deploy/parameters.json, and none of them is an output', () => {
    for (const { name, stacks, parameters } of all) {
      for (const [stack, values] of Object.entries(parameters)) {
        const known = Object.keys(stacks.get(stack as never)?.Parameters ?? {});
        assert.deepEqual(
          Object.keys(values).filter((key) => !known.includes(key)),
          [],
          `${name}: ${stack}`,
        );
      }
      const given = Object.values(parameters).flatMap((values) => Object.keys(values));
      const outputNames = new Set([...stacks.values()].flatMap((template) => Object.keys(template.Outputs)));
      assert.deepEqual(
        given.filter((key) => outputNames.has(key)),
        [],
        name,
      );
    }
  });

  it('refuse what deploy/parameters.json leaves empty and they cannot do without, and say where to put it', () => {
    const needed = {
      github: ['Repository'],
      gitlab: ['Repository'],
      bitbucket: ['Workspace', 'WorkspaceUuid', 'RepositoryUuid', 'EnvironmentUuid'],
      codebuild: [],
      none: [],
    };
    for (const { name, answers, parameters, ...rest } of all) {
      const platform = stackOf({ name, answers, parameters, ...rest }, 'platform').Parameters ?? {};
      const refused = Object.entries(parameters['platform'] ?? {})
        .filter(([key, value]) => !new RegExp(String(platform[key]?.['AllowedPattern']), 'u').test(value))
        .map(([key]) => key);
      const certificate = answers.domain === undefined ? [] : ['CertificateArn'];
      assert.deepEqual(refused, [...certificate, ...needed[answers.ci]], name);
      for (const key of refused) {
        assert.match(String(platform[key]?.['ConstraintDescription']), /deploy\/parameters\.json/u);
      }
    }
  });

  it('take every other value of deploy/parameters.json as it is written there', () => {
    for (const { name, stacks, parameters } of all) {
      for (const stack of ['network', 'data'] as const) {
        for (const [key, value] of Object.entries(parameters[stack] ?? {})) {
          const pattern = String(stacks.get(stack)?.Parameters?.[key]?.['AllowedPattern']);
          assert.match(value, new RegExp(pattern, 'u'), `${name}: ${key}`);
        }
      }
    }
  });

  it('fit into a request of CloudFormation', () => {
    for (const { name, texts } of all) {
      for (const [stack, text] of texts) {
        assert.ok(Buffer.byteLength(text) <= 51_200, `${name}: ${stack}`);
      }
    }
  });

  it('pass on an existing VPC and database instead of new ones', () => {
    const infrastructure = infrastructureOf({});
    const network = stackOf(infrastructure, 'network');
    const existing = {
      ExistingVpcId: 'vpc-0a1b2c3d',
      ExistingPublicSubnetIds: 'subnet-0a1b2c3d,subnet-1a1b2c3d',
      ExistingPrivateSubnetIds: 'subnet-2a1b2c3d,subnet-3a1b2c3d',
    };
    const value = (name: string) => evaluate(network, network.Outputs[name]?.Value, existing);
    assert.deepEqual(['VpcId', 'PublicSubnetIds', 'PrivateSubnetIds'].map(value), Object.values(existing));
    assert.equal(evaluate(network, network.Outputs['VpcId']?.Value), '<Vpc>');
    const isMade = (id: string) => network.Resources[id]?.Condition !== 'CreateVpc';
    assert.deepEqual(Object.keys(network.Resources).filter(isMade), [
      'LoadBalancerSecurityGroup',
      'TaskSecurityGroup',
      'DatabaseSecurityGroup',
      'LoadBalancerToTasks',
      'TasksToDatabase',
    ]);

    const data = stackOf(infrastructure, 'data');
    const database = {
      ExistingDatabaseIdentifier: 'legacy',
      ExistingDatabaseEndpoint: 'legacy.example.com',
      ExistingMasterSecretArn: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:legacy-AbCdEf',
    };
    const given = ['DatabaseIdentifier', 'DatabaseEndpoint', 'MasterSecretArn'];
    assert.deepEqual(
      given.map((name) => evaluate(data, data.Outputs[name]?.Value, database)),
      Object.values(database),
    );
    const instances = Object.values(data.Resources).filter(({ Type }) => Type.startsWith('AWS::RDS::'));
    assert.deepEqual(
      instances.map(({ Condition }) => Condition),
      ['CreateDatabase', 'CreateDatabase', 'CreateDatabase'],
    );
  });
});

describe('the stacks and the task definitions', () => {
  for (const given of [{}, { projectName: 'corner_shop', region: 'eu-central-1' }, ...edges]) {
    it(`name the same roles, secrets, log groups, container and port: ${JSON.stringify(given)}`, () => {
      const infrastructure = infrastructureOf(given);
      const platform = stackOf(infrastructure, 'platform');
      const properties = (type: string, stack = platform) =>
        Object.values(stack.Resources)
          .filter(({ Type }) => Type === type)
          .map((resource) => resource.Properties);
      const roles = properties('AWS::IAM::Role').map(({ RoleName }) => RoleName);
      const groups = properties('AWS::Logs::LogGroup').map(({ LogGroupName }) => LogGroupName);
      const { broker, beat } = infrastructure.answers;
      const redis = broker === 'redis' ? [stackOf(infrastructure, 'broker')] : [];
      const secrets = [platform, stackOf(infrastructure, 'data'), ...redis].flatMap((stack) =>
        properties('AWS::SecretsManager::Secret', stack).map(({ Name }) => Name),
      );
      const service = stackOf(infrastructure, 'service');
      const background = broker === 'none' ? [] : beat ? ['worker', 'beat'] : ['worker'];
      for (const name of ['web', 'migrate', 'ops', ...background]) {
        const definition = emittedJson(infrastructure.answers, `deploy/ecs/${name}.json`);
        for (const arn of [definition.executionRoleArn, definition.taskRoleArn]) {
          assert.ok(roles.includes(arn.split('/')[1]), arn);
        }
        const [container] = definition.containerDefinitions;
        assert.ok(groups.includes(container.logConfiguration.options['awslogs-group']));
        for (const { valueFrom } of container.secrets) {
          assert.ok(secrets.includes(valueFrom.split(':')[6]), valueFrom);
        }
        const revisions = { web: 'Revision', worker: 'WorkerRevision', beat: 'BeatRevision' };
        const parameter = revisions[name as keyof typeof revisions] as string | undefined;
        if (parameter !== undefined) {
          const revision = new RegExp(String(service.Parameters?.[parameter]?.['AllowedPattern']), 'u');
          const { region } = infrastructure.answers;
          assert.match(`arn:aws:ecs:${region}:123456789012:task-definition/${definition.family}:7`, revision);
          assert.match('', revision);
          assert.doesNotMatch(`arn:aws:ecs:${region}:123456789012:task-definition/${definition.family}`, revision);
        }
        if (name === 'web') {
          assert.deepEqual(service.Resources['Service']?.Properties['LoadBalancers'], [
            {
              ContainerName: container.name,
              ContainerPort: container.portMappings?.[0]?.containerPort,
              TargetGroupArn: { Ref: 'TargetGroupArn' },
            },
          ]);
        }
      }
    });
  }
});
