import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { vcpus } from '../../../core/facts/fargate.ts';
import { scale } from '../../../core/plan/scaling.ts';
import { kneeThreads, wantedThreads } from '../../../core/plan/load.ts';

/** floor(numerator / denominator), in whole numbers, without any rounding on the way. */
function floorOf(numerator: bigint, denominator: bigint): number {
  return Number(numerator / denominator);
}

function ceilOf(numerator: bigint, denominator: bigint): number {
  return Number((numerator + denominator - 1n) / denominator);
}

const input = fc.record({
  vcpu: fc.constantFrom(...vcpus),
  cpuMs: fc.oneof(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 60_000 })),
  waitMs: fc.oneof(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 0, max: 60_000 })),
  workers: fc.integer({ min: 1, max: 16 }),
  threads: fc.integer({ min: 2, max: 16 }),
});

describe('core/plan: rounding agrees with exact fractions', () => {
  it('of the threads', () => {
    fc.assert(
      fc.property(input, ({ vcpu, cpuMs, waitMs, workers }) => {
        // vCPU x (cpu + wait) / (cpu x workers), with the vCPU in quarters.
        const above = BigInt(vcpu * 4) * BigInt(cpuMs + waitMs);
        const below = 4n * BigInt(cpuMs) * BigInt(workers);
        const clamp = (threads: number): number => Math.min(16, Math.max(2, threads));
        assert.equal(kneeThreads({ vcpu, cpuMs, waitMs }, workers), clamp(ceilOf(above, below)));
        assert.equal(wantedThreads({ vcpu, cpuMs, waitMs }, workers), clamp(ceilOf(2n * above, below)));
      }),
      { numRuns: 5000 },
    );
  });

  it('of the scaling targets and of max_requests', () => {
    fc.assert(
      fc.property(input, ({ vcpu, cpuMs, waitMs, workers, threads }) => {
        const slots = workers * threads;
        const { gunicorn, scaling, alarms } = scale({ vcpu, cpuMs, waitMs }, workers, slots);
        // Capacity as a fraction: 0.95 x 1000 x the smaller of usable vCPU / (cpu + 3) and slots / (cpu + 3 + wait).
        const byCpu = [950n * BigInt(Math.min(vcpu, workers) * 4), 4n * BigInt(cpuMs + 3)] as const;
        const bySlots = [950n * BigInt(slots), BigInt(cpuMs + 3 + waitMs)] as const;
        const [above, below] = byCpu[0] * bySlots[1] < bySlots[0] * byCpu[1] ? byCpu : bySlots;
        assert.equal(scaling.requestCountPerTarget.value, Math.max(1, floorOf(42n * above, below)));
        // The nearest whole number; a half may go either way, nothing depends on it.
        const [much, parts] = [1260n * above, below * BigInt(workers)];
        const off = 2n * (BigInt(gunicorn.maxRequests.value) * parts - much);
        const isNearest = -parts <= off && off <= parts;
        assert.ok(isNearest || (gunicorn.maxRequests.value === 1000 && off > 0n));
        // The share of the CPU that the workers, and that their slots, can use.
        const byWorkers = [4n * BigInt(workers), BigInt(vcpu * 4)] as const;
        const ofSlots = [4n * BigInt(slots * (cpuMs + 3)), BigInt(vcpu * 4) * BigInt(cpuMs + 3 + waitMs)] as const;
        const shares = [byWorkers, ofSlots] as const;
        const target = shares.map(([share, of]) => floorOf(65n * share, of));
        assert.equal(scaling.cpuTargetPercent.value, Math.max(1, Math.min(65, ...target)));
        const alarm = shares.map(([share, of]) => ceilOf(90n * share, of));
        assert.equal(alarms.cpuPercent.value, Math.max(2, Math.min(90, ...alarm)));
      }),
      { numRuns: 20_000, examples: [[{ vcpu: 16, cpuMs: 1, waitMs: 6, workers: 15, threads: 5 }]] },
    );
  });
});
