import { ends, logGroups } from '../../facts/derivedNames.ts';
import type { FeatureNames } from '../feature.ts';

export const pgbouncerNames: FeatureNames = {
  rules: [
    {
      kind: 'private DNS zone',
      pattern: /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$/,
      maximumLength: 253,
      allowed: 'labels of at most 63 letters, digits and hyphens',
      source: 'servicediscovery CreatePrivateDnsNamespace, Name',
      names: ({ slug }) => [`${slug}.internal`],
    },
  ],
  more: {
    'ECS service': ({ slug }) => ends(slug, 'pgbouncer'),
    'family of task definitions': ({ slug }) => ends(slug, 'pgbouncer'),
    'ECR repository': ({ slug }) => ends(slug, 'pgbouncer'),
    'log group': ({ slug }) => logGroups(slug, 'pgbouncer'),
  },
};
