import { codeBuildPythonMaximum } from '../../facts/python.ts';
import { renovate } from './shared.ts';
import type { CiFeature } from './types.ts';

/** AWS's own: its projects take the roles themselves, so there is no identity provider. */
export const codebuild: CiFeature = {
  title: 'CodeBuild',
  pythonMaximum: codeBuildPythonMaximum,
  hasPipeline: true,
  files: [
    { template: 'features/ci/codebuild/buildspec.yml.ejs', path: 'buildspec.yml', policy: 'merge' },
    { template: 'features/ci/codebuild/release-buildspec.yml.ejs', path: 'deploy/buildspec.yml', policy: 'merge' },
    renovate,
  ],
  parameters: [{ name: 'ConnectionArn', value: '' }],
  places: {},
  fragments: {
    stackParameters: 'features/ci/codebuild/parameters.yaml',
    stackConditions: 'features/ci/codebuild/conditions.yaml',
    stackRoles: 'features/ci/codebuild/roles.yaml.ejs',
    parameterRows: 'features/ci/codebuild/parameters.md',
    pipeline: 'features/ci/codebuild/pipeline.md.ejs',
    rightsRows: 'features/ci/codebuild/rights.md.ejs',
    takedown: '',
  },
};
