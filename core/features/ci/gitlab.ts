import { maxConnections, openIdConnect, renovate } from './shared.ts';
import type { CiFeature } from './types.ts';

export const gitlab: CiFeature = {
  title: 'GitLab CI/CD',
  pythonMaximum: undefined,
  hasPipeline: true,
  files: [{ template: 'features/ci/gitlab/.gitlab-ci.yml.ejs', path: '.gitlab-ci.yml', policy: 'merge' }, renovate],
  parameters: [
    { name: 'Repository', value: '' },
    { name: 'Branch', value: 'main' },
    { name: 'ExistingOidcProviderArn', value: '' },
  ],
  places: { '.gitlab-ci.yml': [['test.services', ...maxConnections]] },
  fragments: {
    ...openIdConnect,
    stackParameters: 'features/ci/gitlab/parameters.yaml',
    stackRoles: 'features/ci/gitlab/roles.yaml.ejs',
    parameterRows: 'features/ci/gitlab/parameters.md',
    pipeline: 'features/ci/gitlab/pipeline.md.ejs',
  },
};
