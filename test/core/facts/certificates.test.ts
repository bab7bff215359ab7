import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { regions, regionsWithoutCertificates } from '../../../core/facts/regions.ts';

describe('the bundled certificates', () => {
  it('lack exactly the regions that are warned about', () => {
    const bundle = readFileSync(
      new URL('../../../runtime/django_fargate/certs/rds-global-bundle.pem', import.meta.url),
      'utf8',
    );
    const missing = regions
      .filter(({ name, partition }) => partition === 'aws' && !bundle.includes(`Amazon RDS ${name} Root CA`))
      .map(({ name }) => name);
    assert.deepEqual(missing.toSorted(), regionsWithoutCertificates.toSorted());
  });
});
