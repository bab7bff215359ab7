import { resolveAnswers } from '../../../core/answers/resolve.ts';
import type { Answers } from '../../../core/answers/types.ts';
import { ciProviders } from '../../../core/features/ci/providers.ts';
import { UserError } from '../../../core/errors.ts';
import { longestTaskMaximumSeconds } from '../../../core/facts/celery.ts';
import { rdsClasses } from '../../../core/facts/rds.ts';
import { isSold } from '../../../core/facts/rdsRegions.ts';
import { regions } from '../../../core/facts/regions.ts';
import { solve } from '../../../core/plan/solve.ts';
import { pairwise } from '../../support/pairwise.ts';
import type { Factors, Level } from '../../support/pairwise.ts';

/** The longest domain that DNS has: labels of 63 characters, 253 in all (RFC 1035, 2.3.4). */
export const longestDomain = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(letter === 'd' ? 61 : 63)).join('.');

export const longestName = 'abcdefghijklmnopqrstuvwx';

/** Every answer that changes what is emitted; sizes that only go together are one factor. */
export const factors: Factors = {
  projectName: [{}, { projectName: 'ab' }, { projectName: longestName }, { projectName: 'shop_of_the_many_things' }],
  ci: ciProviders.map((ci) => ({ ci })),
  domain: [{}, { domain: 'shop.example.com' }, { domain: longestDomain }],
  user: [{}, { user: 'django' }],
  static: [{}, { static: 's3' }],
  assets: [{}, { assets: 'node' }],
  media: [{}, { media: 'none' }, { media: 's3' }],
  largestUpload: [{}, { largestUploadMiB: 1 }, { largestUploadMiB: 60 }],
  mail: [
    {},
    { mail: 'ses', mailFrom: 'noreply@example.com' },
    { mail: 'smtp', mailFrom: 'Shop & Co <noreply@example.com>', mailHost: 'smtp.example.com', mailUser: 'shop' },
  ],
  errors: [{}, { errors: 'sentry' }],
  celery: [
    {},
    { broker: 'sqs' },
    { broker: 'sqs', beat: true, celeryMinTasks: 0, celeryLongestTaskSeconds: 3600 },
    { broker: 'redis' },
    { broker: 'redis', beat: true, celeryLongestTaskSeconds: 600, celeryVcpu: 1, celeryMaxTasks: 2 },
  ],
  pooler: [{}, { pooler: 'pgbouncer' }],
  infrastructure: [{}, { infrastructure: 'none' }],
  egress: [{}, { egress: 'endpoints' }],
  django: [{}, { django: '6.1' }],
  python: [{}, { python: '3.12' }, { python: '3.14' }, { python: '3.15' }],
  architecture: [{}, { architecture: 'ARM64' }],
  multiAz: [{}, { multiAz: true }],
  region: [{}, { region: 'eu-central-1' }, { region: 'ap-southeast-2' }],
  rdsEngineVersion: [{}, { rdsEngineVersion: '14' }, { rdsEngineVersion: '18' }],
  logRetentionDays: [{}, { logRetentionDays: 1 }],
  sizes: [
    {},
    { vcpu: 0.25, rdsClass: 'db.t4g.micro' },
    { vcpu: 1, minTasks: 1, maxTasks: 1, slowestRequestSeconds: 1 },
    { vcpu: 4, rdsClass: 'db.m7g.large', minTasks: 3, slowestRequestSeconds: 105 },
    { vcpu: 16, memoryMiB: 122_880, rdsClass: 'db.r7g.2xlarge', maxTasks: 4 },
  ],
};

/** The answers for some that are given; the others are the defaults. */
export function answersFor(row: Level): Answers {
  const given = new Map(Object.entries(row).map(([key, value]) => [key, { value, origin: key }]));
  return resolveAnswers([given], { projectName: 'shop' }).answers;
}

/** Whether there is a plan for these answers: the smallest database does not hold every worker. */
function isSolved(row: Level): boolean {
  try {
    solve(answersFor(row));
    return true;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}

/** A region and a class that it sells: the longest such pair of names. */
const [longestPlace] = regions
  .filter(({ partition }) => partition === 'aws')
  .flatMap(({ name: region }) => rdsClasses.map(({ name: rdsClass }) => ({ region, rdsClass })))
  .filter(({ region, rdsClass }) => isSold(rdsClass, region))
  .toSorted((a, b) => `${b.region}${b.rdsClass}`.length - `${a.region}${a.rdsClass}`.length);

/** The longest value of every answer, as far as they go together. */
export const longestValues: readonly Level[] = [
  {
    projectName: longestName,
    domain: longestDomain,
    ...longestPlace,
    ...{
      ci: 'bitbucket',
      static: 's3',
      assets: 'node',
      media: 's3',
      largestUploadMiB: 60,
      egress: 'endpoints',
      pooler: 'pgbouncer',
      broker: 'redis',
      beat: true,
    },
    ...{
      celeryLongestTaskSeconds: longestTaskMaximumSeconds,
      celeryTaskMs: 43_020_000,
      celeryQueueDelaySeconds: 86_400,
    },
    ...{ vcpu: 16, memoryMiB: 122_880, celeryVcpu: 16, minTasks: 100, maxTasks: 1000, celeryMaxTasks: 100 },
    ...{ slowestRequestSeconds: 105, cpuMs: 40_000, waitMs: 60_000, workerMemoryMiB: 30_720 },
    ...{ mail: 'ses', mailFrom: `${'a'.repeat(60)}@example.com` },
    ...{ rdsEngineVersion: '17.11', rdsMaxConnections: 262_143, multiAz: true, logRetentionDays: 3653 },
  },
  {
    projectName: 'shop_of_the_manifold_fun',
    domain: longestDomain,
    ...{ ci: 'codebuild', broker: 'sqs', beat: true, celeryMinTasks: 100, celeryMaxTasks: 800, django: '6.1' },
    ...{ mail: 'smtp', mailFrom: `${'a'.repeat(60)}@example.com`, mailPort: 65_535 },
    ...{ mailHost: `${'a'.repeat(63)}.smtp.example.com`, mailUser: 'a'.repeat(60) },
    ...{ rdsClass: 'db.x2iedn.32xlarge', pooler: 'pgbouncer', maxTasks: 100, architecture: 'ARM64' },
  },
];

export const { rows: pairwiseRows, impossible } = pairwise(factors, isSolved);

/** The rows of the whole matrix. */
export const rows: readonly Level[] = [...longestValues, ...pairwiseRows];
