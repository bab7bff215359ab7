import { resolveAnswers } from '../../core/answers/resolve.ts';
import { ciProviders } from '../../core/features/ci/providers.ts';
import type { AnswerKey, Answers } from '../../core/answers/types.ts';
import { files } from '../../core/emit/files.ts';
import { layOut } from '../../core/emit/layout/layOut.ts';
import { render } from '../../core/emit/render.ts';
import { createView } from '../../core/emit/view.ts';
import { solve } from '../../core/plan/solve.ts';
import type { Plan } from '../../core/plan/types.ts';
import { readTemplates } from '../../disk/package/readTemplates.ts';
import { parseTemplate } from './cloudFormation.ts';
import type { Template } from './cloudFormation.ts';
import { everyRow } from './pairwise.ts';
import type { Factors } from './pairwise.ts';

/** In the order in which they are set up: a parameter of one may be an output of one before it. */
export const stackNames = [
  'network',
  'platform',
  'data',
  'static',
  'media',
  'mail',
  'broker',
  'pgbouncer',
  'service',
] as const;
export type StackName = (typeof stackNames)[number];

/** The infrastructure of one set of answers, as it is emitted. */
export interface Infrastructure {
  readonly name: string;
  readonly answers: Answers;
  readonly plan: Plan;
  /** What lies in deploy/cloudformation, by the stack's name; `static` only with `--static s3`. */
  readonly texts: ReadonlyMap<StackName, string>;
  readonly stacks: ReadonlyMap<StackName, Template>;
  /** deploy/parameters.json, but for the account. */
  readonly parameters: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export type Given = Readonly<Partial<Record<AnswerKey, unknown>>>;

const templates = await readTemplates();

/** The infrastructure for some answers, the others being the defaults. */
export function infrastructureOf(given: Given): Infrastructure {
  const door = new Map(Object.entries(given).map(([key, value]) => [key, { value, origin: key }]));
  const { answers } = resolveAnswers([door], { projectName: 'shop' });
  const plan = solve(answers);
  const view = createView(answers, plan);
  const text = (path: string): string | undefined => {
    const row = files.find((file) => file.path === path && (file.when?.(answers) ?? true));
    const source = row === undefined ? undefined : templates.get(row.template);
    if (source === undefined) return undefined;
    return layOut(path, render(path, new TextDecoder().decode(source), view, templates));
  };
  const texts = new Map(
    stackNames.flatMap((stack) => {
      const found = text(`deploy/cloudformation/${stack}.yaml`);
      return found === undefined ? [] : [[stack, found] as const];
    }),
  );
  const { account: _, ...parameters } = JSON.parse(text('deploy/parameters.json') ?? '{}') as Record<string, object>;
  return {
    name: JSON.stringify(given),
    answers,
    plan,
    texts,
    stacks: new Map([...texts].map(([stack, source]) => [stack, parsed(source)])),
    parameters: parameters as Infrastructure['parameters'],
  };
}

const known = new Map<string, Template>();

/** Parsing takes longest, and many answers give the same text. */
function parsed(text: string): Template {
  const template = known.get(text) ?? parseTemplate(text);
  known.set(text, template);
  return template;
}

/** A stack that the answers of the test must have. */
export function stackOf({ name, stacks }: Infrastructure, stack: StackName): Template {
  const found = stacks.get(stack);
  if (found === undefined) {
    throw new Error(`${name} has no stack ${stack}`);
  }
  return found;
}

/** The answers that the infrastructure depends on. */
export const factors: Factors = {
  ci: ciProviders.map((ci) => ({ ci })),
  static: [{ static: 'whitenoise' }, { static: 's3' }],
  egress: [{ egress: 'nat' }, { egress: 'endpoints' }],
  domain: [{}, { domain: 'shop.example.com' }],
  multiAz: [{ multiAz: false }, { multiAz: true }],
  architecture: [{ architecture: 'X86_64' }, { architecture: 'ARM64' }],
  rdsClass: [{ rdsClass: 'db.t4g.small' }, { rdsClass: 'db.m7g.large' }],
};

/** Every combination of them. */
export function everyCombination(): readonly Given[] {
  return everyRow(factors);
}

/** What Celery adds, in few combinations: each of them is five texts to lint. */
export const workers: readonly Given[] = [
  { broker: 'sqs' },
  {
    broker: 'sqs',
    beat: true,
    celeryMinTasks: 0,
    celeryLongestTaskSeconds: 43_020,
    egress: 'endpoints',
    ci: 'codebuild',
  },
  {
    ...{ broker: 'redis', beat: true, celeryLongestTaskSeconds: 600, static: 's3', ci: 'bitbucket' },
    ...{ projectName: 'abcdefghijklmnopqrstuvwx', domain: 'shop.example.com', rdsClass: 'db.m7g.large' },
  },
  {
    broker: 'redis',
    egress: 'endpoints',
    ci: 'none',
    celeryMaxTasks: 2,
    celeryQueueDelaySeconds: 86_400,
    celeryTaskMs: 1,
  },
];

/** What mail adds: the stack of SES with its endpoint and roles, or a port. */
export const mailers: readonly Given[] = [
  { mail: 'ses', mailFrom: 'noreply@example.com' },
  { mail: 'ses', domain: 'shop.example.com', broker: 'sqs', egress: 'endpoints', ci: 'gitlab' },
  { mail: 'smtp', mailFrom: 'noreply@example.com', mailHost: 'smtp.example.com', mailPort: 465 },
];

/** What PgBouncer adds, alone and beside all that there is. */
export const poolers: readonly Given[] = [
  { pooler: 'pgbouncer' },
  { pooler: 'pgbouncer', broker: 'sqs', egress: 'endpoints', ci: 'codebuild', vcpu: 4, maxTasks: 20 },
  {
    ...{
      pooler: 'pgbouncer',
      broker: 'redis',
      beat: true,
      celeryLongestTaskSeconds: 600,
      static: 's3',
      ci: 'bitbucket',
    },
    ...{ projectName: 'zyxwvutsrqponmlkjihgfedc', domain: 'shop.example.com', rdsClass: 'db.m7g.large' },
  },
  {
    pooler: 'pgbouncer',
    region: 'eu-central-1',
    projectName: 'web_shop',
    logRetentionDays: 1,
    slowestRequestSeconds: 3,
  },
];

/** Answers at the edges of what a template holds: long names, versions, sizes, retention, another region, and more. */
export const edges: readonly Given[] = [
  ...workers,
  ...poolers,
  ...mailers,
  { projectName: 'abcdefghijklmnopqrstuvwx', domain: `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.example` },
  { projectName: 'nan', region: 'eu-central-1', static: 's3', egress: 'endpoints' },
  {
    projectName: 'web2_0_shop',
    media: 'none',
    rdsEngineVersion: '14',
    logRetentionDays: 1,
    slowestRequestSeconds: 105,
  },
  { rdsEngineVersion: '18', logRetentionDays: 3653, slowestRequestSeconds: 1, minTasks: 1, maxTasks: 1 },
  { vcpu: 16, rdsClass: 'db.r7g.2xlarge', minTasks: 3, multiAz: true, region: 'ap-southeast-2' },
];

/** Every resource of a type, with its logical name, over all stacks. */
export function resourcesOf(infrastructure: Infrastructure, type: string) {
  return [...infrastructure.stacks].flatMap(([stack, { Resources }]) =>
    Object.entries(Resources)
      .filter(([, resource]) => resource.Type === type)
      .map(([id, resource]) => ({ stack, id, resource, properties: resource.Properties })),
  );
}

/** The properties of a resource that the answers of the test must have, as the test takes them to be. */
export function propertiesOf<T = Readonly<Record<string, unknown>>>(
  infrastructure: Infrastructure,
  stack: StackName,
  id: string,
): T {
  const found = stackOf(infrastructure, stack).Resources[id];
  if (found === undefined) {
    throw new Error(`${infrastructure.name}: ${stack} has no ${id}`);
  }
  return found.Properties as T;
}
