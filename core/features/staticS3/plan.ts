import type { FeaturePlan } from '../../plan/demand.ts';

/** It takes load off the web tasks, and nothing of their sizes. */
export const staticS3Plan: FeaturePlan = {
  demand: () => ({ byUse: ['S3 and CloudFront'] }),
};
