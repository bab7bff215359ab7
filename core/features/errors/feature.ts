import type { Feature } from '../feature.ts';
import { errorsAnswers } from './answers.ts';
import { errorsFiles } from './files.ts';
import { errorsPlan } from './plan.ts';

/** Exceptions in Sentry, beside the log. */
export const errors: Feature = {
  name: 'Errors in Sentry',
  key: 'errors',
  off: 'none',
  answers: errorsAnswers,
  plan: errorsPlan,
  files: errorsFiles,
  names: {},
  release: {},
  places: { 'project/settings/production.py': [['SENTRY_FLUSH_SECONDS', 'errors.flushSeconds']] },
};
