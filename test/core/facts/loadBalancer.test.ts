import assert from 'node:assert/strict';
import { isWithin } from '../../../core/facts/bounds.ts';
import * as loadBalancer from '../../../core/facts/loadBalancer.ts';

describe('core/facts/loadBalancer', () => {
  it('holds the ranges of the API', () => {
    assert.deepEqual(loadBalancer.idleTimeoutBoundsSeconds, { minimum: 1, maximum: 4000 });
    assert.deepEqual(loadBalancer.deregistrationDelayBoundsSeconds, { minimum: 0, maximum: 3600 });
    assert.deepEqual(loadBalancer.healthCheckIntervalBoundsSeconds, { minimum: 5, maximum: 300 });
    assert.deepEqual(loadBalancer.healthCheckTimeoutBoundsSeconds, { minimum: 2, maximum: 120 });
    assert.deepEqual(loadBalancer.healthThresholdBounds, { minimum: 2, maximum: 10 });
    assert.deepEqual(loadBalancer.stickinessBoundsSeconds, { minimum: 1, maximum: 7 * 24 * 3600 });
  });

  it('has every default inside its range, and the timeout below the interval', () => {
    assert.ok(isWithin(loadBalancer.idleTimeoutDefaultSeconds, loadBalancer.idleTimeoutBoundsSeconds));
    assert.ok(isWithin(loadBalancer.deregistrationDelayDefaultSeconds, loadBalancer.deregistrationDelayBoundsSeconds));
    assert.ok(isWithin(loadBalancer.healthCheckIntervalDefaultSeconds, loadBalancer.healthCheckIntervalBoundsSeconds));
    assert.ok(isWithin(loadBalancer.healthCheckTimeoutDefaultSeconds, loadBalancer.healthCheckTimeoutBoundsSeconds));
    assert.ok(isWithin(loadBalancer.healthyThresholdDefault, loadBalancer.healthThresholdBounds));
    assert.ok(isWithin(loadBalancer.unhealthyThresholdDefault, loadBalancer.healthThresholdBounds));
    assert.ok(loadBalancer.healthCheckTimeoutDefaultSeconds < loadBalancer.healthCheckIntervalDefaultSeconds);
  });
});
