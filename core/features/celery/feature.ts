import type { Feature } from '../feature.ts';
import { celeryAnswers } from './answers.ts';
import { celeryFiles } from './files.ts';
import { celeryNames } from './names.ts';
import { celeryFeaturePlan } from './plan.ts';
import { celeryPlaces } from './places.ts';
import { celeryRelease } from './release.ts';

/** A Celery worker beside the web service, its broker, and beat. */
export const celery: Feature = {
  name: 'Celery',
  key: 'broker',
  off: 'none',
  answers: celeryAnswers,
  plan: celeryFeaturePlan,
  files: celeryFiles,
  names: celeryNames,
  release: celeryRelease,
  places: celeryPlaces,
};
