import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { fit } from '../../../core/plan/fit.ts';
import type { Fit, FitInput } from '../../../core/plan/fit.ts';

const reservedConnections = 15;

/** Slots of two fleets, migration, operators and reserved: written out here, not taken from the code. */
function planned(workers: number, { threads, maxTasks }: Fit): number {
  return workers * threads * 2 * maxTasks + 1 + 2 + reservedConnections;
}

/**
 * All pairs of threads and ceiling that are allowed, the best first: more threads at the full ceiling down to the knee;
 * then lower ceilings at the knee; then fewer threads than the knee, with as many tasks as they allow.
 */
function ranked({ wantedThreads, kneeThreads, minTasks, maxTasks }: FitInput): readonly Fit[] {
  const ceiling = maxTasks ?? Math.max(10, minTasks);
  const atCeiling = down(wantedThreads, kneeThreads).map((threads) => ({ threads, maxTasks: ceiling }));
  if (maxTasks !== undefined && maxTasks > minTasks) {
    return atCeiling;
  }
  const lower = down(ceiling, minTasks).map((tasks) => ({ threads: kneeThreads, maxTasks: tasks }));
  const fewer = down(kneeThreads - 1, 2).flatMap((threads) =>
    down(ceiling, minTasks).map((tasks) => ({ threads, maxTasks: tasks })),
  );
  return [...atCeiling, ...lower, ...fewer];
}

function down(from: number, to: number): readonly number[] {
  return Array.from({ length: Math.max(0, from - to + 1) }, (_, index) => from - index);
}

const input = fc
  .record({
    workers: fc.integer({ min: 1, max: 16 }),
    kneeThreads: fc.integer({ min: 2, max: 16 }),
    moreThreads: fc.nat({ max: 14 }),
    minTasks: fc.integer({ min: 1, max: 60 }),
    moreTasks: fc.option(fc.nat({ max: 60 }), { nil: undefined }),
    maxConnections: fc.oneof(fc.integer({ min: 20, max: 400 }), fc.integer({ min: 20, max: 5000 })),
  })
  .map(({ moreThreads, moreTasks, ...rest }): FitInput => ({
    ...rest,
    wantedThreads: Math.min(16, rest.kneeThreads + moreThreads),
    maxTasks: moreTasks === undefined ? undefined : rest.minTasks + moreTasks,
    reservedConnections,
  }));

describe('core/plan/fit', () => {
  it('takes the first of all allowed pairs that holds, in the order of lowering', () => {
    fc.assert(
      fc.property(input, (given) => {
        const expected = ranked(given).find((pair) => planned(given.workers, pair) <= given.maxConnections);
        assert.deepEqual(fit(given), expected);
      }),
      { numRuns: 3000 },
    );
  });

  it('never goes below the knee while the ceiling could be lowered instead, and never below 2', () => {
    fc.assert(
      fc.property(input, (given) => {
        const fitted = fit(given);
        if (fitted !== undefined && fitted.threads < given.kneeThreads) {
          const atKnee = planned(given.workers, { threads: given.kneeThreads, maxTasks: given.minTasks });
          assert.ok(atKnee > given.maxConnections);
          assert.ok(fitted.threads >= 2);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('keeps an explicit ceiling or refuses', () => {
    fc.assert(
      fc.property(
        input.filter(({ maxTasks }) => maxTasks !== undefined),
        (given) => {
          const fitted = fit(given);
          assert.ok(fitted === undefined || fitted.maxTasks === given.maxTasks);
        },
      ),
      { numRuns: 3000 },
    );
  });

  const base = { workers: 2, wantedThreads: 6, kneeThreads: 3, minTasks: 2, reservedConnections };
  const cases: readonly (readonly [string, Partial<FitInput> & { maxConnections: number }, Fit | undefined])[] = [
    ['enough for all: 2 x 6 x 20 + 18', { maxConnections: 258 }, { threads: 6, maxTasks: 10 }],
    ['one less: five threads', { maxConnections: 257 }, { threads: 5, maxTasks: 10 }],
    ['the knee at the full ceiling: 2 x 3 x 20 + 18', { maxConnections: 138 }, { threads: 3, maxTasks: 10 }],
    ['one less: a task less', { maxConnections: 137 }, { threads: 3, maxTasks: 9 }],
    ['the knee at the lowest number: 2 x 3 x 4 + 18', { maxConnections: 42 }, { threads: 3, maxTasks: 2 }],
    ['one less: two threads', { maxConnections: 41 }, { threads: 2, maxTasks: 2 }],
    ['the last that holds: 2 x 2 x 4 + 18', { maxConnections: 34 }, { threads: 2, maxTasks: 2 }],
    ['one less: nothing', { maxConnections: 33 }, undefined],
    ['an explicit ceiling at the knee', { maxConnections: 138, maxTasks: 10 }, { threads: 3, maxTasks: 10 }],
    ['an explicit ceiling that the knee does not hold', { maxConnections: 137, maxTasks: 10 }, undefined],
    [
      'an explicit ceiling that is the lowest number, too',
      { maxConnections: 34, maxTasks: 2 },
      { threads: 2, maxTasks: 2 },
    ],
    ['more lowest tasks than the usual ceiling', { maxConnections: 5000, minTasks: 50 }, { threads: 6, maxTasks: 50 }],
  ];
  for (const [name, given, expected] of cases) {
    it(name, () => {
      assert.deepEqual(fit({ ...base, ...given }), expected);
    });
  }
});
