import { renovate } from './shared.ts';
import type { CiFeature } from './types.ts';

/** No pipeline. The roles exist anyway, for a pipeline of the user's own and for people. */
export const none: CiFeature = {
  title: 'no pipeline',
  pythonMaximum: undefined,
  hasPipeline: false,
  files: [renovate],
  parameters: [],
  places: {},
  fragments: {
    stackParameters: '',
    stackConditions: '',
    stackRoles: 'features/ci/none/roles.yaml.ejs',
    parameterRows: '',
    pipeline: '',
    rightsRows: '',
    takedown: '',
  },
};
