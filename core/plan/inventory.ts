import { interfaceEndpoints, networkZones, publicIpv4Addresses } from '../facts/network.ts';
import { findRdsClass } from '../facts/rds.ts';
import type { SizingAnswers } from './types.ts';

/**
 * What the stacks create and AWS bills by the month, besides tasks, database and load balancer. A test counts the same in
 * the emitted stacks.
 */
export interface Inventory {
  readonly natGateways: number;
  /** Interface endpoints times the zones in which each stands. */
  readonly endpointInterfaces: number;
  readonly publicIpv4Addresses: number;
  /** With the one of the master user, which RDS makes. */
  readonly secrets: number;
  /** Metrics of all alarms, also of those that target tracking makes: two for each policy. */
  readonly alarmMetrics: number;
  readonly dashboards: number;
  readonly customMetrics: number;
  /** Nodes of ElastiCache. */
  readonly brokerNodes: number;
  readonly hostedZones: number;
}

/** Alarms of the service, of the database and of the load balancer, each with one metric, and one with two more. */
const webAlarmMetrics = 12;
/** Of the worker: by the broker, whose metrics differ. */
const workerAlarmMetrics = { none: 0, sqs: 7, redis: 10 } as const;
const poolerAlarmMetrics = 4;
/** Requests and CPU, one metric each; and of the workers, a formula of three. */
const webPolicyMetrics = 2;
const workerPolicyMetrics = 3;

/** Metrics that lines of a log become: of tasks, and of a queue in Valkey, which CloudWatch does not know. */
const workerMetrics = { none: 0, sqs: 3, redis: 6 } as const;
const poolerMetrics = 2;

/**
 * What Container Insights reports of a cluster, of each service and of each task definition that runs: the counts of the
 * example for ECS on AWS's page of CloudWatch prices. An assumption: AWS adds metrics over time.
 */
export const containerInsights = { cluster: 8, service: 11, taskDefinition: 6 } as const;

/** Counts what is billed by the month. */
export function takeInventory(answers: SizingAnswers): Inventory {
  const { egress, broker, beat, celeryMinTasks, rdsClass } = answers;
  const hasCelery = broker !== 'none';
  const hasPooler = answers.pooler === 'pgbouncer';
  const services = [true, hasCelery, hasCelery && beat, hasPooler].filter(Boolean).length;
  const alarms =
    webAlarmMetrics +
    (findRdsClass(rdsClass)?.burstable === true ? 1 : 0) +
    workerAlarmMetrics[broker] +
    (hasCelery && beat ? 1 : 0) +
    (hasCelery && celeryMinTasks === 0 ? 1 : 0) +
    (hasPooler ? poolerAlarmMetrics : 0);
  return {
    natGateways: egress === 'nat' ? 1 : 0,
    endpointInterfaces: egress === 'endpoints' ? networkZones * interfaceEndpoints(broker).length : 0,
    publicIpv4Addresses: publicIpv4Addresses(egress),
    secrets: 3 + (broker === 'redis' ? 1 : 0),
    alarmMetrics: alarms + 2 * (webPolicyMetrics + (hasCelery ? workerPolicyMetrics : 0)),
    dashboards: 1,
    customMetrics:
      containerInsights.cluster +
      services * (containerInsights.service + containerInsights.taskDefinition) +
      workerMetrics[broker] +
      (hasPooler ? poolerMetrics : 0),
    brokerNodes: broker === 'redis' ? 2 : 0,
    hostedZones: hasPooler ? 1 : 0,
  };
}
