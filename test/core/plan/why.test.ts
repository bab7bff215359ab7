import assert from 'node:assert/strict';
import { trySolve } from '../../../core/plan/solve.ts';
import type { Plan, SizingAnswers } from '../../../core/plan/types.ts';
import { compute } from './arithmetic.ts';
import { classes } from './grid.ts';
import { itemAt, itemsOf, planFor, sizing } from './sizing.ts';

/** `formula = result`: where the formula begins, and the units that it computes with. */
const stated: readonly (readonly [string, { readonly after?: string; readonly units?: 'ms' | 'bytes' | 'none' }])[] = [
  ['gunicorn.workers', {}],
  ['gunicorn.threads', {}],
  ['gunicorn.capacityRequestsPerSecond', { units: 'ms' }],
  ['gunicorn.maxRequests', {}],
  ['gunicorn.timeoutSeconds', {}],
  ['gunicorn.gracefulTimeoutSeconds', {}],
  ['service.healthCheckGracePeriodSeconds', {}],
  ['database.maxConnections', { units: 'bytes' }],
  ['database.plannedConnections', {}],
  ['loadBalancer.unhealthyThreshold', {}],
  ['scaling.requestCountPerTarget', {}],
  ['scaling.cpuTargetPercent', {}],
  ['alarms.cpuPercent', {}],
  ['alarms.latencyP95Seconds', { units: 'ms' }],
  ['task.memoryMiB', { after: 'holds |need ' }],
];

/** A formula whose result is the value: it ends at the first colon, comma or `at`. */
const plain: readonly (readonly [string, number])[] = [
  ['task.cpuUnits', 1],
  ['gunicorn.slots', 1],
  ['gunicorn.keepaliveSeconds', 1],
  ['service.peakTasks', 1],
  ['service.stopTimeoutSeconds', 1],
  ['database.webConnections', 1],
  ['loadBalancer.idleTimeoutSeconds', 1],
  ['loadBalancer.deregistrationDelaySeconds', 1],
  ['alarms.connectionsWarning', 1],
  ['alarms.connectionsCritical', 1],
  ['alarms.databaseCpuCredits', 1],
  ['database.lockTimeoutMs', 1000],
  ['cost.computeUsdPerMonth', 1],
  ['cost.loadBalancerUsdPerMonth', 1],
];

function withUnits(formula: string, units: 'ms' | 'bytes' | 'none'): string {
  switch (units) {
    case 'ms':
      return formula.replaceAll(/(\d+(?:\.\d+)?) ms/g, '($1 / 1000)');
    case 'bytes':
      return formula
        .replaceAll(/(\d+(?:\.\d+)?) GiB/g, `$1 x ${2 ** 30}`)
        .replaceAll(/(\d+(?:\.\d+)?) MiB/g, `$1 x ${2 ** 20}`);
    default:
      return formula;
  }
}

/** Whether `value` is `exact`, rounded up, down or to the nearest: a setting is whole where its formula is not. */
function isRounded(value: number, exact: number, step = 1): boolean {
  return Math.abs(value - exact) < step * (1 - 1e-9) || Math.abs(value - exact) < 1e-6;
}

function mismatches(plan: Plan): readonly string[] {
  const found: string[] = [];
  for (const [path, { after = '^', units = 'none' }] of stated) {
    const { value, why } = itemAt(plan, path);
    const parts = new RegExp(`(?:${after})([^=]*?) = (-?[\\d.]+)`).exec(why);
    // `(5 CPU seconds at 0.5 vCPU)` explains and does not count.
    const formula = parts?.[1]?.replaceAll(/\([^()]* at [^()]*\)/g, '') ?? '';
    const result = Number(parts?.[2]);
    const exact = formula === '' ? Number.NaN : compute(withUnits(formula, units));
    const isFraction = path === 'gunicorn.capacityRequestsPerSecond';
    if (!isRounded(result, exact, isFraction ? 0.1 : 1)) {
      found.push(`${path}: ${exact} is not ${result}: ${why}`);
    }
    if (
      path !== 'task.memoryMiB' &&
      !new RegExp(`(?<![\\d.])${String(value).replace('.', '\\.')}(?![\\d.]*\\d)`).test(why)
    ) {
      found.push(`${path}: ${value} is not in ${why}`);
    }
  }
  for (const [path, factor] of plain) {
    const item = itemsOf(plan).find(([name]) => name === path)?.[1];
    if (item === undefined || item.value === null) {
      continue;
    }
    const formula = item.why.replace(/(:| at |, (?![^()]*\))).*$/, '').replaceAll('$', '');
    if (!isRounded(item.value, factor * compute(formula))) {
      found.push(`${path}: ${factor * compute(formula)} is not ${item.value}: ${item.why}`);
    }
  }
  return found;
}

/** The first mismatch of each item over some answers: a few lines instead of thousands. */
function firstMismatches(cases: Iterable<SizingAnswers>, every: number): readonly string[] {
  const found = new Map<string, string>();
  let count = 0;
  for (const answers of cases) {
    count += 1;
    const outcome = count % every === 0 ? trySolve(answers) : undefined;
    if (outcome !== undefined && 'plan' in outcome) {
      for (const mismatch of mismatches(outcome.plan)) {
        const path = mismatch.split(':')[0] ?? '';
        found.set(path, found.get(path) ?? mismatch);
      }
    }
  }
  return [...found.values()];
}

describe('core/plan: the arithmetic in the reasons', function () {
  this.timeout(120_000);

  it('is computed as it is read', () => {
    assert.equal(
      compute('min(max(2, ceil(0.5 vCPU)), floor((1024 - 128 - 64 tmpfs - 10 uploads in memory) / 200 MiB))'),
      2,
    );
    assert.equal(compute('4 x 20 + 1 migration + 2 operators + 15 reserved'), 98);
    assert.equal(compute('clamp(ceil(16 vCPU x (1 + 50 ms wait / 1 ms CPU) x 2 / 16 workers), 2, 16)'), 16);
    assert.throws(() => compute('4 5'));
  });

  it('gives the value, for the default answers', () => {
    assert.deepEqual(mismatches(planFor()), []);
  });

  it('gives the value, for every vCPU, S and load of the grid', () => {
    assert.deepEqual(firstMismatches(classes(), 19), []);
  });

  it('gives the value, for ordinary loads', () => {
    const cases = [10, 20, 23, 30, 37, 45, 60, 90, 150, 400].flatMap((cpuMs) =>
      [0, 7, 50, 111, 300].map((waitMs) => sizing({ cpuMs, waitMs, rdsClass: 'db.m7g.2xlarge' })),
    );
    assert.deepEqual(firstMismatches(cases, 1), []);
  });

  it('gives the value, for requests so slow that a task serves less than one in a second', () => {
    const cases = [900, 2500, 12_000, 60_000].map((cpuMs) => sizing({ vcpu: 0.25, cpuMs, slowestRequestSeconds: 105 }));
    assert.deepEqual(firstMismatches(cases, 1), []);
  });
});

describe('core/plan: counts in sentences', () => {
  const celery = { broker: 'sqs', celeryVcpu: 0.25, celeryMinTasks: 1, celeryMaxTasks: 1 } as const;
  // One of everything: task, worker, thread that is wanted, child, waiting message.
  const one = { vcpu: 0.25, memoryMiB: 512, workerMemoryMiB: 300, minTasks: 1, maxTasks: 1, ...celery } as const;

  const many =
    /(?<![\d.,-])1 (?:(?!of |x )[A-Za-z-]+ )?(?:tasks|workers|threads|children|slots|clients|connections|messages|metrics|dashboards|endpoints|zones|always run)\b(?!\/)/u;

  for (const answers of [
    one,
    { ...one, pooler: 'pgbouncer', waitMs: 0 },
    { ...one, vcpu: 2, memoryMiB: 4096, workerMemoryMiB: 3000, celeryVcpu: 1, egress: 'nat' },
  ] as const) {
    it(`are singular for one: ${JSON.stringify(answers)}`, () => {
      const plan = planFor(answers);
      const sentences = [...itemsOf(plan).map(([, { why }]) => why), ...plan.warnings];
      assert.ok(sentences.some((sentence) => /\b1 (?:task|worker)\b/u.test(sentence)));
      const wrong = sentences.filter((sentence) => many.test(sentence));
      assert.deepEqual(wrong, []);
    });
  }
});

describe('core/plan: capacity', () => {
  it('is not rounded to nothing for very slow requests', () => {
    const plan = planFor({ vcpu: 0.25, cpuMs: 30_000, waitMs: 0, slowestRequestSeconds: 105 });
    const { value, why } = plan.gunicorn.capacityRequestsPerSecond;
    assert.ok(value > 0, why);
  });
});
