import type { Bounds } from '../../../core/facts/bounds.ts';

/**
 * Ranges of an Application Load Balancer and of a target group with protocol HTTP, within which every plan stays.
 *
 * Source, read 2026-11-23: botocore 1.44.5, `elbv2` service model (LoadBalancerAttribute, TargetGroupAttribute,
 * CreateTargetGroup).
 */

/** Seconds without a byte after which the ALB closes a connection; towards a target that has not answered: a 504. */
export const idleTimeoutBoundsSeconds = { minimum: 1, maximum: 4000 } as const satisfies Bounds;

/** Seconds that a target is drained before the ALB lets go of it. */
export const deregistrationDelayBoundsSeconds = { minimum: 0, maximum: 3600 } as const satisfies Bounds;

export const healthCheckIntervalBoundsSeconds = { minimum: 5, maximum: 300 } as const satisfies Bounds;

/** Must be shorter than the interval, or ELB refuses the target group. */
export const healthCheckTimeoutBoundsSeconds = { minimum: 2, maximum: 120 } as const satisfies Bounds;

/** Consecutive health checks; holds for the healthy and for the unhealthy threshold. */
export const healthThresholdBounds = { minimum: 2, maximum: 10 } as const satisfies Bounds;

/** Lifetime of the `lb_cookie` that keeps a browser on one target. */
export const stickinessBoundsSeconds = { minimum: 1, maximum: 604_800 } as const satisfies Bounds;
