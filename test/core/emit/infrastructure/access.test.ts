import assert from 'node:assert/strict';
import { evaluate } from '../../../support/cloudFormation.ts';
import { edges, everyCombination, infrastructureOf, resourcesOf, stackOf } from '../../../support/infrastructure.ts';
import type { Infrastructure, StackName } from '../../../support/infrastructure.ts';
import { statementsOf, type Statement } from '../../../support/statements.ts';

const all = [...everyCombination(), ...edges].map(infrastructureOf);
const distinct = [...new Map(all.map((one) => [[...one.texts.values()].join('\n'), one])).values()];

/** The actions that have `*` for a resource, and why none is narrower. */
const everyResource: Readonly<Record<string, string>> = {
  'ecr:GetAuthorizationToken': 'a login is good for every repository',
  'application-autoscaling:DescribeScalableTargets': 'AWS has no resource for it',
  'application-autoscaling:DescribeScalingPolicies': 'AWS has no resource for it',
  'application-autoscaling:DescribeScheduledActions': 'AWS has no resource for it',
  'ecs:DescribeTaskDefinition': 'AWS has no resource for it',
  'ecs:ListTasks': 'its resource is a container instance, which Fargate has not; a condition names the cluster',
  'elasticloadbalancing:DescribeTargetHealth': 'AWS has no resource for it',
  'logs:DescribeLogGroups': 'AWS has no resource for it',
  'ssmmessages:CreateControlChannel': 'AWS has no resource for it',
  'ssmmessages:CreateDataChannel': 'AWS has no resource for it',
  'ssmmessages:OpenControlChannel': 'AWS has no resource for it',
  'ssmmessages:OpenDataChannel': 'AWS has no resource for it',
};

/** The trust policy of a role, for the parameters that its provider asks for. */
function trustOf(infrastructure: Infrastructure, role: string): readonly Statement[] {
  const platform = stackOf(infrastructure, 'platform');
  const given = {
    Repository: 'acme/shop',
    Branch: 'main',
    Workspace: 'acme',
    WorkspaceUuid: '11111111-1111-1111-1111-111111111111',
    RepositoryUuid: '22222222-2222-2222-2222-222222222222',
    EnvironmentUuid: '33333333-3333-3333-3333-333333333333',
  };
  const value = evaluate(platform, platform.Resources[role]?.Properties['AssumeRolePolicyDocument'], given);
  const document = (typeof value === 'string' ? JSON.parse(value) : value) as { Statement: readonly Statement[] };
  return document.Statement;
}

describe('the rights in the stacks', () => {
  it('are actions by their full names, and never all but some', () => {
    for (const infrastructure of distinct) {
      for (const { id, statement } of statementsOf(infrastructure)) {
        assert.ok(!('NotAction' in statement || 'NotResource' in statement), id);
        for (const action of statement.Effect === 'Allow' ? [statement.Action].flat() : []) {
          assert.match(action, /^[a-z0-9-]+:[A-Za-z]+$/u, id);
        }
      }
    }
  });

  it('suffice for the parameters of every stack that the pipeline updates: none is looked up in EC2 or SSM', () => {
    for (const infrastructure of distinct) {
      const updated = statementsOf(infrastructure)
        .filter(({ statement }) => [statement.Action].flat().includes('cloudformation:UpdateStack'))
        .flatMap(({ statement }) => [statement.Resource ?? []].flat())
        .map((arn) => /:stack\/.+-(\w+)\/\*$/u.exec(arn)?.[1] as StackName);
      assert.deepEqual(updated, ['service'], infrastructure.name);
      for (const [name, { Type }] of Object.entries(stackOf(infrastructure, 'service').Parameters ?? {})) {
        assert.ok(['String', 'Number', 'CommaDelimitedList'].includes(String(Type)), `${name} is ${String(Type)}`);
      }
    }
  });

  it('hold * for a resource only where a reason is written down, and every such reason is needed', () => {
    const seen = new Set<string>();
    for (const infrastructure of distinct) {
      for (const { id, statement } of statementsOf(infrastructure)) {
        if (statement.Effect === 'Allow' && [statement.Resource].flat().includes('*')) {
          for (const action of [statement.Action].flat()) {
            assert.ok(action in everyResource, `${id}: ${action}`);
            seen.add(action);
          }
        }
      }
    }
    assert.deepEqual([...seen].toSorted(), Object.keys(everyResource).toSorted());
  });

  it('name account, region and project in every other resource', () => {
    for (const infrastructure of distinct) {
      const slug = infrastructure.answers.projectName.replaceAll('_', '-');
      for (const { id, statement } of statementsOf(infrastructure)) {
        // Of a connection that nobody named there is no policy.
        const named = [statement.Resource ?? []]
          .flat()
          .filter((one) => one !== '*' && (one !== '' || id !== 'Connect: Connect'));
        for (const resource of named) {
          const isOurs =
            /^<\w+(\.[\w.]+)?>(\/\*)?$/u.test(resource) ||
            new RegExp(`^arn:aws:[a-z-]+:(us-east-1)?:123456789012:.*\\b${slug}\\b`, 'u').test(resource) ||
            resource.endsWith(':scalable-target/*') ||
            // The domain of the sender, which is nobody else's.
            (id.endsWith(': SendMail') && /^arn:aws:ses:us-east-1:123456789012:identity\/[\w.-]+$/u.test(resource)) ||
            resource.includes(':role/aws-service-role/ecs.application-autoscaling.amazonaws.com/');
          assert.ok(isOurs, `${id}: ${resource}`);
        }
      }
    }
  });

  it('are bounded where a resource cannot say enough', () => {
    for (const infrastructure of distinct) {
      const statements = statementsOf(infrastructure);
      const of = (action: string) => statements.filter(({ statement }) => [statement.Action].flat().includes(action));
      for (const { statement } of of('iam:PassRole')) {
        assert.deepEqual(statement.Condition, { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } });
      }
      for (const { statement } of [...of('ecs:RunTask'), ...of('ecs:ListTasks')]) {
        assert.deepEqual(statement.Condition, { ArnEquals: { 'ecs:cluster': '<Cluster.Arn>' } });
      }
      assert.equal(of('iam:PassRole').length, 1);
      assert.equal(of('ecs:RunTask').length, 1);
      assert.match(String(of('ecs:RunTask')[0]?.statement.Resource), /:task-definition\/[a-z0-9-]+-migrate:\*$/u);
    }
  });

  it('leave the secrets to the execution roles, and the master password to dbinit', () => {
    for (const infrastructure of distinct) {
      const readers = statementsOf(infrastructure).filter(({ statement }) =>
        [statement.Action].flat().includes('secretsmanager:GetSecretValue'),
      );
      assert.deepEqual(
        readers.map(({ id }) => id),
        ['ExecutionRole: Secrets', 'DbinitExecutionRole: Secrets', 'MasterSecretForDbinit: MasterSecret'],
      );
      const policy = stackOf(infrastructure, 'data').Resources['MasterSecretForDbinit']?.Properties;
      const role = stackOf(infrastructure, 'platform').Resources['DbinitExecutionRole']?.Properties;
      assert.equal(policy?.['RoleName'], role?.['RoleName']);
      assert.equal(readers[2]?.statement.Resource, '<Database.MasterUserSecret.SecretArn>');
    }
  });

  it('reach a secret and a parameter of your own by their ARNs only, and only from the role that starts tasks', () => {
    const SecretArns = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:legacy-AbCdEf';
    const ParameterArns = ['a', 'b'].map((name) => `arn:aws:ssm:us-east-1:123456789012:parameter/${name}`);
    for (const infrastructure of distinct) {
      const without = new Set(statementsOf(infrastructure).map(({ id }) => id));
      const given = { SecretArns, ParameterArns: ParameterArns.join(',') };
      const more = statementsOf(infrastructure, given).filter(({ id }) => !without.has(id));
      assert.deepEqual(
        more.map(({ id, statement }) => [id, statement.Action, statement.Resource]),
        [
          ['ExecutionRole: OwnSecrets', 'secretsmanager:GetSecretValue', [SecretArns]],
          ['ExecutionRole: OwnParameters', 'ssm:GetParameters', ParameterArns],
        ],
      );
    }
  });

  it('let the code send tasks, and the worker alone take them away', () => {
    for (const infrastructure of distinct) {
      const { broker, projectName, celeryLongestTaskSeconds } = infrastructure.answers;
      const ofRole = (role: string, service: string) =>
        statementsOf(infrastructure)
          .filter(({ id }) => id.startsWith(`${role}:`))
          .flatMap(({ statement }) => [statement.Action].flat())
          .filter((action) => action.startsWith(`${service}:`));
      const send = ['sqs:GetQueueAttributes', 'sqs:SendMessage'];
      const take = ['sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:ReceiveMessage'];
      for (const role of ['TaskRole', 'OpsRole']) {
        assert.deepEqual(ofRole(role, 'sqs'), broker === 'sqs' ? send : [], role);
      }
      assert.deepEqual(ofRole('WorkerRole', 'sqs'), broker === 'sqs' ? [...take, ...send].toSorted() : []);
      assert.deepEqual(
        ofRole('WorkerRole', 'ecs'),
        broker !== 'none' && celeryLongestTaskSeconds > 100 ? ['ecs:UpdateTaskProtection'] : [],
      );
      const queue = `arn:aws:sqs:us-east-1:123456789012:${projectName.replaceAll('_', '-')}-celery`;
      for (const { id, statement } of statementsOf(infrastructure)) {
        if (JSON.stringify(statement.Action).includes('sqs:')) {
          assert.equal(statement.Resource, queue, id);
        }
      }
      const stack = broker === 'sqs' ? stackOf(infrastructure, 'broker') : undefined;
      const name = stack?.Resources['Queue']?.Properties['QueueName'];
      assert.ok(name === undefined || queue.endsWith(`:${String(name)}`));
    }
  });

  it('name the secret of the broker where the stack makes it', () => {
    for (const infrastructure of distinct.filter(({ answers }) => answers.broker === 'redis')) {
      const { RedisSecret } = stackOf(infrastructure, 'broker').Resources;
      const pattern = `:secret:${String(RedisSecret?.Properties['Name'])}-??????`;
      const having = statementsOf(infrastructure).filter(({ statement }) =>
        [statement.Resource ?? []].flat().some((resource) => resource.endsWith(pattern)),
      );
      assert.deepEqual(
        having.map(({ id }) => id),
        ['ExecutionRole: Secrets', 'ReleaseRole: FindSecrets'],
      );
    }
  });

  it('never let the pipeline delete a file, an image or a secret', () => {
    for (const infrastructure of distinct) {
      const actions = statementsOf(infrastructure).flatMap(({ id, statement }) =>
        // The tasks delete what their users uploaded.
        statement.Effect === 'Allow' && !/^UploadsOf\w+: Files$/u.test(id) ? [statement.Action].flat() : [],
      );
      assert.deepEqual(
        actions.filter((action) =>
          /^(s3|ecr|secretsmanager|rds|ec2|iam):(Delete|BatchDelete|Put.*Policy)/u.test(action),
        ),
        [],
      );
    }
  });

  it('stay within what IAM takes: 10,240 characters of policies and 2,048 of trust for a role', () => {
    for (const infrastructure of distinct) {
      const platform = stackOf(infrastructure, 'platform');
      for (const { id, properties } of resourcesOf(infrastructure, 'AWS::IAM::Role')) {
        // `<Name.Arn>` is shorter than any ARN; the longest here has about 120 characters.
        const text = JSON.stringify(evaluate(platform, properties['Policies'] ?? [])).replaceAll(
          /<[\w.]+>/gu,
          'x'.repeat(120),
        );
        assert.ok(text.length < 10_240, `${id}: ${text.length}`);
        assert.ok(JSON.stringify(trustOf(infrastructure, id)).length < 2048, id);
        assert.ok(String(properties['RoleName']).length <= 64);
      }
    }
  });
});

describe('who may take the roles', () => {
  it('of the tasks: ECS, for this account and region only', () => {
    for (const infrastructure of distinct) {
      const worker = infrastructure.answers.broker === 'none' ? [] : ['WorkerRole'];
      for (const role of ['ExecutionRole', 'DbinitExecutionRole', 'TaskRole', 'OpsRole', ...worker]) {
        assert.deepEqual(trustOf(infrastructure, role), [
          {
            Effect: 'Allow',
            Principal: { Service: 'ecs-tasks.amazonaws.com' },
            Action: 'sts:AssumeRole',
            Condition: {
              StringEquals: { 'aws:SourceAccount': '123456789012' },
              ArnLike: { 'aws:SourceArn': 'arn:aws:ecs:us-east-1:123456789012:*' },
            },
          },
        ]);
      }
    }
  });

  const subjects = {
    github: {
      provider: 'token.actions.githubusercontent.com',
      audience: 'sts.amazonaws.com',
      build: 'repo:acme/shop:ref:refs/heads/main',
      release: 'repo:acme/shop:environment:production',
    },
    gitlab: {
      provider: 'gitlab.com',
      audience: 'https://gitlab.com',
      build: 'project_path:acme/shop:ref_type:branch:ref:main',
      release: 'project_path:acme/shop:ref_type:branch:ref:main',
    },
    bitbucket: {
      provider: 'api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc',
      audience: 'ari:cloud:bitbucket::workspace/11111111-1111-1111-1111-111111111111',
      build: '{22222222-2222-2222-2222-222222222222}:{33333333-3333-3333-3333-333333333333}:*',
      release: '{22222222-2222-2222-2222-222222222222}:{33333333-3333-3333-3333-333333333333}:*',
    },
  } as const;

  for (const [ci, { provider, audience, build, release }] of Object.entries(subjects)) {
    it(`of the pipeline on ${ci}: this repository, and its branch or environment`, () => {
      for (const infrastructure of distinct.filter(({ answers }) => answers.ci === ci)) {
        for (const [role, subject] of [
          ['BuildRole', build],
          ['ReleaseRole', release],
        ] as const) {
          const [statement, ...others] = trustOf(infrastructure, role);
          assert.deepEqual(others, []);
          assert.deepEqual(statement?.Principal, { Federated: '<OidcProvider>' });
          assert.equal(statement?.Action, 'sts:AssumeRoleWithWebIdentity');
          const operator = subject.includes('*') ? 'StringLike' : 'StringEquals';
          const { StringEquals, ...more } = statement.Condition as Record<string, Record<string, string>>;
          assert.deepEqual(
            { ...StringEquals, ...more['StringLike'] },
            { [`${provider}:aud`]: audience, [`${provider}:sub`]: subject },
          );
          assert.ok((statement.Condition as Record<string, Record<string, string>>)[operator]?.[`${provider}:sub`]);
          // A wildcard takes the place of one part, never of what is in front of it.
          assert.doesNotMatch(subject, /\*./u);
        }
      }
    });
  }

  it('of the pipeline on GitHub: also by the numbers that new repositories have in their subjects', () => {
    const infrastructure = infrastructureOf({});
    const platform = stackOf(infrastructure, 'platform');
    const pattern = new RegExp(String(platform.Parameters?.['Repository']?.['AllowedPattern']), 'u');
    for (const repository of ['acme/shop', 'acme@123/shop@456', 'a-b/c_d.e']) {
      assert.match(repository, pattern);
    }
    for (const wrong of [
      '',
      '*',
      'acme',
      'acme/*',
      'acme@123/shop',
      'acme/shop@456',
      'acme/shop/x',
      '*/*',
      'acme/shop:*',
    ]) {
      assert.doesNotMatch(wrong, pattern);
    }
    const trust = evaluate(platform, platform.Resources['ReleaseRole']?.Properties['AssumeRolePolicyDocument'], {
      Repository: 'acme@123/shop@456',
    });
    assert.ok(JSON.stringify(trust).includes('"repo:acme@123/shop@456:environment:production"'));
  });

  it('of the pipeline elsewhere: an identity provider that is there already', () => {
    const platform = stackOf(infrastructureOf({}), 'platform');
    const existing = 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com';
    const trust = evaluate(platform, platform.Resources['BuildRole']?.Properties['AssumeRolePolicyDocument'], {
      ExistingOidcProviderArn: existing,
    });
    assert.ok(JSON.stringify(trust).includes(`{"Federated":"${existing}"}`));
    assert.equal(platform.Resources['OidcProvider']?.Condition, 'CreateOidcProvider');
  });

  it('of CodeBuild: one project for each', () => {
    for (const infrastructure of distinct.filter(({ answers }) => answers.ci === 'codebuild')) {
      for (const [role, project] of [
        ['BuildRole', 'build'],
        ['ReleaseRole', 'release'],
      ] as const) {
        const [statement, ...others] = trustOf(infrastructure, role);
        assert.deepEqual(others, []);
        assert.deepEqual(statement?.Principal, { Service: 'codebuild.amazonaws.com' });
        const slug = infrastructure.answers.projectName.replaceAll('_', '-');
        assert.deepEqual(statement?.Condition, {
          StringEquals: { 'aws:SourceArn': `arn:aws:codebuild:us-east-1:123456789012:project/${slug}-${project}` },
        });
      }
      // What is on a branch has been read by nobody: it may write its log and nothing else.
      const built = statementsOf(infrastructure).filter(({ id }) => id.startsWith('BuildRole:'));
      assert.deepEqual(
        built.map(({ id }) => id),
        ['BuildRole: Report'],
      );
    }
  });

  it('of CodeBuild: fetches the repository through the connection that was named, and no other', () => {
    for (const infrastructure of all) {
      const platform = stackOf(infrastructure, 'platform');
      const { Condition, Properties: properties } = platform.Resources['Connect'] ?? {};
      if (infrastructure.answers.ci !== 'codebuild') {
        assert.equal(properties, undefined, infrastructure.name);
        continue;
      }
      // Asked for with the role of the project, by the name that the service has in the connection's ARN.
      const arn = 'arn:aws:codeconnections:us-east-1:123456789012:connection/01234567-89ab-cdef-0123-456789abcdef';
      for (const service of ['codeconnections', 'codestar-connections']) {
        const connection = arn.replace('codeconnections', service);
        assert.match(connection, new RegExp(String(platform.Parameters?.['ConnectionArn']?.['AllowedPattern']), 'u'));
        const document = evaluate(platform, properties?.['PolicyDocument'], { ConnectionArn: connection });
        const [statement] = (document as { Statement: readonly [Statement] }).Statement;
        assert.equal(statement.Resource, connection);
        for (const action of ['GetConnection', 'GetConnectionToken']) {
          assert.ok([statement.Action].flat().includes(`${service}:${action}`));
        }
      }
      assert.equal(Condition, 'HasConnection');
      assert.deepEqual(properties?.['Roles'], [{ Ref: 'BuildRole' }, { Ref: 'ReleaseRole' }]);
    }
  });

  it('without a pipeline: this account', () => {
    for (const infrastructure of distinct.filter(({ answers }) => answers.ci === 'none')) {
      for (const role of ['BuildRole', 'ReleaseRole']) {
        assert.deepEqual(
          trustOf(infrastructure, role).map(({ Principal }) => Principal),
          [{ AWS: 'arn:aws:iam::123456789012:root' }],
        );
      }
    }
  });
});

describe('who may talk to whom', () => {
  it('the internet to the load balancer, it to the tasks, they to the database, and nobody else', () => {
    for (const infrastructure of distinct) {
      const network = stackOf(infrastructure, 'network');
      const opened = (id: string) =>
        ((network.Resources[id]?.Properties['SecurityGroupIngress'] ?? []) as readonly Record<string, unknown>[]).map(
          (rule) => `${String(rule['FromPort'])} ${JSON.stringify(rule['CidrIp'] ?? rule['SourceSecurityGroupId'])}`,
        );
      const isHttps = infrastructure.answers.domain !== undefined;
      assert.deepEqual(
        opened('LoadBalancerSecurityGroup'),
        isHttps ? ['443 "0.0.0.0/0"', '80 "0.0.0.0/0"'] : ['80 "0.0.0.0/0"'],
      );
      assert.deepEqual(opened('TaskSecurityGroup'), []);
      assert.deepEqual(opened('DatabaseSecurityGroup'), []);
      const single = resourcesOf(infrastructure, 'AWS::EC2::SecurityGroupIngress').map(({ properties }) => [
        properties['SourceSecurityGroupId'],
        properties['FromPort'],
        properties['ToPort'],
        properties['GroupId'],
      ]);
      assert.deepEqual(single, [
        [{ Ref: 'LoadBalancerSecurityGroup' }, 8000, 8000, { Ref: 'TaskSecurityGroup' }],
        [{ Ref: 'TaskSecurityGroup' }, 5432, 5432, { Ref: 'DatabaseSecurityGroup' }],
        ...(infrastructure.answers.broker === 'redis'
          ? [[{ Ref: 'TaskSecurityGroup' }, 6379, 6379, { Ref: 'BrokerSecurityGroup' }]]
          : []),
        ...(infrastructure.answers.pooler === 'pgbouncer'
          ? [
              [{ Ref: 'TaskSecurityGroup' }, 6432, 6432, { Ref: 'PgbouncerSecurityGroup' }],
              [{ Ref: 'PgbouncerSecurityGroup' }, 5432, 5432, { Ref: 'DatabaseSecurityGroup' }],
            ]
          : []),
      ]);
    }
  });

  it('the tasks to the broker where it is a server, and it to nobody', () => {
    for (const infrastructure of distinct.filter(({ answers }) => answers.broker === 'redis')) {
      const { BrokerSecurityGroup, TaskSecurityGroup } = stackOf(infrastructure, 'network').Resources;
      assert.ok(!('SecurityGroupIngress' in (BrokerSecurityGroup?.Properties ?? {})));
      const out = TaskSecurityGroup?.Properties['SecurityGroupEgress'] as readonly Record<string, unknown>[];
      assert.deepEqual(
        out.map((rule) => [rule['FromPort'], rule['DestinationSecurityGroupId'] ?? rule['CidrIp']]),
        [
          [443, '0.0.0.0/0'],
          [5432, { Ref: 'DatabaseSecurityGroup' }],
          [6379, { Ref: 'BrokerSecurityGroup' }],
          ...(infrastructure.answers.pooler === 'pgbouncer' ? [[6432, { Ref: 'PgbouncerSecurityGroup' }]] : []),
        ],
      );
    }
  });

  it('the tasks to PgBouncer, and it to the database and to AWS', () => {
    for (const infrastructure of distinct.filter(({ answers }) => answers.pooler === 'pgbouncer')) {
      const { Resources } = stackOf(infrastructure, 'network');
      const { PgbouncerSecurityGroup, TaskSecurityGroup, EndpointSecurityGroup } = Resources;
      assert.ok(!('SecurityGroupIngress' in (PgbouncerSecurityGroup?.Properties ?? {})));
      const out = PgbouncerSecurityGroup?.Properties['SecurityGroupEgress'] as readonly Record<string, unknown>[];
      assert.deepEqual(
        out.map((rule) => [rule['FromPort'], rule['ToPort'], rule['DestinationSecurityGroupId'] ?? rule['CidrIp']]),
        [
          [443, 443, '0.0.0.0/0'],
          [5432, 5432, { Ref: 'DatabaseSecurityGroup' }],
        ],
      );
      const ofTasks = TaskSecurityGroup?.Properties['SecurityGroupEgress'] as readonly Record<string, unknown>[];
      assert.deepEqual(ofTasks.at(-1)?.['DestinationSecurityGroupId'], { Ref: 'PgbouncerSecurityGroup' });
      // Without NAT it pulls its image, reads its password and logs through the same doors as the tasks.
      const doors = EndpointSecurityGroup?.Properties['SecurityGroupIngress'] as readonly Record<string, unknown>[];
      assert.deepEqual(
        doors?.map((rule) => [rule['FromPort'], rule['SourceSecurityGroupId']]),
        infrastructure.answers.egress === 'nat'
          ? undefined
          : [
              [443, { Ref: 'TaskSecurityGroup' }],
              [443, { Ref: 'PgbouncerSecurityGroup' }],
            ],
      );
    }
  });

  it('says every way out, since AWS allows all where none is said', () => {
    for (const infrastructure of distinct) {
      for (const { id, properties } of resourcesOf(infrastructure, 'AWS::EC2::SecurityGroup')) {
        const rules = properties['SecurityGroupEgress'] as readonly Record<string, unknown>[];
        assert.ok(rules.length > 0, id);
        for (const rule of rules) {
          const isMail =
            infrastructure.answers.mail === 'smtp' && rule['FromPort'] === (infrastructure.answers.mailPort ?? 587);
          assert.ok(rule['CidrIp'] !== '0.0.0.0/0' || rule['FromPort'] === 443 || isMail, id);
        }
      }
    }
  });
});
