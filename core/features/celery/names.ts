import { ends, hyphensInWords, letterThenHyphens, logGroups, wordCharacters } from '../../facts/derivedNames.ts';
import type { FeatureNames } from '../feature.ts';

export const celeryNames: FeatureNames = {
  rules: [
    {
      kind: 'SQS queue',
      pattern: /^[\w-]+$/,
      maximumLength: 80,
      allowed: wordCharacters,
      source: 'sqs CreateQueue, QueueName',
      names: ({ slug }) => ends(slug, 'celery', 'celery-dead'),
    },
    {
      kind: 'ElastiCache replication group',
      pattern: letterThenHyphens,
      maximumLength: 40,
      allowed: hyphensInWords,
      source: 'elasticache CreateReplicationGroup, ReplicationGroupId',
      names: ({ slug }) => [slug],
    },
  ],
  more: {
    'ECS service': ({ slug }) => ends(slug, 'worker', 'beat'),
    'family of task definitions': ({ slug }) => ends(slug, 'worker', 'beat'),
    'IAM role': ({ slug }) => ends(slug, 'worker'),
    secret: ({ slug }) => [`${slug}/redis`],
    'log group': ({ slug }) => logGroups(slug, 'worker', 'beat'),
  },
};
