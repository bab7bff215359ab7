import { maxConnections, openIdConnect, renovate } from './shared.ts';
import type { CiFeature } from './types.ts';

export const bitbucket: CiFeature = {
  title: 'Bitbucket Pipelines',
  pythonMaximum: undefined,
  hasPipeline: true,
  files: [
    {
      template: 'features/ci/bitbucket/bitbucket-pipelines.yml.ejs',
      path: 'bitbucket-pipelines.yml',
      policy: 'merge',
    },
    renovate,
  ],
  parameters: [
    { name: 'Workspace', value: '' },
    { name: 'WorkspaceUuid', value: '' },
    { name: 'RepositoryUuid', value: '' },
    { name: 'EnvironmentUuid', value: '' },
    { name: 'ExistingOidcProviderArn', value: '' },
  ],
  places: { 'bitbucket-pipelines.yml': [['definitions.steps[0].step.script', ...maxConnections]] },
  fragments: {
    ...openIdConnect,
    stackParameters: 'features/ci/bitbucket/parameters.yaml',
    stackRoles: 'features/ci/bitbucket/roles.yaml.ejs',
    parameterRows: 'features/ci/bitbucket/parameters.md',
    pipeline: 'features/ci/bitbucket/pipeline.md.ejs',
  },
};
