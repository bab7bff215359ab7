import type { Feature } from '../feature.ts';
import { mediaAnswers } from './answers.ts';
import { mediaFiles } from './files.ts';
import { mediaNames } from './names.ts';
import { mediaPlaces } from './places.ts';
import { mediaPlan } from './plan.ts';

/** The files that users upload, in a private bucket. */
export const media: Feature = {
  name: 'Uploads on S3',
  key: 'media',
  off: 'none',
  answers: mediaAnswers,
  plan: mediaPlan,
  files: mediaFiles,
  names: mediaNames,
  release: {},
  places: mediaPlaces,
};
