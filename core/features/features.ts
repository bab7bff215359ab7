import type { SizingAnswers } from '../plan/types.ts';
import { assets } from './assets/feature.ts';
import { celery } from './celery/feature.ts';
import { errors } from './errors/feature.ts';
import type { Answers } from '../answers/types.ts';
import type { Feature, FeatureStack } from './feature.ts';
import { mail } from './mail/feature.ts';
import { media } from './media/feature.ts';
import { pgbouncer } from './pgbouncer/feature.ts';
import { staticS3 } from './staticS3/feature.ts';
import { user } from './user/feature.ts';

/** Every optional capability, in the order in which their answers are listed and their stacks are made. */
export const features: readonly Feature[] = [user, staticS3, media, assets, mail, errors, celery, pgbouncer];

/** Whether the answers ask for it. */
export function isOn({ key, off }: Feature, answers: Pick<SizingAnswers, Feature['key']>): boolean {
  return answers[key] !== off;
}

/** The stack that it has with these answers: one or none. */
export function stackOf(feature: Feature, answers: Answers): readonly FeatureStack[] {
  const { stack } = feature.files;
  return stack === undefined || !isOn(feature, answers) || stack.when?.(answers) === false ? [] : [stack];
}
