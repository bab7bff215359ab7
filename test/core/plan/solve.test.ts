import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { UserError } from '../../../core/errors.ts';
import { memoryOptionsMiB, vcpus } from '../../../core/facts/fargate.ts';
import { rdsClasses } from '../../../core/facts/rds.ts';
import { solve, trySolve } from '../../../core/plan/solve.ts';
import type { SizingAnswers } from '../../../core/plan/types.ts';
import { classes, givenConnections, pooled, sizes } from './grid.ts';
import { brokenInvariants, brokenItems } from './invariants.ts';
import { sizing } from './sizing.ts';

interface Walked {
  readonly plans: number;
  readonly refusals: number;
  readonly faults: readonly string[];
}

/** Solves every case; the items' texts of every eleventh plan are read too. */
function walk(cases: Iterable<SizingAnswers>): Walked {
  const faults: string[] = [];
  let plans = 0;
  let refusals = 0;
  for (const answers of cases) {
    const outcome = attempt(answers);
    if ('plan' in outcome) {
      plans += 1;
      const items = plans % 11 === 0 ? brokenItems(outcome.plan) : [];
      faults.push(...[...brokenInvariants(outcome.plan, answers), ...items].map((fault) => explain(fault, answers)));
    } else {
      refusals += 1;
      if (outcome.reason.trim() === '' || /undefined|NaN|Infinity/.test(outcome.reason)) {
        faults.push(explain(`refused with ${JSON.stringify(outcome.reason)}`, answers));
      }
    }
    if (faults.length > 5) {
      break;
    }
  }
  return { plans, refusals, faults };
}

function attempt(answers: SizingAnswers) {
  try {
    const outcome = trySolve(answers);
    return 'plan' in outcome ? outcome : { reason: outcome.refusal.reason };
  } catch (error) {
    if (error instanceof UserError) {
      return { reason: error.message };
    }
    throw error;
  }
}

function explain(fault: string, answers: SizingAnswers): string {
  return `${fault}: ${JSON.stringify(answers)}`;
}

describe('core/plan/solve: every plan of the grid holds every invariant, or is refused with a reason', function () {
  this.timeout(120_000);

  for (const vcpu of vcpus) {
    it(`${vcpu} vCPU with every memory, number of connections, task counts and load`, () => {
      const { plans, refusals, faults } = walk(sizes(vcpu));
      assert.deepEqual(faults, []);
      assert.ok(plans > 900 && refusals > 100, `${plans} plans, ${refusals} refusals`);
    });
  }

  it('every RDS class with every vCPU and task counts', () => {
    const { plans, refusals, faults } = walk(classes());
    assert.deepEqual(faults, []);
    assert.ok(plans > 5000 && refusals > 1000, `${plans} plans, ${refusals} refusals`);
  });

  it('every RDS class behind PgBouncer, alone and beside Celery', () => {
    const { plans, refusals, faults } = walk(pooled());
    assert.deepEqual(faults, []);
    assert.ok(plans > 500 && refusals > 100, `${plans} plans, ${refusals} refusals`);
  });

  it('max_connections as given, from 20', () => {
    const { plans, refusals, faults } = walk(givenConnections());
    assert.deepEqual(faults, []);
    assert.ok(plans > 1000 && refusals > 1000, `${plans} plans, ${refusals} refusals`);
  });

  it('any answers that the parsers take', () => {
    const arbitrary = fc.constantFrom(...vcpus).chain((vcpu) =>
      fc.record({
        vcpu: fc.constant(vcpu),
        memoryMiB: fc.constantFrom(undefined, ...memoryOptionsMiB(vcpu)),
        rdsClass: fc.constantFrom(...rdsClasses.map(({ name }) => name)),
        rdsMaxConnections: fc.option(fc.integer({ min: 20, max: 262_143 }), { nil: undefined, freq: 3 }),
        minTasks: fc.integer({ min: 1, max: 1000 }),
        more: fc.option(fc.nat({ max: 900 }), { nil: undefined }),
        slowestRequestSeconds: fc.integer({ min: 1, max: 105 }),
        cpuShare: fc.double({ min: 0, max: 1, noNaN: true }),
        waitShare: fc.double({ min: 0, max: 1, noNaN: true }),
        workerMemoryMiB: fc.integer({ min: 64, max: 30_720 }),
      }),
    );
    let plans = 0;
    fc.assert(
      fc.property(arbitrary, ({ more, cpuShare, waitShare, ...rest }) => {
        const limitMs = Math.min(60_000, rest.slowestRequestSeconds * 1000);
        // Squared, so that ordinary, short requests come up as often as slow ones.
        const cpuMs = Math.max(1, Math.floor(cpuShare ** 4 * limitMs));
        const waitMs = Math.floor(waitShare ** 4 * (limitMs - cpuMs));
        const answers = sizing({
          ...rest,
          maxTasks: more === undefined ? undefined : rest.minTasks + more,
          cpuMs,
          waitMs,
        });
        const { faults, plans: found } = walk([answers]);
        plans += found;
        assert.deepEqual(faults, []);
      }),
      { numRuns: 3000 },
    );
    assert.ok(plans > 100, `${plans} plans`);
  });
});

describe('core/plan/solve', () => {
  it('gives the same plan for the same answers, and leaves the answers alone', () => {
    for (const answers of [sizing(), sizing({ vcpu: 4, domain: 'example.com' }), sizing({ region: 'sa-east-1' })]) {
      const frozen = Object.freeze({ ...answers });
      assert.deepEqual(solve(frozen), solve({ ...answers }));
      assert.equal(JSON.stringify(solve(frozen)), JSON.stringify(solve(frozen)));
    }
  });

  it('takes an optional answer that is undefined for one that is missing', () => {
    const missing = sizing();
    const given = {
      ...missing,
      memoryMiB: undefined,
      maxTasks: undefined,
      rdsMaxConnections: undefined,
      domain: undefined,
    };
    assert.deepEqual(solve(given), solve(missing));
  });

  it('refuses a class whose memory is not known', () => {
    assert.throws(() => solve(sizing({ rdsClass: 'db.m12g.large' })), {
      name: 'UserError',
      exitCode: 2,
      message:
        '--rds-class db.m12g.large: its memory is unknown. Give --rds-max-connections with the output of SHOW max_connections.',
    });
  });
});
