import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { dnsSuffixes, findRegion, nearestRegions, regions } from '../../../core/facts/regions.ts';

describe('core/facts/regions', () => {
  it('lists 38 regions, each once, well-formed and with a place', () => {
    assert.equal(regions.length, 38);
    assert.equal(new Set(regions.map(({ name }) => name)).size, 38);
    assert.equal(new Set(regions.map(({ place }) => place)).size, 38);
    for (const { name, place } of regions) {
      assert.match(name, /^[a-z]{2,4}(-[a-z]{2,10}){1,2}-[1-9][0-9]?$/);
      assert.ok(place.length > 0, name);
    }
  });

  it('knows the partition and the DNS suffix of each', () => {
    for (const { name, partition } of regions) {
      const expected = name.startsWith('cn-') ? 'aws-cn' : name.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
      assert.equal(partition, expected, name);
    }
    assert.equal(dnsSuffixes[findRegion('cn-north-1')?.partition ?? 'aws'], 'amazonaws.com.cn');
    assert.equal(dnsSuffixes[findRegion('us-gov-west-1')?.partition ?? 'aws-cn'], 'amazonaws.com');
  });

  it('finds by exact name only', () => {
    assert.equal(findRegion('eu-central-1')?.place, 'Frankfurt');
    for (const name of ['EU-CENTRAL-1', 'eu-central', 'eu-central-1a', '', 'constructor']) {
      assert.equal(findRegion(name), undefined, name);
    }
  });

  const nearest: readonly (readonly [string, readonly string[]])[] = [
    ['eu-central', ['eu-central-1', 'eu-central-2']],
    ['eu-central-1a', ['eu-central-1']],
    ['eu-cental-1', ['eu-central-1']],
    ['us-east-3', ['us-east-1', 'us-east-2']],
    ['us_east_1', ['us-east-1']],
    ['useast1', ['us-east-1']],
    ['EU-WEST-1', ['eu-west-1']],
    ['Frankfurt', ['eu-central-1']],
    ['hong kong', ['ap-east-1']],
    ['eu', ['eu-central-1', 'eu-central-2', 'eu-north-1']],
  ];
  for (const [name, expected] of nearest) {
    it(`finds ${expected.join(', ')} for ${JSON.stringify(name)}`, () => {
      assert.deepEqual(nearestRegions(name, expected.length), expected);
    });
  }

  it('gives as many different known regions as asked, whatever the name', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 0, max: 10 }), (name, count) => {
        const found = nearestRegions(name, count);
        assert.equal(new Set(found).size, count);
        assert.ok(found.every((region) => findRegion(region) !== undefined));
      }),
    );
  });
});
