import type { FeaturePlan, SizeRow } from '../../plan/demand.ts';
import { item } from '../../plan/item.ts';
import { sources } from '../../plan/sources.ts';
import type { SizingAnswers } from '../../plan/types.ts';
import { waitForS3 } from './timeouts.ts';
import type { MediaPlan } from './types.ts';

/** The bucket, and how the tasks speak to it. */
function planMedia({ slowestRequestSeconds }: SizingAnswers): MediaPlan {
  return {
    ...waitForS3(slowestRequestSeconds),
    urlSeconds: item(
      600,
      '600 s: the keys of a task role are replaced 10 min before they expire at the latest, and a signature ends with its key',
      sources.signedUrls,
    ),
    replacedDays: item(
      30,
      '30 days to bring back a file that was overwritten or deleted by mistake; then it costs nothing more',
      sources.s3Lifecycle,
    ),
    unfinishedDays: item(
      1,
      '1 day: a multipart upload that takes longer was given up, and its parts are billed until they are deleted',
      sources.s3Lifecycle,
    ),
  };
}

const table: readonly SizeRow[] = [['S3 read timeout', ({ media }) => media?.readTimeoutMs, 'ms']];

export const mediaPlan: FeaturePlan = {
  demand: (answers) => ({ sections: { media: planMedia(answers) }, byUse: ['uploads in S3 (storage and requests)'] }),
  table,
};
