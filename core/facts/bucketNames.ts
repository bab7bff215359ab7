import type { NameRule } from './derivedNames.ts';

/** What S3 asks of the names of a capability's buckets. */
export function bucketRule(names: NameRule['names']): NameRule {
  return {
    kind: 'S3 bucket',
    pattern: /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/,
    maximumLength: 63,
    allowed: 'lowercase letters, digits, dots and hyphens',
    refused: [
      [/^(xn--|sthree-|amzn-s3-demo-)/, 'S3 keeps such a start for itself'],
      [/(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/, 'S3 keeps such an end for itself'],
    ],
    source: 'Amazon S3 user guide, general purpose bucket naming rules',
    names,
  };
}
