import type { Feature } from '../feature.ts';
import { pgbouncerAnswers } from './answers.ts';
import { pgbouncerFiles } from './files.ts';
import { pgbouncerNames } from './names.ts';
import { pgbouncerPlan } from './plan.ts';
import { pgbouncerPlaces } from './places.ts';
import { pgbouncerRelease } from './release.ts';

/** PgBouncer between the web tasks and the database. */
export const pgbouncer: Feature = {
  name: 'PgBouncer',
  key: 'pooler',
  off: 'none',
  answers: pgbouncerAnswers,
  plan: pgbouncerPlan,
  files: pgbouncerFiles,
  names: pgbouncerNames,
  release: pgbouncerRelease,
  places: pgbouncerPlaces,
};
