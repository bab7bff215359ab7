import type { Feature } from '../feature.ts';
import { staticS3Answers } from './answers.ts';
import { staticS3Files } from './files.ts';
import { staticS3Names } from './names.ts';
import { staticS3Plan } from './plan.ts';
import { staticS3Release } from './release.ts';

/** Static files in a bucket behind CloudFront, instead of in the web tasks. */
export const staticS3: Feature = {
  name: 'Static files on S3',
  key: 'static',
  off: 'whitenoise',
  answers: staticS3Answers,
  plan: staticS3Plan,
  files: staticS3Files,
  names: staticS3Names,
  release: staticS3Release,
  places: {},
};
