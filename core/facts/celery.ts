/**
 * What Celery, its brokers and ECS task protection accept.
 *
 * Sources, read 2026-11-23: Celery 5.7.0 and kombu 5.7.0 documentation and code (configuration, SQS and Redis
 * transports, daemonizing); CloudFormation AWS::SQS::Queue VisibilityTimeout 0 to 43200 s; AWS ECS task scale-in
 * protection, expiresInMinutes 1 to 2880; the nodes that ElastiCache sells in each region, as cfn-lint 1.58.0 lists them.
 */

/** Where tasks wait: SQS, or Valkey, which speaks the Redis protocol. */
export const brokers = ['none', 'sqs', 'redis'] as const;
export type Broker = (typeof brokers)[number];

/** Longest time that SQS hides a message whose task runs, in seconds. */
export const visibilityTimeoutMaximumSeconds = 43_200;

/** How much longer than the longest task its message stays hidden: startup, pending retries, clocks. */
export const visibilityMarginSeconds = 180;

/** The longest task whose message can stay hidden until it is done, in seconds. */
export const longestTaskMaximumSeconds = visibilityTimeoutMaximumSeconds - visibilityMarginSeconds;

/** Between the worker's own end and SIGKILL: time to hand messages back, in seconds. */
export const handBackSeconds = 15;

/** A longer task may outlive the shutdown, so ECS is asked not to stop its worker. */
export const protectedAboveSeconds = 100;

/** Longest that ECS protects a task in one call, in minutes. */
export const protectionMaximumMinutes = 2880;

/** Regions where ElastiCache sells no cache.t4g. */
const withoutGraviton: readonly string[] = ['me-central-1', 'me-south-1'];

/** The smallest ElastiCache node for production, with 1.37 GiB: messages are small and wait for a short time. */
export function brokerNodeIn(region: string): string {
  return withoutGraviton.includes(region) ? 'cache.t3.small' : 'cache.t4g.small';
}
