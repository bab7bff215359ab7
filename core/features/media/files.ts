import { isCloudFormation, ofFeature } from '../../emit/rows.ts';
import { sharedRelease, sharedSettings } from '../../emit/shared.ts';
import type { FeatureFiles } from '../feature.ts';

export const mediaFiles: FeatureFiles = {
  rows: [
    ofFeature('media', 'deploy/cloudformation/media.yaml.ejs', { when: isCloudFormation }),
    ofFeature('media', 'tests/test_media.py'),
  ],
  stack: {
    name: 'media',
    kept: () => 'the bucket with the uploads',
    byHand: () => 'the bucket with the uploads',
  },
  needs: ['requirements.in', ...sharedSettings, ...sharedRelease],
  extras: ({ media }) => (media === 's3' ? ['media'] : []),
};
