import assert from 'node:assert/strict';
import type { SizingAnswers } from '../../../core/plan/types.ts';
import { planFor, valuesAt } from './sizing.ts';

interface Worked {
  readonly name: string;
  readonly answers: Partial<SizingAnswers>;
  readonly values: Readonly<Record<string, number | null>>;
}

// Worked out by hand from docs/sizing.md; the comment holds the steps that are not obvious.
const cases: readonly Worked[] = [
  {
    name: 'the default answers',
    answers: {},
    values: {
      'task.vcpu': 0.5,
      'task.cpuUnits': 512,
      'task.memoryMiB': 1024,
      'task.tmpfsMiB': 64,
      'task.workerMemoryMiB': 200,
      // max(64, 24 + 4 x 10); ceil(4 x 2.5); ceil(10 x 8.388608 / 5)
      'uploads.largestMiB': 10,
      'uploads.tmpMiB': 64,
      'uploads.inMemoryMiB': 10,
      'uploads.slowestSeconds': 17,
      // ((27 / 2 - 1) / 2 - 1) s, in tenths
      'media.connectTimeoutMs': 1000,
      'media.readTimeoutMs': 5200,
      'media.attempts': 2,
      'media.urlSeconds': 600,
      'media.replacedDays': 30,
      'media.unfinishedDays': 1,
      'gunicorn.workers': 2,
      'gunicorn.threads': 2,
      'gunicorn.slots': 4,
      'gunicorn.capacityRequestsPerSecond': 16.9643,
      'gunicorn.maxRequests': 10688,
      'gunicorn.maxRequestsJitter': 5344,
      'gunicorn.timeoutSeconds': 60,
      'gunicorn.gracefulTimeoutSeconds': 35,
      'gunicorn.keepaliveSeconds': 90,
      'service.minTasks': 2,
      'service.maxTasks': 10,
      'service.peakTasks': 20,
      'service.minimumHealthyPercent': 100,
      'service.maximumPercent': 200,
      'service.healthCheckGracePeriodSeconds': 60,
      'service.stopTimeoutSeconds': 45,
      'database.maxConnections': 178,
      'database.webConnections': 80,
      'database.migrationConnections': 1,
      'database.operatorConnections': 2,
      'database.reservedConnections': 15,
      'database.plannedConnections': 98,
      'database.statementTimeoutMs': 30_000,
      'database.lockTimeoutMs': 10_000,
      'database.idleInTransactionTimeoutMs': 30_000,
      'database.migrationLockTimeoutMs': 5000,
      'database.migrationAttempts': 3,
      'database.connectTimeoutSeconds': 5,
      'database.tcpUserTimeoutMs': 10_000,
      'database.connMaxAgeSeconds': 600,
      'database.storageGiB': 20,
      'database.storageMaximumGiB': 100,
      'database.backupRetentionDays': 7,
      'loadBalancer.idleTimeoutSeconds': 75,
      'loadBalancer.deregistrationDelaySeconds': 40,
      'loadBalancer.healthCheckIntervalSeconds': 15,
      'loadBalancer.healthCheckTimeoutSeconds': 10,
      'loadBalancer.healthyThreshold': 2,
      'loadBalancer.unhealthyThreshold': 10,
      'loadBalancer.stickinessSeconds': 300,
      'scaling.requestCountPerTarget': 712,
      'scaling.scaleOutCooldownSeconds': 60,
      'scaling.scaleInCooldownSeconds': 300,
      'scaling.cpuTargetPercent': 65,
      'alarms.connectionsWarning': 46,
      'alarms.connectionsCritical': 170,
      'alarms.latencyP95Seconds': 1,
      'alarms.databaseFreeStorageMiB': 2048,
      'alarms.runningTasks': 2,
      'alarms.databaseCpuCredits': 60,
      'cost.computeUsdPerMonth': 36,
      'cost.databaseUsdPerMonth': 26,
      'cost.loadBalancerUsdPerMonth': 22,
      'cost.egressUsdPerMonth': 33,
      'cost.publicIpv4UsdPerMonth': 11,
      'cost.secretsUsdPerMonth': 2,
      'cost.monitoringUsdPerMonth': 12,
      'cost.knownUsdPerMonth': 142,
      'cost.totalUsdPerMonth': 142,
    },
  },
  {
    // 2 x 200 + 192 = 592 MiB; capacity 0.95 x min(0.25 / 28 ms, 4 / 78 ms) = 0.95 x min(8.9, 51); boot 5 / 0.25 = 20 s.
    name: 'the smallest vCPU',
    answers: { vcpu: 0.25 },
    values: {
      'task.memoryMiB': 1024,
      'gunicorn.workers': 2,
      'gunicorn.threads': 2,
      'gunicorn.capacityRequestsPerSecond': 8.48214,
      'gunicorn.maxRequests': 5344,
      'gunicorn.maxRequestsJitter': 2672,
      'scaling.requestCountPerTarget': 356,
      'service.healthCheckGracePeriodSeconds': 90,
      'cost.computeUsdPerMonth': 21,
    },
  },
  {
    // floor((512 - 192) / 200) = 1 worker; busy 0.75, doubled 1.5 threads; 2 x 20 + 18.
    name: 'memory for one worker',
    answers: { vcpu: 0.25, memoryMiB: 512 },
    values: {
      'task.memoryMiB': 512,
      'gunicorn.workers': 1,
      'gunicorn.threads': 2,
      'gunicorn.slots': 2,
      'gunicorn.capacityRequestsPerSecond': 8.48214,
      'gunicorn.maxRequests': 10688,
      'database.plannedConnections': 58,
    },
  },
  {
    // busy 3, doubled over 2 workers: 3 threads; capacity 0.95 x min(1 / 28 ms, 6 / 78 ms).
    name: '1 vCPU',
    answers: { vcpu: 1 },
    values: {
      'task.memoryMiB': 2048,
      'gunicorn.workers': 2,
      'gunicorn.threads': 3,
      'gunicorn.slots': 6,
      'gunicorn.capacityRequestsPerSecond': 33.9286,
      'gunicorn.maxRequests': 21375,
      'scaling.requestCountPerTarget': 1425,
      'service.healthCheckGracePeriodSeconds': 45,
      'database.plannedConnections': 138,
    },
  },
  {
    // Wanted 6: 12 x 20 + 18 = 258; 5: 218; 4: 178, just what the class holds. The knee would be 3.
    name: 'threads lowered, but not to the knee',
    answers: { vcpu: 2 },
    values: {
      'gunicorn.workers': 2,
      'gunicorn.threads': 4,
      'gunicorn.slots': 8,
      'service.maxTasks': 10,
      'database.plannedConnections': 178,
      'gunicorn.capacityRequestsPerSecond': 67.8571,
      'gunicorn.maxRequests': 42750,
      'scaling.requestCountPerTarget': 2850,
      'scaling.cpuTargetPercent': 65,
    },
  },
  {
    // Knee 3: 12 x 20 + 18 = 258, so the ceiling: floor((178 - 18) / 24) = 6.
    name: 'threads at the knee and the ceiling lowered',
    answers: { vcpu: 4 },
    values: {
      'task.memoryMiB': 8192,
      'gunicorn.workers': 4,
      'gunicorn.threads': 3,
      'service.maxTasks': 6,
      'service.peakTasks': 12,
      'database.plannedConnections': 162,
      'gunicorn.capacityRequestsPerSecond': 135.714,
      'gunicorn.maxRequests': 42750,
      'scaling.requestCountPerTarget': 5700,
      'alarms.connectionsWarning': 78,
    },
  },
  {
    // Knee 3 x 16 x 10 + 18 = 498 > 379; 2 x 16 x 10 + 18 = 338; floor(361 / 64) = 5.
    // Slots keep 32 x 28 / (78 x 16) = 0.718 of the vCPU busy: 65 x 0.718 = 46.7, 90 x 0.718 = 64.6.
    name: 'two threads to save the lowest number of tasks',
    answers: { vcpu: 16, rdsClass: 'db.t4g.medium', minTasks: 5 },
    values: {
      'task.memoryMiB': 32768,
      'gunicorn.workers': 16,
      'gunicorn.threads': 2,
      'gunicorn.slots': 32,
      'service.minTasks': 5,
      'service.maxTasks': 5,
      'database.maxConnections': 379,
      'database.plannedConnections': 338,
      'gunicorn.capacityRequestsPerSecond': 389.744,
      'scaling.cpuTargetPercent': 46,
      'alarms.cpuPercent': 65,
      'service.healthCheckGracePeriodSeconds': 45,
    },
  },
  {
    // 6 threads: 48 x 24 + 18 = 1170; 5: 978; 4: 786; 3: 594 <= 780.
    name: 'an explicit ceiling that the knee holds',
    answers: { vcpu: 8, rdsClass: 'db.m7g.large', maxTasks: 12 },
    values: {
      'task.memoryMiB': 16384,
      'gunicorn.workers': 8,
      'gunicorn.threads': 3,
      'service.maxTasks': 12,
      'service.peakTasks': 24,
      'database.maxConnections': 780,
      'database.webConnections': 576,
      'database.plannedConnections': 594,
    },
  },
  {
    // floor((8192 - 192) / 4000) = 2 workers instead of 4, which use 2 of the 4 vCPU: busy 6, doubled over 2: 6 threads.
    // Capacity 0.95 x min(2 / 28 ms, 12 / 78 ms); 0.7 x 67.857 / 2 x 1800; 65 x 2 / 4 = 32.5; 90 x 2 / 4 = 45.
    name: 'memory that holds fewer workers than the vCPU could use',
    answers: { vcpu: 4, memoryMiB: 8192, workerMemoryMiB: 4000, rdsClass: 'db.m7g.xlarge' },
    values: {
      'gunicorn.workers': 2,
      'gunicorn.threads': 6,
      'gunicorn.slots': 12,
      'database.plannedConnections': 258,
      'gunicorn.capacityRequestsPerSecond': 67.8571,
      'gunicorn.maxRequests': 42750,
      'scaling.requestCountPerTarget': 2850,
      'scaling.cpuTargetPercent': 32,
      'alarms.cpuPercent': 45,
    },
  },
  {
    // 192 + 2 x 900 = 1992 MiB: the smallest pair of 0.25 vCPU that holds it is 2048.
    name: 'large workers choose more memory',
    answers: { vcpu: 0.25, workerMemoryMiB: 900 },
    values: { 'task.memoryMiB': 2048, 'gunicorn.workers': 2 },
  },
  {
    // 192 + 2 x 1500 = 3192 MiB: the largest pair is 2048, which holds one.
    name: 'workers larger than any pair holds two of',
    answers: { vcpu: 0.25, workerMemoryMiB: 1500 },
    values: { 'task.memoryMiB': 2048, 'gunicorn.workers': 1 },
  },
  {
    // Busy 0.5 x 100 = 50 slots: 16 threads wanted and at the knee; 32 x 4 + 18 = 146; floor(160 / 64) = 2.
    // capacity 0.95 x min(0.5 / 13 ms, 32 / 1003 ms); 60 x 0.7 x 30.309 = 1272.98;
    // 65 x 32 x 13 / 1003 / 0.5 = 53.9.
    name: 'requests that mostly wait',
    answers: { cpuMs: 10, waitMs: 990 },
    values: {
      'gunicorn.threads': 16,
      'gunicorn.slots': 32,
      'service.maxTasks': 2,
      'gunicorn.capacityRequestsPerSecond': 30.3091,
      'gunicorn.maxRequests': 19095,
      'scaling.requestCountPerTarget': 1272,
      'scaling.cpuTargetPercent': 53,
      'alarms.latencyP95Seconds': 10,
    },
  },
  {
    // capacity 0.95 x min(0.25 / 1.003, 4 / 1.003); 0.7 x 0.237 / 2 x 1800 = 149, below 1000; 60 x 0.7 x 0.2368 = 9.9.
    name: 'requests that only compute',
    answers: { vcpu: 0.25, cpuMs: 1000, waitMs: 0 },
    values: {
      'gunicorn.threads': 2,
      'gunicorn.capacityRequestsPerSecond': 0.23679,
      'gunicorn.maxRequests': 1000,
      'gunicorn.maxRequestsJitter': 500,
      'scaling.requestCountPerTarget': 9,
      'alarms.latencyP95Seconds': 10,
    },
  },
  {
    name: 'max_connections as given, for a class that is not known',
    answers: { rdsClass: 'db.m12g.large', rdsMaxConnections: 40 },
    values: { 'database.maxConnections': 40, 'service.maxTasks': 2, 'database.plannedConnections': 34 },
  },
  {
    // RDS's own formula ends at 5000 connections: 16 vCPU x 50 tasks hold 48 x 100 + 18 = 4818.
    name: 'the largest class',
    answers: { vcpu: 16, rdsClass: 'db.x2iedn.32xlarge', minTasks: 50 },
    values: {
      'database.maxConnections': 5000,
      'gunicorn.threads': 3,
      'service.maxTasks': 50,
      'database.plannedConnections': 4818,
    },
  },
  {
    // 2 x (0.5 x 0.03238 + 0.00356) x 730 = 28.8; 2 x (0.032 x 730 + 20 x 0.115) = 51.3.
    name: 'the cost of ARM64 and Multi-AZ',
    answers: { architecture: 'ARM64', multiAz: true },
    values: {
      'cost.computeUsdPerMonth': 29,
      'cost.databaseUsdPerMonth': 51,
      'cost.loadBalancerUsdPerMonth': 22,
      'cost.totalUsdPerMonth': 160,
    },
  },
  {
    // 2 x (0.5 x 0.04656 + 0.00511) x 730 = 41.4
    name: 'the cost where only the tasks, and what costs the same everywhere, have a known price',
    answers: { region: 'eu-central-1' },
    values: {
      'cost.computeUsdPerMonth': 41,
      'cost.databaseUsdPerMonth': null,
      'cost.loadBalancerUsdPerMonth': null,
      'cost.knownUsdPerMonth': 52,
      'cost.totalUsdPerMonth': null,
    },
  },
  {
    name: 'the cost where no price is known',
    answers: { region: 'sa-east-1', infrastructure: 'none' },
    values: {
      'cost.computeUsdPerMonth': null,
      'cost.databaseUsdPerMonth': null,
      'cost.loadBalancerUsdPerMonth': null,
      'cost.totalUsdPerMonth': null,
    },
  },
  {
    // 2 workers x 6 threads = 12 slots: 24 + 12 x 15 = 204; 12 x 2.5 = 30; 128 + 204 + 30 + 400 = 762.
    name: 'uploads of 15 MiB',
    answers: { vcpu: 2, rdsClass: 'db.m7g.large', largestUploadMiB: 15 },
    values: { 'task.tmpfsMiB': 204, 'uploads.tmpMiB': 204, 'uploads.inMemoryMiB': 30, 'task.memoryMiB': 4096 },
  },
  {
    // 24 + 12 x 60 = 744 are above 256: on the disk. 128 + 30 + 400 = 558.
    name: 'uploads of 60 MiB',
    answers: { vcpu: 2, rdsClass: 'db.m7g.large', largestUploadMiB: 60 },
    values: { 'task.tmpfsMiB': 0, 'uploads.tmpMiB': 744, 'uploads.slowestSeconds': 101 },
  },
  {
    // 12 wanted slots of 20 MiB are above 256 MiB, so /tmp is on the disk; the connections leave 10: 24 + 10 x 20.
    name: 'uploads where the connections lower the threads',
    answers: { vcpu: 2, largestUploadMiB: 20, rdsMaxConnections: 60, minTasks: 2, maxTasks: 2 },
    values: { 'gunicorn.threads': 5, 'gunicorn.slots': 10, 'task.tmpfsMiB': 0, 'uploads.tmpMiB': 224 },
  },
  {
    // 2 children of Celery read 20 MiB each: max(64, 24 + 2 x 20); beside them 128 + 64 + 3 x 200 <= 1024.
    name: 'uploads that Celery reads',
    answers: { broker: 'sqs', largestUploadMiB: 30 },
    values: { 'celery.tmpfsMiB': 84, 'celery.beatTmpfsMiB': 64, 'celery.concurrency': 2, 'celery.memoryMiB': 1024 },
  },
  {
    name: 'no uploads that Celery reads',
    answers: { broker: 'sqs', largestUploadMiB: 30, media: 'none' },
    values: { 'celery.tmpfsMiB': 64, 'celery.beatTmpfsMiB': 64 },
  },
  {
    // 5 endpoints x 2 zones x 0.01 x 730 = 73; 2 addresses x 0.005 x 730 = 7.3.
    name: 'the cost of endpoints',
    answers: { egress: 'endpoints' },
    values: { 'cost.egressUsdPerMonth': 73, 'cost.publicIpv4UsdPerMonth': 7, 'cost.totalUsdPerMonth': 178 },
  },
];

// S: connect and read timeout (ms), attempts, largest upload (MiB). 0.9 S is for two requests to S3.
const waits: readonly (readonly [number, readonly number[]])[] = [
  [1, [100, 300, 1, 1]],
  [5, [500, 1700, 1, 2]],
  [11, [1000, 3900, 1, 6]],
  [12, [1000, 1200, 2, 7]],
  [17, [1000, 2300, 2, 10]],
  [30, [1000, 5200, 2, 10]],
  [105, [1000, 10_000, 2, 10]],
];

// S: gunicorn timeout, ALB idle, keepalive, graceful, stop, deregistration (s), lock (ms), unhealthy threshold.
const timeouts: readonly (readonly [number, readonly number[]])[] = [
  [1, [60, 75, 90, 30, 40, 11, 333, 9]],
  [5, [60, 75, 90, 30, 40, 15, 1666, 9]],
  [15, [60, 75, 90, 30, 40, 25, 5000, 9]],
  [16, [60, 75, 90, 30, 40, 26, 5333, 10]],
  [29, [60, 75, 90, 34, 44, 39, 9666, 10]],
  [31, [62, 77, 92, 36, 46, 41, 10_000, 10]],
  [60, [120, 135, 150, 65, 75, 70, 10_000, 10]],
  [105, [210, 225, 240, 110, 120, 115, 10_000, 10]],
];

describe('core/plan: worked cases', () => {
  for (const { name, answers, values } of cases) {
    it(name, () => {
      assert.deepEqual(valuesAt(planFor(answers), Object.keys(values)), values);
    });
  }

  for (const [slowestRequestSeconds, expected] of waits) {
    it(`uploads with a slowest request of ${slowestRequestSeconds} s`, () => {
      const { media, uploads } = planFor({ slowestRequestSeconds });
      assert.ok(media);
      const [connect, read, attempts] = [media.connectTimeoutMs.value, media.readTimeoutMs.value, media.attempts.value];
      assert.deepEqual([connect, read, attempts, uploads.largestMiB.value], expected);
      const worst = 2 * (attempts * (connect + read) + (attempts - 1) * 1000);
      assert.ok(worst < slowestRequestSeconds * 1000, String(worst));
    });
  }

  for (const [slowestRequestSeconds, expected] of timeouts) {
    it(`timeouts of a slowest request of ${slowestRequestSeconds} s`, () => {
      const { gunicorn, service, loadBalancer, database } = planFor({ slowestRequestSeconds });
      assert.deepEqual(
        [
          gunicorn.timeoutSeconds.value,
          loadBalancer.idleTimeoutSeconds.value,
          gunicorn.keepaliveSeconds.value,
          gunicorn.gracefulTimeoutSeconds.value,
          service.stopTimeoutSeconds.value,
          loadBalancer.deregistrationDelaySeconds.value,
          database.lockTimeoutMs.value,
          loadBalancer.unhealthyThreshold.value,
        ],
        expected,
      );
      assert.equal(database.statementTimeoutMs.value, slowestRequestSeconds * 1000);
      assert.equal(database.idleInTransactionTimeoutMs.value, slowestRequestSeconds * 1000);
    });
  }
});
