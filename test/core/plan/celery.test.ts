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
    const plan = planFor({ celeryMaxTasks: 900, celeryLongestTaskSeconds: 9000 });
    assert.deepEqual(plan, planFor());
    assert.equal(plan.celery, undefined);
    assert.ok(!('celeryConnections' in plan.database) && !('celeryUsdPerMonth' in plan.cost));
  });

  const worked: readonly (readonly [string, Partial<SizingAnswers>, Readonly<Record<string, number>>])[] = [
    [
      'the defaults',
      {},
      {
        'celery.cpuUnits': 512,
        'celery.memoryMiB': 1024,
        'celery.concurrency': 2,
        'celery.peakTasks': 8,
        'celery.capacityTasksPerSecond': 2,
        'celery.taskTimeLimitSeconds': 60,
        'celery.visibilityTimeoutSeconds': 240,
        'celery.shutdownSeconds': 105,
        'celery.maxTasksPerChild': 1800,
        'celery.backlogWeight': 0.0166667,
        'celery.oldestMessageAlarmSeconds': 300,
        'celery.backlogAlarmMessages': 1440,
        'database.celeryConnections': 24,
        'database.plannedConnections': 122,
      },
    ],
    [
      'two vCPU, ten workers, an hour, a large database',
      { celeryVcpu: 2, celeryMaxTasks: 10, celeryLongestTaskSeconds: 3600, beat: true, rdsClass: 'db.m7g.large' },
      {
        'celery.memoryMiB': 4096,
        'celery.concurrency': 4,
        'celery.visibilityTimeoutSeconds': 3780,
        'celery.protectionMinutes': 65,
        'celery.statementTimeoutMs': 3_600_000,
        'celery.lockTimeoutMs': 10_000,
        'database.celeryConnections': 100,
        'database.beatConnections': 1,
      },
    ],
    [
      'the longest task of all',
      { celeryLongestTaskSeconds: 43_020 },
      { 'celery.visibilityTimeoutSeconds': 43_200, 'celery.protectionMinutes': 722 },
    ],
    [
      'memory for one child only',
      { celeryVcpu: 0.25, workerMemoryMiB: 700, memoryMiB: 2048 },
      { 'celery.memoryMiB': 2048, 'celery.concurrency': 1 },
    ],
  ];
  for (const [name, changes, expected] of worked) {
    it(name, () => {
      const plan = planFor({ ...sqs, ...changes });
      assert.deepEqual(valuesAt(plan, Object.keys(expected)), expected);
    });
  }

  it('protects above 100 s, and not before', () => {
    assert.equal(planFor({ ...sqs, celeryLongestTaskSeconds: 100 }).celery?.protectionMinutes, undefined);
    assert.equal(planFor({ ...sqs, celeryLongestTaskSeconds: 101 }).celery?.protectionMinutes?.value, 7);
  });

  it('refuses a worker that holds no child, with what to change', () => {
    assert.throws(() => planFor({ ...sqs, celeryVcpu: 0.25, workerMemoryMiB: 1000, vcpu: 1 }), {
      name: 'UserError',
      exitCode: 2,
      message:
        /^--celery-vcpu 0\.25: 2048 MiB.*2192 MiB\. Use a larger --celery-vcpu, or measure --worker-memory 1000\.$/u,
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
    assert.match(waysOut[3]?.text ?? '', /^fewer Celery workers: --celery-max-tasks \d/u);
    for (const { changes } of waysOut) {
      if (changes !== undefined) {
        assert.deepEqual(brokenInvariants(solve({ ...answers, ...changes }), { ...answers, ...changes }), []);
      }
    }
    // One more would not have held.
    const most = waysOut[3]?.changes?.celeryMaxTasks ?? 0;
    assert.ok('refusal' in trySolve({ ...answers, celeryMaxTasks: most + 1 }));
    assert.throws(() => solve(answers), /Four ways out:\n {2}1\. /u);
  });

  it('says three ways out where no worker could be spared', () => {
    assert.throws(() => planFor({ ...sqs, rdsMaxConnections: 30, celeryMaxTasks: 1 }), /Three ways out:/u);
  });

  it('costs what its lowest number of tasks costs, and beat', () => {
    const { cost } = planFor({ ...sqs, beat: true });
    // 0.5 vCPU and 1 GB, and a quarter of a vCPU and half a GB, for 730 h in us-east-1.
    assert.equal(cost.celeryUsdPerMonth?.value, Math.round(730 * (0.75 * 0.04048 + 1.5 * 0.004445)));
    // Two services more: 2 x 17 metrics and 3 of the log x $0.3, 8 + 6 alarm metrics x $0.1, beside $12.2.
    assert.equal(cost.monitoringUsdPerMonth.value, 25);
    assert.equal(cost.totalUsdPerMonth.value, (planFor().cost.totalUsdPerMonth.value ?? 0) + 27 + 25 - 12);
    // Two nodes of Valkey x $0.0256 x 730 h, and one secret more.
    const redis = planFor({ ...sqs, broker: 'redis' }).cost;
    assert.equal(redis.brokerUsdPerMonth?.value, 37);
    assert.equal(redis.secretsUsdPerMonth.value, 2);
    assert.equal(planFor({ ...sqs, celeryMinTasks: 0 }).cost.celeryUsdPerMonth?.value, 0);
    assert.match(
      planFor({ ...sqs, region: 'sa-east-1' }).cost.totalUsdPerMonth.why,
      /no price is known for: web tasks, Celery tasks, database/u,
    );
  });

  it('any answers that the parsers take', () => {
    const arbitrary = fc.record({
      broker: fc.constantFrom('none' as const, 'sqs' as const, 'redis' as const),
      beat: fc.boolean(),
      celeryLongestTaskSeconds: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 43_020 })),
      taskShare: fc.double({ min: 0, max: 1, noNaN: true }),
      celeryQueueDelaySeconds: fc.integer({ min: 1, max: 86_400 }),
      celeryVcpu: fc.constantFrom(...vcpus),
      workerMemoryMiB: fc.integer({ min: 64, max: 2000 }),
      celeryMinTasks: fc.nat({ max: 20 }),
      moreCeleryTasks: fc.integer({ min: 1, max: 60 }),
      minTasks: fc.integer({ min: 1, max: 10 }),
      maxTasks: fc.option(fc.integer({ min: 10, max: 40 }), { nil: undefined }),
      rdsClass: fc.constantFrom(...rdsClasses.map(({ name }) => name)),
    });
    let plans = 0;
    fc.assert(
      fc.property(arbitrary, ({ taskShare, moreCeleryTasks, ...rest }) => {
        const answers = sizing({
          ...rest,
          vcpu: 4,
          celeryTaskMs: Math.max(1, Math.floor(taskShare ** 3 * rest.celeryLongestTaskSeconds * 1000)),
          celeryMaxTasks: rest.celeryMinTasks + moreCeleryTasks,
        });
        let outcome;
        try {
          outcome = trySolve(answers);
        } catch (error) {
          assert.match(String(error), /Use a larger/u);
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
