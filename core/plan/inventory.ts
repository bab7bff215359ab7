import { interfaceEndpoints, networkZones, publicIpv4Addresses } from '../facts/network.ts';
import { findRdsClass } from '../facts/rds.ts';
import type { Demands } from './demands.ts';
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
  readonly cacheNodes: number;
  readonly hostedZones: number;
}

/** Alarms of the service, of the database and of the load balancer, each with one metric, and one with two more. */
const webAlarmMetrics = 12;
/** Requests and CPU, one metric each. */
const webPolicyMetrics = 2;

/** Django's, the one of deploy/environment.json, the application's role and the master user. */
const webSecrets = 4;

/**
 * What Container Insights reports of a cluster, of each service and of each task definition that runs: the counts of the
 * example for ECS on AWS's page of CloudWatch prices. An assumption: AWS adds metrics over time.
 */
const containerInsights = { cluster: 8, service: 11, taskDefinition: 6 } as const;

/**
 * Counts what is billed by the month.
 *
 * @param demands what the capabilities need of it
 */
export function takeInventory({ egress, rdsClass }: SizingAnswers, demands: Demands): Inventory {
  const alarms = webAlarmMetrics + (findRdsClass(rdsClass)?.burstable === true ? 1 : 0) + demands.alarmMetrics;
  const endpoints = [...interfaceEndpoints, ...demands.endpoints];
  return {
    natGateways: egress === 'nat' ? 1 : 0,
    endpointInterfaces: egress === 'endpoints' ? networkZones * endpoints.length : 0,
    publicIpv4Addresses: publicIpv4Addresses(egress),
    secrets: webSecrets + demands.secrets.length,
    // Target tracking makes two alarms for each policy.
    alarmMetrics: alarms + 2 * (webPolicyMetrics + demands.policyMetrics),
    dashboards: 1,
    customMetrics:
      containerInsights.cluster +
      (1 + demands.services) * (containerInsights.service + containerInsights.taskDefinition) +
      demands.customMetrics,
    cacheNodes: demands.cacheNodes,
    hostedZones: demands.hostedZones,
  };
}
