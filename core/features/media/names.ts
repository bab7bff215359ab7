import { bucketRule } from '../../facts/bucketNames.ts';
import { account } from '../../facts/derivedNames.ts';
import type { FeatureNames } from '../feature.ts';

export const mediaNames: FeatureNames = {
  rules: [bucketRule(({ slug, region }) => [`${slug}-media-${account}-${region}`])],
};
