import { isCloudFormation, ofFeature } from '../../emit/rows.ts';
import { sharedRelease, sharedSettings } from '../../emit/shared.ts';
import type { FileRow } from '../../emit/types.ts';
import type { FeatureFiles } from '../feature.ts';

function own(template: string, more: Partial<FileRow> = {}): FileRow {
  return ofFeature('pgbouncer', template, more);
}

/** Its image, its task definition and its stack. */
export const pgbouncerFiles: FeatureFiles = {
  rows: [
    own('deploy/pgbouncer/Dockerfile.ejs'),
    own('deploy/pgbouncer/pgbouncer.ini.ejs'),
    own('deploy/ecs/pgbouncer.json.ejs'),
    own('deploy/cloudformation/pgbouncer.yaml.ejs', { when: isCloudFormation }),
    own('tests/test_pgbouncer.py'),
  ],
  stack: { name: 'pgbouncer', kept: () => '', byHand: () => "PgBouncer's service, name and security group" },
  needs: [...sharedSettings, ...sharedRelease],
};
