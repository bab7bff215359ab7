/**
 * Ranges and defaults of an Application Load Balancer and of a target group with protocol HTTP.
 *
 * Source, read 2026-11-23: botocore 1.44.5, `elbv2` service model (LoadBalancerAttribute, TargetGroupAttribute,
 * CreateTargetGroup).
 */
import type { Bounds } from './bounds.ts';

/** Seconds without a byte after which the ALB closes a connection; towards a target that has not answered: a 504. */
export const idleTimeoutBoundsSeconds = { minimum: 1, maximum: 4000 } as const satisfies Bounds;
export const idleTimeoutDefaultSeconds = 60;

/** Seconds that a target is drained before the ALB lets go of it. */
export const deregistrationDelayBoundsSeconds = { minimum: 0, maximum: 3600 } as const satisfies Bounds;
export const deregistrationDelayDefaultSeconds = 300;

export const healthCheckIntervalBoundsSeconds = { minimum: 5, maximum: 300 } as const satisfies Bounds;
export const healthCheckIntervalDefaultSeconds = 30;

/** Must be shorter than the interval, or ELB refuses the target group. */
export const healthCheckTimeoutBoundsSeconds = { minimum: 2, maximum: 120 } as const satisfies Bounds;
export const healthCheckTimeoutDefaultSeconds = 6;

/** Consecutive health checks; holds for the healthy and for the unhealthy threshold. */
export const healthThresholdBounds = { minimum: 2, maximum: 10 } as const satisfies Bounds;
export const healthyThresholdDefault = 5;
export const unhealthyThresholdDefault = 2;

/** Lifetime of the `lb_cookie` that keeps a browser on one target; stickiness is off by default. */
export const stickinessBoundsSeconds = { minimum: 1, maximum: 604_800 } as const satisfies Bounds;

/** Longest name of a load balancer or target group. */
export const nameMaximumLength = 32;
