import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { vcpus } from '../../../core/facts/fargate.ts';
import { rdsClasses } from '../../../core/facts/rds.ts';
import { solve, trySolve } from '../../../core/plan/solve.ts';
import type { SizingAnswers } from '../../../core/plan/types.ts';
import { brokenInvariants, brokenItems } from './invariants.ts';
import { planFor, sizing, valuesAt } from './sizing.ts';

const sqs: Partial<SizingAnswers> = { broker: 'sqs' };

describe('core/plan: the Celery worker', () => {
  it('is not there without a broker, whatever else is said about it', () => {
    const plan = planFor({ maxWorkerTasks: 900, longestTaskSeconds: 9000 });
    assert.deepEqual(plan, planFor());
    assert.equal(plan.worker, undefined);
    assert.ok(!('workerConnections' in plan.database) && !('workerUsdPerMonth' in plan.cost));
  });

  const worked: readonly (readonly [string, Partial<SizingAnswers>, Readonly<Record<string, number>>])[] = [
    [
      'the defaults',
      {},
      {
        'worker.cpuUnits': 512,
        'worker.memoryMiB': 1024,
        'worker.concurrency': 2,
        'worker.peakTasks': 8,
        'worker.capacityTasksPerSecond': 2,
        'worker.taskTimeLimitSeconds': 60,
        'worker.visibilityTimeoutSeconds': 240,
        'worker.shutdownSeconds': 105,
        'worker.maxTasksPerChild': 1800,
        'worker.backlogWeight': 0.0166667,
        'worker.oldestMessageAlarmSeconds': 300,
        'worker.backlogAlarmMessages': 1440,
        'database.workerConnections': 24,
        'database.plannedConnections': 122,
      },
    ],
    [
      'two vCPU, ten workers, an hour, a large database',
      { workerVcpu: 2, maxWorkerTasks: 10, longestTaskSeconds: 3600, beat: true, rdsClass: 'db.m7g.large' },
      {
        'worker.memoryMiB': 4096,
        'worker.concurrency': 4,
        'worker.visibilityTimeoutSeconds': 3780,
        'worker.protectionMinutes': 65,
        'worker.statementTimeoutMs': 3_600_000,
        'worker.lockTimeoutMs': 10_000,
        'database.workerConnections': 100,
        'database.beatConnections': 1,
      },
    ],
    [
      'the longest task of all',
      { longestTaskSeconds: 43_020 },
      { 'worker.visibilityTimeoutSeconds': 43_200, 'worker.protectionMinutes': 722 },
    ],
    [
      'memory for one child only',
      { workerVcpu: 0.25, workerMemoryMiB: 700, memoryMiB: 2048 },
      { 'worker.memoryMiB': 2048, 'worker.concurrency': 1 },
    ],
  ];
  for (const [name, changes, expected] of worked) {
    it(name, () => {
      const plan = planFor({ ...sqs, ...changes });
      assert.deepEqual(valuesAt(plan, Object.keys(expected)), expected);
    });
  }

  it('protects above 100 s, and not before', () => {
    assert.equal(planFor({ ...sqs, longestTaskSeconds: 100 }).worker?.protectionMinutes, undefined);
    assert.equal(planFor({ ...sqs, longestTaskSeconds: 101 }).worker?.protectionMinutes?.value, 7);
  });

  it('refuses a worker that holds no child, with what to change', () => {
    assert.throws(() => planFor({ ...sqs, workerVcpu: 0.25, workerMemoryMiB: 1000, vcpu: 1 }), {
      name: 'UserError',
      exitCode: 2,
      message:
        /^--worker-vcpu 0\.25: 2048 MiB.*2192 MiB\. Take a larger --worker-vcpu, or measure --worker-memory 1000\.$/u,
    });
  });

  it("lowers the web's ceiling before it refuses, and says so", () => {
    const small = { rdsClass: 'db.t4g.micro' } as const;
    const before = planFor(small);
    const plan = planFor({ ...small, ...sqs });
    assert.ok(plan.service.maxTasks.value < before.service.maxTasks.value);
    const most = plan.service.maxTasks.value;
    assert.ok(plan.warnings.some((warning) => warning.startsWith(`Autoscaling stops at ${most} tasks`)));
    assert.match(plan.database.plannedConnections.why, /\+ 24 Celery \+ 1 migration/u);
  });

  it('refuses an explicit ceiling with four ways out, each of which holds', () => {
    const answers = sizing({ ...sqs, rdsClass: 'db.t4g.micro', maxTasks: 6 });
    const outcome = trySolve(answers);
    assert.ok('refusal' in outcome);
    const { reason, waysOut } = outcome.refusal;
    assert.match(reason, /\+ 24 Celery \+ 1 migration/u);
    assert.equal(waysOut.length, 4);
    assert.match(waysOut[3]?.text ?? '', /^fewer worker tasks: --max-worker-tasks \d/u);
    for (const { changes } of waysOut) {
      if (changes !== undefined) {
        assert.deepEqual(brokenInvariants(solve({ ...answers, ...changes }), { ...answers, ...changes }), []);
      }
    }
    // One more would not have held.
    const most = waysOut[3]?.changes?.maxWorkerTasks ?? 0;
    assert.ok('refusal' in trySolve({ ...answers, maxWorkerTasks: most + 1 }));
    assert.throws(() => solve(answers), /Four ways out:\n {2}1\. /u);
  });

  it('says three ways out where no worker could be spared', () => {
    assert.throws(() => planFor({ ...sqs, rdsMaxConnections: 30, maxWorkerTasks: 1 }), /Three ways out:/u);
  });

  it('costs what its lowest number of tasks costs, and beat', () => {
    const { cost } = planFor({ ...sqs, beat: true });
    // 0.5 vCPU and 1 GB, and a quarter of a vCPU and half a GB, for 730 h in us-east-1.
    assert.equal(cost.workerUsdPerMonth?.value, Math.round(730 * (0.75 * 0.04048 + 1.5 * 0.004445)));
    // Two services more: 2 x 17 metrics and 3 of the log x $0.3, 8 + 6 alarm metrics x $0.1, beside $12.2.
    assert.equal(cost.monitoringUsdPerMonth.value, 25);
    assert.equal(cost.totalUsdPerMonth.value, (planFor().cost.totalUsdPerMonth.value ?? 0) + 27 + 25 - 12);
    // Two nodes of Valkey x $0.0256 x 730 h, and one secret more.
    const redis = planFor({ ...sqs, broker: 'redis' }).cost;
    assert.equal(redis.brokerUsdPerMonth?.value, 37);
    assert.equal(redis.secretsUsdPerMonth.value, 2);
    assert.equal(planFor({ ...sqs, minWorkerTasks: 0 }).cost.workerUsdPerMonth?.value, 0);
    assert.match(
      planFor({ ...sqs, region: 'sa-east-1' }).cost.totalUsdPerMonth.why,
      /no price is known here for: web tasks, Celery tasks, database/u,
    );
  });

  it('any answers that the parsers take', () => {
    const arbitrary = fc.record({
      broker: fc.constantFrom('none' as const, 'sqs' as const, 'redis' as const),
      beat: fc.boolean(),
      longestTaskSeconds: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 43_020 })),
      taskShare: fc.double({ min: 0, max: 1, noNaN: true }),
      queueDelaySeconds: fc.integer({ min: 1, max: 86_400 }),
      workerVcpu: fc.constantFrom(...vcpus),
      workerMemoryMiB: fc.integer({ min: 64, max: 2000 }),
      minWorkerTasks: fc.nat({ max: 20 }),
      moreWorkerTasks: fc.integer({ min: 1, max: 60 }),
      minTasks: fc.integer({ min: 1, max: 10 }),
      maxTasks: fc.option(fc.integer({ min: 10, max: 40 }), { nil: undefined }),
      rdsClass: fc.constantFrom(...rdsClasses.map(({ name }) => name)),
    });
    let plans = 0;
    fc.assert(
      fc.property(arbitrary, ({ taskShare, moreWorkerTasks, ...rest }) => {
        const answers = sizing({
          ...rest,
          vcpu: 4,
          taskMs: Math.max(1, Math.floor(taskShare ** 3 * rest.longestTaskSeconds * 1000)),
          maxWorkerTasks: rest.minWorkerTasks + moreWorkerTasks,
        });
        let outcome;
        try {
          outcome = trySolve(answers);
        } catch (error) {
          assert.match(String(error), /Take a larger/u);
          return;
        }
        if ('plan' in outcome) {
          plans += 1;
          assert.deepEqual([...brokenInvariants(outcome.plan, answers), ...brokenItems(outcome.plan)], []);
        } else {
          assert.doesNotMatch(outcome.refusal.reason, /undefined|NaN|Infinity/u);
        }
      }),
      { numRuns: 2000 },
    );
    assert.ok(plans > 500, `${plans} plans`);
  });
});
