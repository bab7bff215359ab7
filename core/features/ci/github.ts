import { openIdConnect } from './shared.ts';
import type { CiFeature } from './types.ts';

export const github: CiFeature = {
  title: 'GitHub Actions',
  pythonMaximum: undefined,
  hasPipeline: true,
  files: [
    { template: 'features/ci/github/ci.yml.ejs', path: '.github/workflows/ci.yml', policy: 'merge' },
    { template: 'features/ci/github/deploy.yml.ejs', path: '.github/workflows/deploy.yml', policy: 'merge' },
    { template: 'features/ci/github/dependabot.yml.ejs', path: '.github/dependabot.yml', policy: 'merge' },
  ],
  parameters: [
    { name: 'Repository', value: '' },
    { name: 'Branch', value: 'main' },
    { name: 'ExistingOidcProviderArn', value: '' },
  ],
  places: {},
  fragments: {
    ...openIdConnect,
    stackParameters: 'features/ci/github/parameters.yaml',
    stackRoles: 'features/ci/github/roles.yaml.ejs',
    parameterRows: 'features/ci/github/parameters.md',
    pipeline: 'features/ci/github/pipeline.md.ejs',
  },
};
