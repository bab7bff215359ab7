import type { Answers } from '../answers/types.ts';
import { toSlug } from '../facts/derivedNames.ts';
import type { Feature, ReleasedService } from '../features/feature.ts';
import { features, isOn, stackOf } from '../features/features.ts';
import { findRegion } from '../facts/regions.ts';
import { InternalError } from '../errors.ts';
import type { Plan } from '../plan/types.ts';

/**
 * `deploy/release.json`: what the release program, whose text is the same everywhere, has to know of this repository.
 * @throws InternalError when the answers were not parsed
 */
export function renderRelease(answers: Answers, plan: Plan): string {
  const region = findRegion(answers.region);
  if (region === undefined) throw new InternalError('The answers were not parsed.');
  const text = {
    slug: toSlug(answers.projectName),
    region: answers.region,
    partition: region.partition,
    domain: answers.domain ?? '',
    architecture: answers.architecture,
    egress: answers.egress,
    stacks: answers.infrastructure === 'cloudformation' ? stackNames(answers) : [],
    services: servicesOf(answers, plan),
    // Whether they are on or not: the program asks.
    ...Object.fromEntries(
      features.toReversed().flatMap(({ release }) => Object.entries(release.says?.(answers, plan) ?? {})),
    ),
    words: wordsOf(answers),
  };
  return `${JSON.stringify(text, undefined, 2)}\n`;
}

/** The stacks in the order in which they are made. */
export function stackNames(answers: Answers): readonly string[] {
  const optional = turnedOnBy(answers).flatMap((feature) => stackOf(feature, answers));
  return ['network', 'platform', 'data', ...optional.map(({ name }) => name), 'service'];
}

/** The web service first, then those beside it in the order in which they are replaced. */
function servicesOf(answers: Answers, plan: Plan): readonly ReleasedService[] {
  const { minTasks, peakTasks } = plan.service;
  const web = { name: 'web', parameter: 'Revision', tasks: minTasks.value, peakTasks: peakTasks.value };
  return [web, ...turnedOnBy(answers).flatMap(({ release }) => release.services?.(answers, plan) ?? [])];
}

/** What deploy/ecs leaves out, and under which name what stands says it. */
function wordsOf(answers: Answers): Readonly<Record<string, string>> {
  return {
    RDS_ENDPOINT: 'DatabaseEndpoint',
    ALB_DNS_NAME: 'LoadBalancerDnsName',
    ...Object.fromEntries(turnedOnBy(answers).flatMap(({ release }) => Object.entries(release.words?.(answers) ?? {}))),
    ...(answers.infrastructure === 'cloudformation' ? { MASTER_SECRET_ARN: 'MasterSecretArn' } : {}),
  };
}

function turnedOnBy(answers: Answers): readonly Feature[] {
  return features.filter((feature) => isOn(feature, answers));
}
