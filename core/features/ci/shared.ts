import type { CiFile } from './types.ts';

/** Updates of the dependencies where the provider has no bot of its own. */
export const renovate: CiFile = {
  template: 'features/ci/shared/renovate.json',
  path: 'renovate.json',
  policy: 'merge',
};

/** The limit of the database that the tests run on, where a pipeline starts it without compose.yaml. */
export const maxConnections = ['database.maxConnections', /max_connections=(\d+)/] as const;

/** For providers whose tokens an identity provider of IAM reads. */
export const openIdConnect = {
  stackConditions: 'features/ci/shared/oidcCondition.yaml',
  rightsRows: 'features/ci/shared/rights.md.ejs',
  takedown: 'features/ci/shared/takedown.md',
};
