import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { peakTasks, plannedConnections, tasksThatFit } from '../../../core/plan/connections.ts';

describe('core/plan/connections', () => {
  // Highest tasks, maximumPercent, and what may run, start and drain at once.
  const peaks: readonly (readonly [number, number, number])[] = [
    [10, 200, 20],
    [1, 200, 2],
    // floor(15) may run, so 5 more start and 5 drain.
    [10, 150, 20],
    [10, 125, 14],
    [10, 100, 10],
    [3, 150, 5],
    [3, 133, 3],
    // What drains is never more than the fleet that there was.
    [10, 300, 20],
  ];
  for (const [maxTasks, percent, peak] of peaks) {
    it(`${maxTasks} tasks at ${percent} %: ${peak} hold connections`, () => {
      assert.equal(peakTasks(maxTasks, percent), peak);
    });
  }

  it('plans slots for two fleets, a migration, two operators and the reserved ones', () => {
    assert.equal(plannedConnections(4, 10, 15), 98);
    assert.equal(plannedConnections(0, 0, 15), 18);
  });

  it('finds the most tasks that fit: they fit, and one more does not', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 256 }), fc.integer({ min: 0, max: 6000 }), (slots, maxConnections) => {
        const tasks = tasksThatFit(slots, maxConnections, 15);
        assert.ok(tasks >= 0 && Number.isInteger(tasks));
        assert.ok(tasks === 0 || slots * 2 * tasks + 18 <= maxConnections);
        assert.ok(slots * 2 * (tasks + 1) + 18 > maxConnections);
      }),
      { numRuns: 2000 },
    );
  });
});
