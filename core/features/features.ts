import type { SizingAnswers } from '../plan/types.ts';
import { celery } from './celery/feature.ts';
import type { Feature } from './feature.ts';
import { pgbouncer } from './pgbouncer/feature.ts';
import { staticS3 } from './staticS3/feature.ts';
import { user } from './user/feature.ts';

/** Every optional capability, in the order in which their answers are listed and their stacks are made. */
export const features: readonly Feature[] = [user, staticS3, celery, pgbouncer];

/** Whether the answers ask for it. */
export function isOn({ key, off }: Feature, answers: Pick<SizingAnswers, Feature['key']>): boolean {
  return answers[key] !== off;
}
