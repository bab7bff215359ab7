import { bucketRule } from '../../facts/bucketNames.ts';
import { account, wordCharacters } from '../../facts/derivedNames.ts';
import type { FeatureNames } from '../feature.ts';

export const staticS3Names: FeatureNames = {
  rules: [
    bucketRule(({ slug, region }) => [`${slug}-static-${account}-${region}`]),
    {
      kind: 'CloudFront setting',
      pattern: /^[\w-]+$/,
      maximumLength: 64,
      allowed: wordCharacters,
      source: 'cloudfront CreateOriginAccessControl, CreateResponseHeadersPolicy, Name',
      names: ({ slug, region }) => [`${slug}-static-${region}`],
    },
  ],
};
