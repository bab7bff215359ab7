import assert from 'node:assert/strict';
import { brokerNodeIn } from '../../../core/facts/celery.ts';
import { cpuArchitectures } from '../../../core/facts/fargate.ts';
import {
  fargateHourUsd,
  hoursPerMonth,
  multiAzFactor,
  pricesAsOf,
  rdsInstanceHourUsd,
  rdsPriceConfidence,
  regionPricesUsd,
  valkeyNodeHourUsd,
} from '../../../core/facts/prices.ts';
import { commonRdsClasses, rdsClasses } from '../../../core/facts/rds.ts';
import { regions } from '../../../core/facts/regions.ts';

describe('core/facts/prices', () => {
  it('is dated', () => {
    assert.match(pricesAsOf, /^20\d\d-(0[1-9]|1[0-2])$/);
  });

  it('knows Fargate in us-east-1 on both architectures and in eu-central-1 on x86', () => {
    assert.deepEqual(fargateHourUsd('us-east-1', 'X86_64'), { vcpu: 0.04048, gb: 0.004445, confidence: 'high' });
    assert.deepEqual(fargateHourUsd('us-east-1', 'ARM64'), { vcpu: 0.03238, gb: 0.00356, confidence: 'high' });
    assert.equal(fargateHourUsd('eu-central-1', 'X86_64')?.vcpu, 0.04656);
    assert.equal(fargateHourUsd('eu-central-1', 'ARM64'), undefined);
  });

  it('makes db.t4g.micro cost about 12 dollars a month in us-east-1', () => {
    assert.equal(Math.round((rdsInstanceHourUsd('us-east-1', 'db.t4g.micro') ?? 0) * hoursPerMonth), 12);
  });

  it('invents no price for an unknown region, class or name of an object property', () => {
    for (const region of ['eu-west-1', 'mars-1', '', 'constructor', '__proto__', 'toString']) {
      assert.equal(fargateHourUsd(region, 'X86_64'), undefined, region);
      assert.equal(rdsInstanceHourUsd(region, 'db.t4g.micro'), undefined, region);
      assert.equal(regionPricesUsd(region), undefined, region);
    }
    for (const name of ['db.x2g.large', '', 'constructor', '__proto__']) {
      assert.equal(rdsInstanceHourUsd('us-east-1', name), undefined, name);
      assert.equal(rdsPriceConfidence('us-east-1', name), undefined, name);
    }
  });

  it('holds only prices that are positive and small, for classes and regions that exist', () => {
    let priced = 0;
    for (const { name: region } of regions) {
      for (const { name } of rdsClasses) {
        const usd = rdsInstanceHourUsd(region, name);
        assert.equal(usd === undefined, rdsPriceConfidence(region, name) === undefined);
        priced += usd === undefined ? 0 : 1;
        assert.ok(usd === undefined || (usd > 0.01 && usd < 1), `${region} ${name}`);
      }
      for (const architecture of cpuArchitectures) {
        const hour = fargateHourUsd(region, architecture);
        assert.ok(hour === undefined || (hour.vcpu > hour.gb && hour.gb > 0 && hour.vcpu < 0.2), region);
      }
    }
    assert.equal(priced, 11);
  });

  it('prices more memory higher within a family', () => {
    const prices = commonRdsClasses
      .filter((name) => name.startsWith('db.t4g'))
      .flatMap((name) => rdsInstanceHourUsd('us-east-1', name) ?? []);
    assert.equal(prices.length, 5);
    assert.deepEqual(
      prices,
      prices.toSorted((left, right) => left - right),
    );
  });

  it('has the fixed prices of us-east-1', () => {
    const prices = regionPricesUsd('us-east-1');
    assert.equal(prices?.loadBalancerHour, 0.0225);
    assert.equal(prices?.natGatewayHour, 0.045);
    // Five endpoints in two zones cost more than twice the gateway.
    assert.equal(prices?.interfaceEndpointHour, 0.01);
    assert.equal(valkeyNodeHourUsd('us-east-1', brokerNodeIn('us-east-1')), 0.0256);
    assert.equal(valkeyNodeHourUsd('eu-central-1', 'cache.t4g.small'), undefined);
    // 400 GB, Multi-AZ, as billed.
    assert.equal(Math.round(400 * (prices?.rdsStorageGbMonth ?? 0) * multiAzFactor), 92);
  });
});
