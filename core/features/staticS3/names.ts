import { account, wordCharacters } from '../../facts/derivedNames.ts';
import type { FeatureNames } from '../feature.ts';

export const staticS3Names: FeatureNames = {
  rules: [
    {
      kind: 'S3 bucket',
      pattern: /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/,
      maximumLength: 63,
      allowed: 'lowercase letters, digits, dots and hyphens',
      refused: [
        [/^(xn--|sthree-|amzn-s3-demo-)/, 'S3 keeps such a start for itself'],
        [/(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/, 'S3 keeps such an end for itself'],
      ],
      source: 'Amazon S3 user guide, general purpose bucket naming rules',
      names: ({ slug, region }) => [`${slug}-static-${account}-${region}`],
    },
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
