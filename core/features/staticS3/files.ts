import { ofFeature } from '../../emit/rows.ts';
import { sharedRelease, sharedSettings } from '../../emit/shared.ts';
import type { FeatureFiles } from '../feature.ts';

/** The stack of the bucket; without stacks it is refused. */
export const staticS3Files: FeatureFiles = {
  rows: [
    ofFeature('staticS3', 'deploy/cloudformation/static.yaml.ejs'),
    ofFeature('staticS3', 'tests/test_static.py.ejs'),
  ],
  stack: {
    name: 'static',
    kept: () => 'the bucket with its files',
    byHand: () => 'the bucket and the distribution',
  },
  needs: ['requirements.in', ...sharedSettings, ...sharedRelease],
};
