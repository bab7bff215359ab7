import assert from 'node:assert/strict';
import { edges, everyCombination, infrastructureOf, resourcesOf, stackOf } from '../../../support/infrastructure.ts';
import type { Infrastructure } from '../../../support/infrastructure.ts';
import type { Plan } from '../../../../core/plan/types.ts';

const all = [...everyCombination(), ...edges].map(infrastructureOf);

/** Every number at any depth, also one that is written as a text, by its path; pairs of Key or Name and Value by name. */
function numbersIn(value: unknown, at = ''): Readonly<Record<string, number>> {
  if (typeof value === 'number' || (typeof value === 'string' && /^\d+$/u.test(value))) {
    return { [at]: Number(value) };
  }
  if (typeof value !== 'object' || value === null) {
    return {};
  }
  return Object.assign(
    {},
    ...Object.entries(value).map(([key, inner]) => {
      const name = Array.isArray(value) ? ((inner?.Key ?? inner?.Id ?? key) as string) : key;
      return numbersIn(inner?.Key !== undefined && 'Value' in inner ? inner.Value : inner, `${at}/${name}`);
    }),
  ) as Record<string, number>;
}

function numbersOf(infrastructure: Infrastructure, stack: 'platform' | 'data' | 'service', id: string) {
  return numbersIn(stackOf(infrastructure, stack).Resources[id]?.Properties);
}

/** How an alarm is computed: its metric, statistic and period stand in resources.test.ts. */
interface Alarm {
  readonly threshold: (plan: Plan) => number | undefined;
  readonly minutes: number;
  readonly comparison: string;
}

const above = 'GreaterThanThreshold';
const below = 'LessThanThreshold';

/** Every alarm of the plan's web service and database by its resource; `minutes` stand in the plan's sentence, too. */
const alarms: Readonly<Record<string, readonly [keyof Plan['alarms'], Alarm]>> = {
  ConnectionsWarning: [
    'connectionsWarning',
    { threshold: ({ alarms: { connectionsWarning } }) => connectionsWarning.value, minutes: 15, comparison: above },
  ],
  ConnectionsCritical: [
    'connectionsCritical',
    { threshold: ({ alarms: { connectionsCritical } }) => connectionsCritical.value, minutes: 3, comparison: above },
  ],
  DatabaseCpu: [
    'databaseCpuPercent',
    { threshold: ({ alarms: { databaseCpuPercent } }) => databaseCpuPercent.value, minutes: 15, comparison: above },
  ],
  DatabaseFreeStorage: [
    'databaseFreeStorageMiB',
    {
      threshold: ({ alarms: { databaseFreeStorageMiB } }) => databaseFreeStorageMiB.value * 1024 * 1024,
      minutes: 15,
      comparison: below,
    },
  ],
  DatabaseCpuCredits: [
    'databaseCpuCredits',
    { threshold: ({ alarms: { databaseCpuCredits } }) => databaseCpuCredits?.value, minutes: 15, comparison: below },
  ],
  Errors: [
    'target5xxPercent',
    { threshold: ({ alarms: { target5xxPercent } }) => target5xxPercent.value, minutes: 5, comparison: above },
  ],
  Latency: [
    'latencyP95Seconds',
    { threshold: ({ alarms: { latencyP95Seconds } }) => latencyP95Seconds.value, minutes: 5, comparison: above },
  ],
  UnhealthyHosts: [
    'unhealthyHosts',
    {
      threshold: ({ alarms: { unhealthyHosts } }) => unhealthyHosts.value,
      minutes: 5,
      comparison: 'GreaterThanOrEqualToThreshold',
    },
  ],
  RunningTasks: ['runningTasks', { threshold: ({ service }) => service.minTasks.value, minutes: 5, comparison: below }],
  Cpu: ['cpuPercent', { threshold: ({ alarms: { cpuPercent } }) => cpuPercent.value, minutes: 15, comparison: above }],
  Memory: [
    'memoryPercent',
    { threshold: ({ alarms: { memoryPercent } }) => memoryPercent.value, minutes: 15, comparison: above },
  ],
};

/** The alarms of the worker and its broker: worker.test.ts. */
const ofCelery = /^(Beat|Worker|Broker)|^(OldestMessage|Backlog|DeadLetters|FailedTasks)$/u;
/** Those of PgBouncer: pooler.test.ts. */
const ofPooler = /^Pgbouncer/u;

describe('the numbers of the infrastructure', () => {
  it('are the planned ones at the load balancer', () => {
    for (const infrastructure of all) {
      const { name, answers, plan } = infrastructure;
      const { loadBalancer } = plan;
      assert.deepEqual(
        numbersOf(infrastructure, 'platform', 'LoadBalancer'),
        { '/LoadBalancerAttributes/idle_timeout.timeout_seconds': loadBalancer.idleTimeoutSeconds.value },
        name,
      );
      const stickiness = { '/TargetGroupAttributes/stickiness.lb_cookie.duration_seconds': 300 };
      assert.equal(loadBalancer.stickinessSeconds.value, 300);
      assert.deepEqual(
        numbersOf(infrastructure, 'platform', 'TargetGroup'),
        {
          '/Port': 8000,
          '/Matcher/HttpCode': 200,
          '/HealthCheckIntervalSeconds': loadBalancer.healthCheckIntervalSeconds.value,
          '/HealthCheckTimeoutSeconds': loadBalancer.healthCheckTimeoutSeconds.value,
          '/HealthyThresholdCount': loadBalancer.healthyThreshold.value,
          '/UnhealthyThresholdCount': loadBalancer.unhealthyThreshold.value,
          '/TargetGroupAttributes/deregistration_delay.timeout_seconds': loadBalancer.deregistrationDelaySeconds.value,
          ...(answers.static === 's3' ? {} : stickiness),
        },
        name,
      );
    }
  });

  it('are the planned ones at the service and its scaling', () => {
    for (const infrastructure of all) {
      const { name, plan } = infrastructure;
      const { service, scaling } = plan;
      assert.deepEqual(
        numbersOf(infrastructure, 'service', 'Service'),
        {
          '/LoadBalancers/0/ContainerPort': 8000,
          '/HealthCheckGracePeriodSeconds': service.healthCheckGracePeriodSeconds.value,
          '/DeploymentConfiguration/MinimumHealthyPercent': service.minimumHealthyPercent.value,
          '/DeploymentConfiguration/MaximumPercent': service.maximumPercent.value,
        },
        name,
      );
      assert.deepEqual(
        numbersOf(infrastructure, 'service', 'ScalableTarget'),
        { '/MinCapacity': service.minTasks.value, '/MaxCapacity': service.maxTasks.value },
        name,
      );
      const tracking = (target: number) => ({
        '/TargetTrackingScalingPolicyConfiguration/TargetValue': target,
        '/TargetTrackingScalingPolicyConfiguration/ScaleOutCooldown': scaling.scaleOutCooldownSeconds.value,
        '/TargetTrackingScalingPolicyConfiguration/ScaleInCooldown': scaling.scaleInCooldownSeconds.value,
      });
      assert.deepEqual(
        numbersOf(infrastructure, 'service', 'ScaleOnRequests'),
        tracking(scaling.requestCountPerTarget.value),
        name,
      );
      assert.deepEqual(
        numbersOf(infrastructure, 'service', 'ScaleOnCpu'),
        tracking(scaling.cpuTargetPercent.value),
        name,
      );
    }
  });

  it('are the planned ones at the database', () => {
    for (const infrastructure of all) {
      const { name, plan } = infrastructure;
      const { database } = plan;
      assert.deepEqual(
        numbersOf(infrastructure, 'data', 'Database'),
        {
          '/EngineVersion': Number(infrastructure.answers.rdsEngineVersion),
          '/AllocatedStorage': database.storageGiB.value,
          '/MaxAllocatedStorage': database.storageMaximumGiB.value,
          '/Port': 5432,
          '/BackupRetentionPeriod': database.backupRetentionDays.value,
          '/PerformanceInsightsRetentionPeriod': 7,
        },
        name,
      );
      assert.deepEqual(
        numbersOf(infrastructure, 'data', 'Parameters'),
        { '/Parameters/max_connections': database.maxConnections.value, '/Parameters/rds.force_ssl': 1 },
        name,
      );
    }
  });

  it('are the planned ones at the alarms, each with its reason, and no alarm is missing', () => {
    for (const infrastructure of all) {
      const { name, plan } = infrastructure;
      const found = resourcesOf(infrastructure, 'AWS::CloudWatch::Alarm').filter(
        ({ id }) => !ofCelery.test(id) && !ofPooler.test(id),
      );
      const wanted = Object.entries(alarms).filter(([, [key]]) => plan.alarms[key] !== undefined);
      assert.deepEqual(found.map(({ id }) => id).toSorted(), wanted.map(([id]) => id).toSorted(), name);
      assert.deepEqual(
        wanted.map(([, [key]]) => key).toSorted(),
        Object.keys(plan.alarms)
          .filter((key) => plan.alarms[key as keyof Plan['alarms']] !== undefined)
          .toSorted(),
        name,
      );
      for (const { id, properties } of found) {
        const [key, { threshold, minutes, comparison }] = alarms[id] ?? assert.fail(id);
        const why = plan.alarms[key]?.why ?? '';
        assert.equal(properties['Threshold'], threshold(plan), `${name}: ${id}`);
        assert.equal(properties['AlarmDescription'], why, `${name}: ${id}`);
        assert.equal(properties['ComparisonOperator'], comparison, id);
        const period = Number(properties['Period'] ?? 60);
        assert.equal((period * Number(properties['EvaluationPeriods'])) / 60, minutes, id);
        assert.match(why, new RegExp(`\\bfor ${minutes} min\\b`, 'u'), id);
      }
    }
  });

  it('are the answered retention at every log group', () => {
    for (const infrastructure of all) {
      for (const { id, properties } of resourcesOf(infrastructure, 'AWS::Logs::LogGroup')) {
        assert.equal(properties['RetentionInDays'], infrastructure.answers.logRetentionDays, id);
      }
    }
  });

  it('stand below the sentence that the plan gives as the reason', () => {
    const reasons: readonly (readonly [
      stack: 'platform' | 'data' | 'service',
      key: string,
      of: (plan: Plan) => string,
    ])[] = [
      ['platform', 'Key: idle_timeout.timeout_seconds', ({ loadBalancer }) => loadBalancer.idleTimeoutSeconds.why],
      ['platform', 'UnhealthyThresholdCount:', ({ loadBalancer }) => loadBalancer.unhealthyThreshold.why],
      ['platform', 'HealthCheckTimeoutSeconds:', ({ loadBalancer }) => loadBalancer.healthCheckTimeoutSeconds.why],
      [
        'platform',
        'Key: deregistration_delay.timeout_seconds',
        ({ loadBalancer }) => loadBalancer.deregistrationDelaySeconds.why,
      ],
      ['data', 'max_connections:', ({ database }) => database.maxConnections.why],
      ['data', 'AllocatedStorage:', ({ database }) => database.storageGiB.why],
      ['data', 'BackupRetentionPeriod:', ({ database }) => database.backupRetentionDays.why],
      ['service', 'HealthCheckGracePeriodSeconds:', ({ service }) => service.healthCheckGracePeriodSeconds.why],
      ['service', 'MaxCapacity:', ({ service }) => service.maxTasks.why],
      ['service', 'TargetValue:', ({ scaling }) => scaling.requestCountPerTarget.why],
    ];
    for (const { name, plan, texts } of all.filter((_, index) => index % 10 === 0)) {
      for (const [stack, key, of] of reasons) {
        const lines = (texts.get(stack) ?? '').split('\n').map((line) => line.trim());
        const at = lines.findIndex((line) => line.replace(/^- /u, '').startsWith(key));
        const comments = lines.slice(Math.max(0, at - 8), at).filter((line) => line.startsWith('# '));
        const comment = comments.map((line) => line.slice(2)).join(' ');
        assert.ok(at > 0 && comment.includes(of(plan)), `${name}: ${key}: ${comment}`);
      }
    }
  });
});
