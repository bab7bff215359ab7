import { ofFeature } from '../../emit/rows.ts';
import type { FeatureFiles } from '../feature.ts';

/** A beginning that builds; all of it is the user's. */
export const assetsFiles: FeatureFiles = {
  rows: ['package.json', 'package-lock.json', 'assets/src/site.js', 'assets/src/site.css'].map((file) =>
    ofFeature('assets', file, { policy: 'once' }),
  ),
  needs: ['Dockerfile', 'Makefile', '.dockerignore', 'project/settings/base.py'],
};
