import assert from 'node:assert/strict';
import { infrastructureOf, propertiesOf } from '../support/infrastructure.ts';
import type { Given, Infrastructure } from '../support/infrastructure.ts';
import { parseMetricMath } from '../support/metricMath.ts';
import {
  simulateFleet,
  startSeconds,
  type Fleet,
  type FromZero,
  type Minute,
  type Policy,
} from '../support/workerFleet.ts';

interface Query {
  readonly Id: string;
  readonly Expression?: string;
  readonly ReturnData: boolean;
}

/** The expression that a policy or an alarm acts on. */
function expressionOf(queries: readonly Query[]): string {
  const returned = queries.filter(({ ReturnData }) => ReturnData);
  assert.equal(returned.length, 1);
  return returned[0]?.Expression ?? assert.fail('nothing is computed');
}

/** The policy as it stands in service.yaml. */
function policyOf(infrastructure: Infrastructure): Policy {
  const { MinCapacity, MaxCapacity } = propertiesOf<{ MinCapacity: number; MaxCapacity: number }>(
    infrastructure,
    'service',
    'WorkerScalableTarget',
  );
  const { TargetTrackingScalingPolicyConfiguration: tracking } = propertiesOf<{
    TargetTrackingScalingPolicyConfiguration: {
      TargetValue: number;
      ScaleOutCooldown: number;
      ScaleInCooldown: number;
      CustomizedMetricSpecification: { Metrics: readonly Query[] };
    };
  }>(infrastructure, 'service', 'WorkerScaling');
  return {
    metric: parseMetricMath(expressionOf(tracking.CustomizedMetricSpecification.Metrics)),
    target: tracking.TargetValue,
    scaleOutCooldownSeconds: tracking.ScaleOutCooldown,
    scaleInCooldownSeconds: tracking.ScaleInCooldown,
    minTasks: MinCapacity,
    maxTasks: MaxCapacity,
    ...(infrastructure.answers.celeryMinTasks === 0 ? { fromZero: fromZeroOf(infrastructure) } : {}),
  };
}

/** The step from none to the first worker, as it stands in service.yaml. */
function fromZeroOf(infrastructure: Infrastructure): FromZero {
  const alarm = propertiesOf<{ Metrics: readonly Query[]; EvaluationPeriods: number; DatapointsToAlarm?: number }>(
    infrastructure,
    'service',
    'WorkerFromZeroAlarm',
  );
  const { StepScalingPolicyConfiguration: step } = propertiesOf<{
    StepScalingPolicyConfiguration: {
      AdjustmentType: FromZero['adjustmentType'];
      Cooldown: number;
      StepAdjustments: readonly [{ ScalingAdjustment: number }];
    };
  }>(infrastructure, 'service', 'WorkerFromZero');
  assert.equal(alarm.DatapointsToAlarm ?? alarm.EvaluationPeriods, alarm.EvaluationPeriods);
  return {
    needed: parseMetricMath(expressionOf(alarm.Metrics)),
    dataPoints: alarm.EvaluationPeriods,
    adjustmentType: step.AdjustmentType,
    adjustment: step.StepAdjustments[0].ScalingAdjustment,
    cooldownSeconds: step.Cooldown,
  };
}

/** A fleet with the numbers of the emitted stack; `load` is in workers' worth of tasks. */
function fleetOf(given: Given): Omit<Fleet, 'arrivals' | 'minutes'> & { readonly perWorker: number } {
  const infrastructure = infrastructureOf({ celeryMaxTasks: 20, rdsClass: 'db.m7g.2xlarge', ...given });
  const { answers, plan } = infrastructure;
  const concurrency = plan.celery?.concurrency.value ?? assert.fail('no worker');
  const taskSeconds = answers.celeryTaskMs / 1000;
  const policy = policyOf(infrastructure);
  return { policy, concurrency, taskSeconds, perWorker: concurrency / taskSeconds, firstTasks: policy.minTasks };
}

/** How often the count of workers goes up after it went down, or down after it went up. */
function turns(history: readonly Minute[]): number {
  const steps = history
    .map(({ desired }, index) => Math.sign(desired - (history[index - 1]?.desired ?? desired)))
    .filter((step) => step !== 0);
  return steps.filter((step, index) => index > 0 && step !== steps[index - 1]).length;
}

/** Minute after which no task waits longer than is acceptable. */
function settledAt(history: readonly Minute[], acceptableSeconds: number): number {
  return history.findLastIndex(({ waitedSeconds }) => waitedSeconds > acceptableSeconds) + 1;
}

/**
 * In the worst case: a minute until it is measured, one until the metric is there, two more until the alarm has three,
 * and a start. Then the backlog of all that time is cleared, within the acceptable delay for what had been measured and
 * as long again for what has come since.
 */
function reactionMinutes(acceptableSeconds: number): number {
  return Math.ceil(4 + (startSeconds + 2 * acceptableSeconds) / 60);
}

const cases: readonly (readonly [string, Given])[] = [
  ['SQS', { broker: 'sqs' }],
  [
    'SQS, large workers, tasks of 5 s, 3 minutes',
    { broker: 'sqs', celeryVcpu: 4, celeryTaskMs: 5000, celeryQueueDelaySeconds: 180 },
  ],
  ['Valkey', { broker: 'redis' }],
  [
    'Valkey, larger workers, tasks of 20 s, 10 minutes',
    { broker: 'redis', celeryVcpu: 2, celeryTaskMs: 20_000, celeryQueueDelaySeconds: 600 },
  ],
];

describe('the scaling of the emitted worker', () => {
  for (const [name, given] of cases) {
    describe(`on ${name}`, () => {
      const acceptable = Number(given['celeryQueueDelaySeconds'] ?? 60);

      for (const load of [0.7, 1.5, 2.9]) {
        it(`settles where ${load} workers' worth of tasks arrives, and stays there`, () => {
          const { perWorker, ...fleet } = fleetOf(given);
          const history = simulateFleet({ ...fleet, minutes: 360, arrivals: () => load * perWorker });
          const settled = history.slice(60);
          assert.equal(turns(settled), 0);
          assert.ok(new Set(settled.map(({ desired }) => desired)).size === 1, 'the count still changes');
          const last = settled.at(-1)?.desired ?? 0;
          // One more than it takes, where the one minute that is measured is always a busy one.
          assert.ok(last >= load && last <= Math.ceil(load / 0.9) + 1, `${last} workers`);
          assert.ok(settledAt(history, acceptable) <= reactionMinutes(acceptable), `${settledAt(history, acceptable)}`);
        });
      }

      it('clears a burst that one worker would take 20 minutes for, and goes back', () => {
        const { perWorker, ...fleet } = fleetOf(given);
        const burst = Math.round(20 * 60 * perWorker);
        const history = simulateFleet({
          ...fleet,
          minutes: 240,
          arrivals: (second) => (second === 600 ? burst : 0),
        });
        const empty = history.findIndex(({ waiting }, minute) => minute > 10 && waiting === 0);
        assert.ok(empty - 10 <= reactionMinutes(acceptable), `empty after ${empty - 10} minutes`);
        assert.equal(turns(history), 1);
        assert.equal(history.at(-1)?.desired, fleet.policy.minTasks);
      });

      it('gives its workers back when nothing arrives any more, not before', () => {
        const { perWorker, ...fleet } = fleetOf(given);
        const end = 120;
        const history = simulateFleet({
          ...fleet,
          minutes: 240,
          arrivals: (second) => (second < 60 * end ? 2.9 * perWorker : 0),
        });
        assert.ok(history.slice(60, end).every(({ desired }) => desired >= 3));
        assert.equal(history.at(-1)?.desired, fleet.policy.minTasks);
        assert.ok(history.slice(end).every(({ waiting }) => waiting === 0));
      });

      it('asks for no more than the highest count, however much waits', () => {
        const { perWorker, ...fleet } = fleetOf({ ...given, celeryMaxTasks: 3 });
        const history = simulateFleet({ ...fleet, minutes: 120, arrivals: () => 10 * perWorker });
        assert.equal(Math.max(...history.map(({ desired }) => desired)), 3);
        assert.equal(history.at(-1)?.desired, 3);
      });
    });
  }

  it('may take one worker away and start it again where a single child decides, and no task is late for it', () => {
    // 5.8 of 8 children are busy: of a minute's one sample, 5 are too few for four workers and 6 are enough.
    const { perWorker, ...fleet } = fleetOf({ broker: 'redis', celeryTaskMs: 20_000, celeryQueueDelaySeconds: 600 });
    const history = simulateFleet({ ...fleet, minutes: 600, arrivals: () => 2.9 * perWorker });
    const counts = new Set(history.slice(60).map(({ desired }) => desired));
    assert.deepEqual([...counts].toSorted(), [3, 4]);
    assert.ok(settledAt(history, 600) <= reactionMinutes(600));
  });

  describe('from zero', () => {
    const given = { broker: 'sqs', celeryMinTasks: 0 };

    it('starts a first worker for a single message, and gives it back', () => {
      const { perWorker: _perWorker, ...fleet } = fleetOf(given);
      const history = simulateFleet({ ...fleet, minutes: 90, arrivals: (second) => Number(second === 600) });
      assert.ok(history.slice(0, 10).every(({ desired }) => desired === 0));
      assert.equal(Math.max(...history.map(({ desired }) => desired)), 1);
      // Three minutes' data points, the last of them a minute late, then a start.
      const wait = Math.max(...history.map(({ waitedSeconds }) => waitedSeconds));
      assert.ok(wait > 0 && wait <= 240 + startSeconds, `${wait} s`);
      assert.equal(history.at(-1)?.desired, 0);
    });

    it('goes on from the first worker to as many as it takes, without turning back', () => {
      const { perWorker, ...fleet } = fleetOf(given);
      const history = simulateFleet({
        ...fleet,
        minutes: 240,
        arrivals: (second) => (second >= 600 ? 2.9 * perWorker : 0),
      });
      assert.equal(turns(history.slice(70)), 0);
      assert.equal(history.at(-1)?.desired, 4);
      // A first worker, then what the others take.
      assert.ok(settledAt(history, 60) - 10 <= 4 + Math.ceil(startSeconds / 60) + reactionMinutes(60));
    });

    it('leaves alone the workers that were asked for and cannot start', () => {
      const { needed } = fromZeroOf(infrastructureOf(given));
      assert.equal(needed({ wanted: 5, waiting: 100 }), 0);
      assert.equal(needed({ wanted: 0, waiting: 100 }), 1);
      // Where no service runs and no queue is read, CloudWatch may have neither.
      assert.equal(needed({ wanted: undefined, waiting: 1 }), 1);
      assert.equal(needed({ wanted: undefined, waiting: undefined }), 0);
    });

    it('leaves alone the workers that are not counted yet: Container Insights is late for the newest minute', () => {
      const { perWorker, ...fleet } = fleetOf(given);
      const busy = (policy: Policy): readonly Minute[] =>
        simulateFleet({ ...fleet, policy, minutes: 120, firstTasks: 4, arrivals: () => 8 * perWorker });
      const least = (history: readonly Minute[]): number => Math.min(...history.map(({ desired }) => desired));
      assert.equal(least(busy(fleet.policy)), 4);
      // One data point and an exact count would stop three of the four.
      const hasty: FromZero = { ...fromZeroOf(infrastructureOf(given)), dataPoints: 1 };
      assert.equal(least(busy({ ...fleet.policy, fromZero: { ...hasty, adjustmentType: 'ExactCapacity' } })), 1);
    });

    it('needs the alarm: the tracked metric has no data point without a worker', () => {
      const { perWorker, policy, ...fleet } = fleetOf(given);
      assert.equal(policy.metric({ waiting: 100, flying: 0, running: 0 }), undefined);
      const { fromZero: _alarm, ...without } = policy;
      const history = simulateFleet({ ...fleet, policy: without, minutes: 60, arrivals: () => perWorker });
      assert.ok(history.every(({ desired }) => desired === 0));
    });
  });

  describe('is not what is usual:', () => {
    it('by the queue for each worker alone, the count goes up and down for ever', () => {
      const { perWorker, policy, ...fleet } = fleetOf({ broker: 'sqs' });
      const usual = { ...policy, metric: parseMetricMath('waiting / running'), target: 60 * perWorker };
      const history = simulateFleet({
        ...fleet,
        policy: usual,
        minutes: 360,
        arrivals: () => 1.5 * perWorker,
      });
      assert.ok(turns(history.slice(60)) >= 10, `${turns(history.slice(60))} turns`);
      assert.ok(settledAt(history, 60) > 300, 'tasks are late all the time');
    });

    it('with a cooldown shorter than a start, each step is taken again before it has changed anything', () => {
      const { perWorker, policy, ...fleet } = fleetOf({ broker: 'sqs' });
      const most = (scaleOutCooldownSeconds: number): number =>
        Math.max(
          ...simulateFleet({
            ...fleet,
            policy: { ...policy, scaleOutCooldownSeconds },
            minutes: 60,
            arrivals: () => 1.5 * perWorker,
          }).map(({ desired }) => desired),
        );
      assert.ok(most(policy.scaleOutCooldownSeconds) <= 6, `${most(policy.scaleOutCooldownSeconds)} workers`);
      assert.equal(most(60), policy.maxTasks);
    });

    it('a stopping worker counts no longer, nor do the messages that it still has', () => {
      const onSqs = policyOf(infrastructureOf({ broker: 'sqs' })).metric;
      const onRedis = policyOf(infrastructureOf({ broker: 'redis' })).metric;
      for (const metric of [onSqs, onRedis]) {
        const of = (busy: number, waiting: number): number =>
          Math.round(metric({ waiting, depth: waiting, flying: busy, busy, running: 2 }) ?? 0);
        assert.deepEqual([of(6, 0), of(3, 0), of(4, 60)], [100, 75, 125]);
      }
    });
  });
});

describe('the alarm of failed tasks', () => {
  const queries = propertiesOf<{ Metrics: readonly Query[] }>(
    infrastructureOf({ broker: 'redis' }),
    'service',
    'FailedTasks',
  ).Metrics;
  const ended = parseMetricMath(queries.find(({ Id }) => Id === 'ended')?.Expression ?? '');
  const percent = parseMetricMath(expressionOf(queries));

  it('is a share of those that ended, and 0 in a minute in which none did', () => {
    const of = (succeeded: number | undefined, failed: number | undefined) => {
      const point = { succeeded, failed };
      return percent({ ...point, ended: ended(point) });
    };
    assert.equal(of(95, 5), 5);
    assert.equal(of(undefined, 2), 100);
    assert.equal(of(7, undefined), 0);
    assert.equal(of(undefined, undefined), 0);
    assert.equal(of(0, 0), 0);
  });
});

describe('the evaluator of metric math in these tests', () => {
  const value = (expression: string, point = {}) => parseMetricMath(expression)(point);

  it('knows what comes first, and what has no data point', () => {
    assert.equal(value('1 + 2 * 3 - 4 / 2'), 5);
    assert.equal(value('(1 + 2) * 3'), 9);
    assert.equal(value('IF(a < 2, a, 2)', { a: 1 }), 1);
    assert.equal(value('IF(a < 2, a, 2)', { a: 5 }), 2);
    assert.equal(value('IF(1 < 2 AND 2 < 1, 1, 0)'), 0);
    assert.equal(value('a + 1', { a: undefined }), undefined);
    assert.equal(value('1 / a', { a: 0 }), undefined);
    assert.equal(value('FILL(a, 3) + 1', { a: undefined }), 4);
  });

  it('refuses what it does not know', () => {
    for (const wrong of ['MAX([a])', 'a ^ 2', 'IF(a, 1)', '1 +', '(1', 'a b', 'SUM(a)']) {
      assert.throws(() => value(wrong, { a: 1, b: 1 }), /expected|understood/u, wrong);
    }
    assert.throws(() => value('b', { a: 1 }), /no metric b/u);
  });
});
