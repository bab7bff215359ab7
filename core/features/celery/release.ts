import type { FeatureRelease } from '../feature.ts';

/** The worker before beat, which sends it tasks. */
export const celeryRelease: FeatureRelease = {
  services: ({ beat }, { celery }) =>
    celery === undefined
      ? []
      : [
          {
            name: 'worker',
            parameter: 'WorkerRevision',
            tasks: celery.minTasks.value,
            peakTasks: celery.peakTasks.value,
            ...(celery.protectionMinutes && { protectionMinutes: celery.protectionMinutes.value }),
          },
          ...(beat ? [{ name: 'beat', parameter: 'BeatRevision', tasks: 1, peakTasks: 1 }] : []),
        ],
  words: ({ broker }) => (broker === 'sqs' ? { QUEUE_URL: 'QueueUrl' } : { REDIS_ENDPOINT: 'RedisEndpoint' }),
  says: ({ broker }) => ({ broker }),
};
