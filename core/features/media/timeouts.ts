import { item } from '../../plan/item.ts';
import { sources } from '../../plan/sources.ts';
import type { MediaPlan } from './types.ts';

/** Saving a file asks S3 twice: whether the name is free, then to take the file. */
const requests = 2;
/** Of the slowest request, what S3 may take of it when it does not answer. */
const share = 0.9;
/** From so many seconds on, there is time for a second attempt. */
const secondAttemptFromSeconds = 12;
/** The pause before a second attempt, at most: botocore's standard mode waits up to 2 to the power of 0 seconds. */
const pauseMs = 1000;
const connectMaximumMs = 1000;
const readMaximumMs = 10_000;

/**
 * How long a request waits for S3: an upload whose bucket does not answer ends within the slowest request, like a query
 * of a database that does not.
 */
export function waitForS3(slowestSeconds: number): Pick<MediaPlan, 'connectTimeoutMs' | 'readTimeoutMs' | 'attempts'> {
  const attempts = slowestSeconds < secondAttemptFromSeconds ? 1 : 2;
  const pause = (attempts - 1) * pauseMs;
  const connect = Math.min(connectMaximumMs, slowestSeconds * 100);
  const each = (share * slowestSeconds * 1000) / requests - pause;
  const read = Math.min(readMaximumMs, Math.floor((each / attempts - connect) / 100) * 100);
  const worst = (requests * (attempts * (connect + read) + pause)) / 1000;
  return {
    connectTimeoutMs: item(
      connect,
      `min(1 s, ${slowestSeconds} s slowest request / 10): S3 of the same region answers within milliseconds`,
      sources.s3Client,
    ),
    readTimeoutMs: item(
      read,
      `min(10 s, (${share} x ${slowestSeconds} s / ${requests} requests - ${pause} ms pause) / ${attempts} - ${connect} ms) = ${read} ms: an upload to an S3 that does not answer ends after ${worst} s`,
      sources.s3Client,
    ),
    attempts: item(
      attempts,
      attempts === 1
        ? `1: ${slowestSeconds} s, the slowest request, leave no time for a second one`
        : '2: a single lost packet fails no upload',
      sources.s3Client,
    ),
  };
}
