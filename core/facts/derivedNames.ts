/**
 * The names that every repository makes from the project's name, with the rule of the service that each belongs to. Those
 * of a capability stand in its folder: `core/features/names.ts` has all of them.
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
export interface NameRule {
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
export const letterThenHyphens = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
export const hyphensInWords = 'a letter, then letters, digits and single hyphens between them';
export const wordCharacters = 'letters, digits, hyphens and underscores';
export const ends = (slug: string, ...suffixes: readonly string[]): readonly string[] =>
  suffixes.map((suffix) => `${slug}-${suffix}`);

/** Of the tasks of these families. */
export const logGroups = (slug: string, ...families: readonly string[]): readonly string[] =>
  families.map((family) => `/ecs/${slug}-${family}`);

/** An account has 12 digits; which ones makes no difference to a name. */
export const account = '123456789012';

export const webNameRules = [
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
    names: ({ slug }) => ends(slug, 'web'),
  },
  {
    kind: 'family of task definitions',
    pattern: /^[\w-]+$/,
    maximumLength: 255,
    allowed: wordCharacters,
    source: 'ecs RegisterTaskDefinition, family',
    names: ({ slug }) => ends(slug, 'web', 'migrate', 'ops', 'dbinit'),
  },
  {
    kind: 'ECR repository',
    pattern: /^(?=..)[a-z0-9]+([._-][a-z0-9]+)*$/,
    maximumLength: 256,
    allowed: 'at least two lowercase letters or digits, with single separators between them',
    source: 'ecr CreateRepository, repositoryName',
    names: ({ slug }) => [slug],
  },
  {
    kind: 'IAM role',
    pattern: /^[\w+=,.@-]+$/,
    maximumLength: 64,
    allowed: 'letters, digits and + = , . @ - _',
    source: 'iam CreateRole, RoleName',
    names: ({ slug }) => ends(slug, 'ecs-execution', 'dbinit-execution', 'task', 'ops', 'build', 'release'),
  },
  {
    kind: 'secret',
    pattern: /^[\w/+=.@-]+$/,
    maximumLength: 512,
    allowed: 'letters, digits and / _ + = . @ -',
    refused: [[/-[a-z0-9]{6}$/i, 'it ends like the suffix that Secrets Manager puts behind a name']],
    source: 'secretsmanager CreateSecret, Name',
    names: ({ slug }) => [`${slug}/django`, `${slug}/app`, `${slug}/db-app`],
  },
  {
    kind: 'log group',
    pattern: /^[\w./#-]+$/,
    maximumLength: 512,
    allowed: 'letters, digits and _ - / . #',
    refused: [[/^aws\//, 'CloudWatch Logs keeps aws/ for itself']],
    source: 'logs CreateLogGroup, logGroupName',
    names: ({ slug }) => [
      ...logGroups(slug, 'web', 'migrate', 'ops', 'dbinit'),
      `/aws/rds/instance/${slug}/postgresql`,
      `/aws/rds/instance/${slug}/upgrade`,
    ],
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
    kind: 'CloudFormation stack',
    pattern: /^[a-z][a-z0-9-]*$/i,
    maximumLength: 128,
    allowed: 'a letter, then letters, digits and hyphens',
    source: 'cloudformation CreateStack, StackName',
    names: ({ slug }) => ends(slug, 'network', 'platform', 'data', 'service'),
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
] as const satisfies readonly NameRule[];

/** A kind of name that every repository has. */
export type NameKind = (typeof webNameRules)[number]['kind'];

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
