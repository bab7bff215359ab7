import type { Feature } from '../feature.ts';
import { userAnswers } from './answers.ts';
import { userFiles } from './files.ts';

/** A user model of the project's own, from the first migration on. */
export const user: Feature = {
  name: 'A user model of its own',
  key: 'user',
  off: 'django',
  answers: userAnswers,
  plan: { demand: () => ({}) },
  files: userFiles,
  names: {},
  release: {},
  places: {},
};
