import { ofFeature } from '../../emit/rows.ts';
import type { FileRow } from '../../emit/types.ts';
import type { FeatureFiles } from '../feature.ts';

/** The user's from the first edit on: a model and its migrations are never merged. */
function own(file: string): FileRow {
  return ofFeature('user', `accounts/${file}`, { policy: 'once' });
}

export const userFiles: FeatureFiles = {
  rows: [
    own('__init__.py'),
    own('admin.py'),
    own('apps.py'),
    own('migrations/0001_initial.py'),
    own('migrations/__init__.py'),
    own('models.py'),
    own('tests.py'),
  ],
  // It is never turned on where it was off.
  needs: [],
};
