import type { Places } from '../../drift/place.ts';

export const mediaPlaces: Places = {
  'project/settings/production.py': [
    ['S3_CONNECT_TIMEOUT_MS', 'media.connectTimeoutMs'],
    ['S3_READ_TIMEOUT_MS', 'media.readTimeoutMs'],
    ['S3_ATTEMPTS', 'media.attempts'],
    ['SIGNED_URL_SECONDS', 'media.urlSeconds'],
    ['connections', 'gunicorn.threads'],
  ],
  'deploy/cloudformation/media.yaml': [
    [
      'Resources.Bucket.Properties.LifecycleConfiguration.Rules[what-was-replaced].NoncurrentVersionExpiration.NoncurrentDays',
      'media.replacedDays',
    ],
    [
      'Resources.Bucket.Properties.LifecycleConfiguration.Rules[what-was-not-finished].AbortIncompleteMultipartUpload.DaysAfterInitiation',
      'media.unfinishedDays',
    ],
  ],
};
