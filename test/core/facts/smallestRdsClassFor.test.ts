import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { findRdsClass, maxConnectionsLowerBound, rdsClasses, smallestRdsClassFor } from '../../../core/facts/rds.ts';

describe('core/facts/smallestRdsClassFor', () => {
  const cases: readonly (readonly [number, string | undefined, string | undefined])[] = [
    [1, undefined, 'db.t4g.micro'],
    [78, undefined, 'db.t4g.micro'],
    [79, undefined, 'db.t4g.small'],
    [178, 'db.t4g.micro', 'db.t4g.small'],
    [179, 'db.t3.micro', 'db.t4g.medium'],
    [3186, 'db.t4g.micro', 'db.t4g.2xlarge'],
    // No burstable class is bigger.
    [3187, 'db.t4g.micro', 'db.m7g.4xlarge'],
    [900, 'db.m5.large', 'db.m7g.xlarge'],
    [900, 'db.m6idn.large', 'db.m7g.xlarge'],
    [1600, 'db.r6i.large', 'db.r7g.xlarge'],
    [4000, 'db.x2g.large', 'db.r7g.2xlarge'],
    // A family that is not known yet still says its kind.
    [900, 'db.m10g.large', 'db.m7g.xlarge'],
    [900, 'nonsense', 'db.t4g.xlarge'],
    [5000, 'db.m7g.large', 'db.m7g.4xlarge'],
    [5001, undefined, undefined],
  ];
  for (const [connections, like, expected] of cases) {
    it(`finds ${expected ?? 'none'} for ${connections} connections${like === undefined ? '' : ` like ${like}`}`, () => {
      assert.equal(smallestRdsClassFor(connections, like)?.name, expected);
    });
  }

  it('holds the connections, and nothing of its kind with less memory does', () => {
    const likes = fc.option(fc.constantFrom(...rdsClasses.map(({ name }) => name)), { nil: undefined });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), likes, (connections, like) => {
        const found = smallestRdsClassFor(connections, like);
        assert.ok(found !== undefined && maxConnectionsLowerBound(found.memoryGiB) >= connections);
        const smaller = rdsClasses.filter(
          ({ name, memoryGiB }) => name.charAt(3) === found.name.charAt(3) && memoryGiB < found.memoryGiB,
        );
        assert.ok(smaller.every(({ memoryGiB }) => maxConnectionsLowerBound(memoryGiB) < connections));
        assert.match(found.name, /^db\.(t4g|m7g|r7g)\./);
        assert.deepEqual(findRdsClass(found.name), found);
      }),
    );
  });
});
