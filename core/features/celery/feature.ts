import type { Feature } from '../feature.ts';
import { celeryAnswers } from './answers.ts';
import { celeryFiles } from './files.ts';
import { celeryFeaturePlan } from './plan.ts';

/** A Celery worker beside the web service, its broker, and beat. */
export const celery: Feature = {
  name: 'Celery',
  key: 'broker',
  off: 'none',
  answers: celeryAnswers,
  plan: celeryFeaturePlan,
  files: celeryFiles,
};
