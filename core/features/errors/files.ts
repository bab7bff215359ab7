import { ofFeature } from '../../emit/rows.ts';
import { sharedSettings } from '../../emit/shared.ts';
import type { FeatureFiles } from '../feature.ts';

/** The SDK is a package, its settings are a few lines, and what it may tell is in the runtime. */
export const errorsFiles: FeatureFiles = {
  rows: [ofFeature('errors', 'tests/test_errors.py')],
  needs: ['requirements.in', ...sharedSettings],
  extras: ({ errors }) => (errors === 'none' ? [] : [errors]),
  secrets: () => [{ name: 'SENTRY_DSN', example: 'https://key@sentry.invalid/1' }],
};
