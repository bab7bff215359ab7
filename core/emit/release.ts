import type { Answers } from '../answers/types.ts';
import { toSlug } from '../facts/derivedNames.ts';
import { features, isOn } from '../features/features.ts';
import { findRegion } from '../facts/regions.ts';
import { InternalError } from '../errors.ts';
import type { Plan } from '../plan/types.ts';

/** How many tasks a service starts with, and how many a deployment at its ceiling runs. */
interface TaskCounts {
  readonly tasks: number;
  readonly peakTasks: number;
}

/** A service that runs the image of a release. */
interface Service extends TaskCounts {
  readonly name: string;
  /** The parameter of the service's stack that holds its revision. */
  readonly parameter: string;
  /** How long a busy task is spared, where it is. */
  readonly protectionMinutes?: number;
}

/**
 * `deploy/release.json`: what the release program, whose text is the same everywhere, has to know of this repository.
 * @throws InternalError when the answers were not parsed
 */
export function renderRelease(answers: Answers, plan: Plan): string {
  const region = findRegion(answers.region);
  if (region === undefined) throw new InternalError('The answers were not parsed.');
  const { pgbouncer } = plan;
  const text = {
    slug: toSlug(answers.projectName),
    region: answers.region,
    partition: region.partition,
    domain: answers.domain ?? '',
    architecture: answers.architecture,
    stacks: answers.infrastructure === 'cloudformation' ? stackNames(answers) : [],
    services: servicesOf(answers, plan),
    pgbouncer: pgbouncer === undefined ? null : { tasks: pgbouncer.tasks.value, peakTasks: pgbouncer.peakTasks.value },
    broker: answers.broker,
    static: answers.static,
    words: wordsOf(answers),
  };
  return `${JSON.stringify(text, undefined, 2)}\n`;
}

/** The stacks in the order in which they are made. */
export function stackNames(answers: Answers): readonly string[] {
  const optional = features.filter((feature) => isOn(feature, answers)).flatMap(({ files }) => files.stack ?? []);
  return ['network', 'platform', 'data', ...optional.map(({ name }) => name), 'service'];
}

/** The web service first, then those beside it in the order in which they are replaced. */
function servicesOf({ beat }: Answers, { service, celery }: Plan): readonly Service[] {
  const web = {
    name: 'web',
    parameter: 'Revision',
    tasks: service.minTasks.value,
    peakTasks: service.peakTasks.value,
  };
  if (celery === undefined) return [web];
  const { protectionMinutes } = celery;
  const worker = {
    name: 'worker',
    parameter: 'WorkerRevision',
    tasks: celery.minTasks.value,
    peakTasks: celery.peakTasks.value,
    ...(protectionMinutes === undefined ? {} : { protectionMinutes: protectionMinutes.value }),
  };
  return [web, worker, ...(beat ? [{ name: 'beat', parameter: 'BeatRevision', tasks: 1, peakTasks: 1 }] : [])];
}

/** What deploy/ecs leaves out, and under which name what stands says it. */
function wordsOf({ static: server, broker, infrastructure }: Answers): Readonly<Record<string, string>> {
  return {
    RDS_ENDPOINT: 'DatabaseEndpoint',
    ALB_DNS_NAME: 'LoadBalancerDnsName',
    ...(server === 's3' ? { STATIC_URL: 'StaticUrl' } : {}),
    ...(broker === 'sqs' ? { QUEUE_URL: 'QueueUrl' } : {}),
    ...(broker === 'redis' ? { REDIS_ENDPOINT: 'RedisEndpoint' } : {}),
    ...(infrastructure === 'cloudformation' ? { MASTER_SECRET_ARN: 'MasterSecretArn' } : {}),
  };
}
