import type { Feature } from '../feature.ts';
import { mailAnswers } from './answers.ts';
import { mailFiles } from './files.ts';
import { mailPlaces } from './places.ts';
import { mailPlan } from './plan.ts';
import { mailRelease } from './release.ts';

/** Mail through Amazon SES or an SMTP server, within the chain of timeouts. */
export const mail: Feature = {
  name: 'Mail',
  key: 'mail',
  off: 'none',
  answers: mailAnswers,
  plan: mailPlan,
  files: mailFiles,
  names: {},
  release: mailRelease,
  places: mailPlaces,
};
