import assert from 'node:assert/strict';
import { rdsClasses } from '../../../core/facts/rds.ts';
import { isSold, sameSizeIn } from '../../../core/facts/rdsRegions.ts';

describe('core/facts/rdsRegions', () => {
  it('knows where a family is sold, whether most regions have it or few', () => {
    assert.equal(isSold('db.t4g.small', 'us-east-1'), true);
    assert.equal(isSold('db.t4g.small', 'ca-west-1'), false);
    assert.equal(isSold('db.m9g.large', 'eu-central-1'), true);
    assert.equal(isSold('db.m9g.large', 'eu-west-1'), false);
    assert.equal(isSold('db.t3.micro', 'ap-southeast-7'), true);
    assert.equal(isSold('db.m99g.large', 'us-east-1'), undefined);
  });

  it('proposes the same size among what is sold there', () => {
    assert.deepEqual(sameSizeIn('ca-west-1', 'db.t4g.small'), ['db.t3.small']);
    for (const { name, vcpu, memoryGiB } of rdsClasses) {
      for (const other of sameSizeIn('eu-central-2', name)) {
        const found = rdsClasses.find((rdsClass) => rdsClass.name === other);
        assert.deepEqual([found?.vcpu, found?.memoryGiB, isSold(other, 'eu-central-2')], [vcpu, memoryGiB, true]);
      }
    }
  });
});
