import { item, show } from './item.ts';
import { sources } from './sources.ts';
import type { Plan } from './types.ts';

const intervalSeconds = 15;
/** How long the load balancer waits for the answer to a probe. */
export const probeTimeoutSeconds = 10;
const healthyThreshold = 2;
/** Multi-AZ failover of an RDS instance, upper end. */
const failoverSeconds = 120;
/** CPU time to load a mid-size Django project once (preload_app), in seconds. */
const bootCpuSeconds = 5;

type Health = {
  readonly loadBalancer: Pick<
    Plan['loadBalancer'],
    | 'healthCheckIntervalSeconds'
    | 'healthCheckTimeoutSeconds'
    | 'healthyThreshold'
    | 'unhealthyThreshold'
    | 'stickinessSeconds'
  >;
  readonly service: Pick<Plan['service'], 'healthCheckGracePeriodSeconds'>;
};

/** How long a task takes to load the project, in seconds; a single process uses one vCPU at most. */
export function bootSeconds(vcpu: number): number {
  return bootCpuSeconds / Math.min(1, vcpu);
}

/** Health checks that pull a bad task within minutes but outlast a database failover. */
export function checkHealth(vcpu: number, slowest: number): Health {
  const unhealthy = Math.min(10, Math.ceil((failoverSeconds + slowest) / intervalSeconds));
  const boot = bootSeconds(vcpu);
  const grace = Math.ceil(healthyThreshold * intervalSeconds + 3 * boot);
  return {
    loadBalancer: {
      healthCheckIntervalSeconds: item(intervalSeconds, 'a dead task is detected within minutes', sources.healthCheck),
      healthCheckTimeoutSeconds: item(
        probeTimeoutSeconds,
        'a probe may queue behind requests; above the 5 s connect timeout of the database',
        sources.healthCheck,
      ),
      healthyThreshold: item(
        healthyThreshold,
        `2 x ${intervalSeconds} s until a recovered task serves`,
        sources.healthCheck,
      ),
      unhealthyThreshold: item(
        unhealthy,
        `min(10, ceil((${failoverSeconds} s failover + ${slowest} s slowest request) / ${intervalSeconds} s)) = ${unhealthy}: a failover must not replace every task`,
        sources.healthCheck,
      ),
      stickinessSeconds: item(300, 'a page and its hashed static files come from the same task', sources.stickiness),
    },
    service: {
      healthCheckGracePeriodSeconds: item(
        grace,
        `${healthyThreshold} x ${intervalSeconds} s checks + 3 x ${show(boot)} s boot (${bootCpuSeconds} CPU seconds at ${vcpu} vCPU) = ${grace} s`,
        sources.gracePeriod,
      ),
    },
  };
}
