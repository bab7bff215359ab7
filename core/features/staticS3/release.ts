import type { FeatureRelease } from '../feature.ts';

export const staticS3Release: FeatureRelease = {
  words: () => ({ STATIC_URL: 'StaticUrl' }),
  says: (answers) => ({ static: answers.static }),
};
