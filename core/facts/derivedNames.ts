/**
 * Every name that is made from the project's name, with the rule of the service that it belongs to.
 *
 * A name that is refused by its service is found here, before anything is written: on AWS it would be found after the network
 * was paid for. Sources, read 2026-11-30: botocore 1.44.5 and CloudFormation's registry schemas, each row naming its operation
 * or type; the user guides of S3 (bucket naming) and Secrets Manager (a name should not end like the suffix of an ARN);
 * PostgreSQL 17, CREATE ROLE and "Identifiers and Key Words"; RDS API, CreateDBInstance.
 */
import { sqlKeywords } from './sqlKeywords.ts';

/** Longest name of a load balancer and of a target group. */
const balancerMaximumLength = 32;

/** What a name of a kind must be, and why, where it is not. */
interface NameRule {
  /** The kind, as a refusal names it: "would give the load balancer the name ...". */
  readonly kind: string;
  readonly pattern: RegExp;
  readonly maximumLength: number;
  /** The pattern in words. */
  readonly allowed: string;
  /** Well-formed names that the service keeps for itself or refuses, each with the reason. */
  readonly refused?: readonly (readonly [RegExp | ReadonlySet<string>, string])[];
  /** Operation or type that says so. */
  readonly source: string;
  /** The names of this kind. */
  readonly names: (project: Named) => readonly string[];
}

/** What names are made of. */
export interface Named {
  /** `my_shop` */
  readonly project: string;
  /** `my-shop` */
  readonly slug: string;
  readonly region: string;
}

const roleMaximumBytes = 63;
const letterThenHyphens = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const hyphensInWords = 'a letter, then letters, digits and single hyphens between them';
const wordCharacters = 'letters, digits, hyphens and underscores';
const ends = (slug: string, ...suffixes: readonly string[]): readonly string[] =>
  suffixes.map((suffix) => `${slug}-${suffix}`);

/** An account has 12 digits; which ones makes no difference to a name. */
const account = '123456789012';

export const nameRules: readonly NameRule[] = [
  {
    kind: 'role of the database',
    pattern: /^[a-z_][a-z0-9_]*$/,
    maximumLength: roleMaximumBytes,
    allowed: 'lowercase letters, digits and underscores',
    refused: [
      [/^pg_/, 'PostgreSQL keeps pg_ for its own roles'],
      [/^rds_/, 'RDS keeps rds_ for its own roles'],
    ],
    source: 'PostgreSQL 17, CREATE ROLE',
    names: ({ project }) => [`${project}_app`],
  },
  {
    kind: 'database',
    pattern: /^[a-z][a-z0-9_]*$/,
    maximumLength: 63,
    allowed: 'a letter, then lowercase letters, digits and underscores',
    refused: [
      [/^(pg|rds)_/, 'PostgreSQL and RDS keep such names for themselves'],
      [new Set(sqlKeywords), 'RDS refuses an SQL key word as the name of a database'],
    ],
    source: 'RDS API, CreateDBInstance, DBName',
    names: ({ project }) => [project],
  },
  {
    kind: 'database instance',
    pattern: letterThenHyphens,
    maximumLength: 63,
    allowed: hyphensInWords,
    source: 'RDS API, CreateDBInstance, DBInstanceIdentifier',
    names: ({ slug }) => [slug],
  },
  {
    kind: 'load balancer',
    pattern: /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/,
    maximumLength: balancerMaximumLength,
    allowed: 'letters, digits and hyphens, no hyphen at either end',
    refused: [[/^internal-/, 'ELB keeps internal- for itself']],
    source: 'elbv2 CreateLoadBalancer, Name',
    names: ({ slug }) => [slug],
  },
  {
    kind: 'target group',
    pattern: /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/,
    maximumLength: balancerMaximumLength,
    allowed: 'letters, digits and hyphens, no hyphen at either end',
    source: 'elbv2 CreateTargetGroup, Name',
    names: ({ slug }) => ends(slug, 'web'),
  },
  {
    kind: 'ECS cluster',
    pattern: /^[\w-]+$/,
    maximumLength: 255,
    allowed: wordCharacters,
    source: 'ecs CreateCluster, clusterName',
    names: ({ slug }) => [slug],
  },
  {
    kind: 'ECS service',
    pattern: /^[\w-]+$/,
    maximumLength: 255,
    allowed: wordCharacters,
    source: 'ecs CreateService, serviceName',
    names: ({ slug }) => ends(slug, 'web', 'worker', 'beat', 'pgbouncer'),
  },
  {
    kind: 'family of task definitions',
    pattern: /^[\w-]+$/,
    maximumLength: 255,
    allowed: wordCharacters,
    source: 'ecs RegisterTaskDefinition, family',
    names: ({ slug }) => ends(slug, 'web', 'migrate', 'ops', 'dbinit', 'worker', 'beat', 'pgbouncer'),
  },
  {
    kind: 'ECR repository',
    pattern: /^(?=..)[a-z0-9]+([._-][a-z0-9]+)*$/,
    maximumLength: 256,
    allowed: 'at least two lowercase letters or digits, with single separators between them',
    source: 'ecr CreateRepository, repositoryName',
    names: ({ slug }) => [slug, ...ends(slug, 'pgbouncer')],
  },
  {
    kind: 'IAM role',
    pattern: /^[\w+=,.@-]+$/,
    maximumLength: 64,
    allowed: 'letters, digits and + = , . @ - _',
    source: 'iam CreateRole, RoleName',
    names: ({ slug }) => ends(slug, 'ecs-execution', 'dbinit-execution', 'task', 'worker', 'ops', 'build', 'release'),
  },
  {
    kind: 'secret',
    pattern: /^[\w/+=.@-]+$/,
    maximumLength: 512,
    allowed: 'letters, digits and / _ + = . @ -',
    refused: [[/-[a-z0-9]{6}$/i, 'it ends like the suffix that Secrets Manager puts behind a name']],
    source: 'secretsmanager CreateSecret, Name',
    names: ({ slug }) => [`${slug}/django`, `${slug}/db-app`, `${slug}/redis`],
  },
  {
    kind: 'log group',
    pattern: /^[\w./#-]+$/,
    maximumLength: 512,
    allowed: 'letters, digits and _ - / . #',
    refused: [[/^aws\//, 'CloudWatch Logs keeps aws/ for itself']],
    source: 'logs CreateLogGroup, logGroupName',
    names: ({ slug }) => [
      ...['web', 'migrate', 'ops', 'dbinit', 'worker', 'beat', 'pgbouncer'].map((name) => `/ecs/${slug}-${name}`),
      `/aws/rds/instance/${slug}/postgresql`,
      `/aws/rds/instance/${slug}/upgrade`,
    ],
  },
  {
    kind: 'S3 bucket',
    pattern: /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/,
    maximumLength: 63,
    allowed: 'lowercase letters, digits, dots and hyphens',
    refused: [
      [/^(xn--|sthree-|amzn-s3-demo-)/, 'S3 keeps such a start for itself'],
      [/(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/, 'S3 keeps such an end for itself'],
    ],
    source: 'Amazon S3 user guide, general purpose bucket naming rules',
    names: ({ slug, region }) => [`${slug}-static-${account}-${region}`],
  },
  {
    kind: 'CloudFront setting',
    pattern: /^[\w-]+$/,
    maximumLength: 64,
    allowed: wordCharacters,
    source: 'cloudfront CreateOriginAccessControl, CreateResponseHeadersPolicy, Name',
    names: ({ slug, region }) => [`${slug}-static-${region}`],
  },
  {
    kind: 'SQS queue',
    pattern: /^[\w-]+$/,
    maximumLength: 80,
    allowed: wordCharacters,
    source: 'sqs CreateQueue, QueueName',
    names: ({ slug }) => ends(slug, 'celery', 'celery-dead'),
  },
  {
    kind: 'ElastiCache replication group',
    pattern: letterThenHyphens,
    maximumLength: 40,
    allowed: hyphensInWords,
    source: 'elasticache CreateReplicationGroup, ReplicationGroupId',
    names: ({ slug }) => [slug],
  },
  {
    kind: 'SNS topic',
    pattern: /^[\w-]+$/,
    maximumLength: 256,
    allowed: wordCharacters,
    source: 'sns CreateTopic, Name',
    names: ({ slug }) => ends(slug, 'alarms'),
  },
  {
    kind: 'private DNS zone',
    pattern: /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$/,
    maximumLength: 253,
    allowed: 'labels of at most 63 letters, digits and hyphens',
    source: 'servicediscovery CreatePrivateDnsNamespace, Name',
    names: ({ slug }) => [`${slug}.internal`],
  },
  {
    kind: 'CloudFormation stack',
    pattern: /^[a-z][a-z0-9-]*$/i,
    maximumLength: 128,
    allowed: 'a letter, then letters, digits and hyphens',
    source: 'cloudformation CreateStack, StackName',
    names: ({ slug }) => ends(slug, 'network', 'platform', 'data', 'static', 'broker', 'pgbouncer', 'service'),
  },
  {
    kind: 'CloudWatch dashboard',
    pattern: /^[\w-]+$/,
    maximumLength: 255,
    allowed: wordCharacters,
    source: 'cloudwatch PutDashboard, DashboardName',
    names: ({ slug }) => [slug],
  },
  {
    kind: 'namespace of metrics',
    pattern: /^[\w.\-/#: ]+$/,
    maximumLength: 255,
    allowed: 'letters, digits and . - _ / # : and blanks',
    refused: [[/^(aws\/|:)/i, 'CloudWatch keeps such a start for itself']],
    source: 'cloudwatch PutMetricData, Namespace',
    names: ({ slug }) => [slug],
  },
  {
    kind: 'CodeBuild project',
    pattern: /^[A-Za-z0-9][\w-]+$/,
    maximumLength: 255,
    allowed: wordCharacters,
    source: 'codebuild CreateProject, name',
    names: ({ slug }) => ends(slug, 'build', 'release'),
  },
];

/** What is wrong with a name of a kind; undefined when its service takes it. */
export function nameProblem(
  { pattern, maximumLength, allowed, refused = [] }: NameRule,
  name: string,
): string | undefined {
  if (name.length > maximumLength) {
    return `it has ${name.length} characters, and ${maximumLength} are the most`;
  }
  if (!pattern.test(name)) {
    return `allowed: ${allowed}`;
  }
  return refused.find(([what]) => (what instanceof RegExp ? what.test(name) : what.has(name)))?.[1];
}

/** The project's name as AWS resources carry it. */
export function toSlug(project: string): string {
  return project.replaceAll('_', '-');
}

/** The region with the longest name: a name that fits there fits everywhere. */
const longestRegion = 'ap-southeast-1';

/**
 * Why a project may not be called `project`, as the rest of a sentence that starts with it: the first name made from it that
 * its service refuses. Undefined where all of them are taken.
 */
export function derivedNameReason(project: string, region: string = longestRegion): string | undefined {
  const named = { project, slug: toSlug(project), region };
  for (const rule of nameRules) {
    for (const name of rule.names(named)) {
      const problem = nameProblem(rule, name);
      if (problem !== undefined) {
        return `would give the ${rule.kind} the name ${name}: ${problem}`;
      }
    }
  }
  return undefined;
}
