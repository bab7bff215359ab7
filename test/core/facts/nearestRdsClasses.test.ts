import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { findRdsClass, nearestRdsClasses, rdsClasses } from '../../../core/facts/rds.ts';

describe('core/facts/nearestRdsClasses', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['db.m7g.larg', ['db.m7g.large', 'db.m7g.xlarge']],
    ['db.t4.micro', ['db.t4g.micro', 'db.t3.micro']],
    ['db.tg4.micro', ['db.t4g.micro']],
    ['db.t4g.mirco', ['db.t4g.micro']],
    ['m7g.large', ['db.m7g.large']],
    [' DB.M7G.LARGE ', ['db.m7g.large']],
    ['db.m7g', ['db.m7g.large']],
    ['db.m7g-large', ['db.m7g.large']],
    // No such size: the nearest ones, not the ones with the most similar letters.
    ['db.m7g.medium', ['db.m7g.large', 'db.m7g.xlarge', 'db.m7g.2xlarge']],
    ['db.m7g.9xlarge', ['db.m7g.8xlarge', 'db.m7g.12xlarge']],
    // Gone: the successors of the same size and kind.
    ['db.t2.micro', ['db.t3.micro', 'db.t4g.micro']],
    ['db.m4.large', ['db.m5.large', 'db.m7g.large']],
    ['db.r4.2xlarge', ['db.r5.2xlarge', 'db.r7g.2xlarge']],
    ['db.m7.large', ['db.m7g.large', 'db.m7i.large']],
  ];
  for (const [name, expected] of cases) {
    it(`finds ${expected.join(', ')} for ${JSON.stringify(name)}`, () => {
      assert.deepEqual(nearestRdsClasses(name, expected.length), expected);
    });
  }

  it('puts a known class first', () => {
    for (const { name } of rdsClasses) {
      assert.equal(nearestRdsClasses(name, 1)[0], name);
    }
  });

  it('gives as many different known classes as asked, whatever the name, and always the same', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 0, max: 12 }), (name, count) => {
        const nearest = nearestRdsClasses(name, count);
        assert.equal(nearest.length, count);
        assert.equal(new Set(nearest).size, count);
        assert.ok(nearest.every((found) => findRdsClass(found) !== undefined));
        assert.deepEqual(nearestRdsClasses(name, count), nearest);
      }),
    );
  });

  it('answers a very long name at once', () => {
    assert.equal(nearestRdsClasses(`db.${'m'.repeat(1_000_000)}.large`).length, 3);
  }).timeout(120_000);
});
