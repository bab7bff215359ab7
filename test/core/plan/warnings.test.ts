import assert from 'node:assert/strict';
import type { SizingAnswers } from '../../../core/plan/types.ts';
import { planFor } from './sizing.ts';

/** Answers that leave nothing to warn of. */
const calm: Partial<SizingAnswers> = { rdsClass: 'db.m7g.large', multiAz: true, domain: 'example.com' };

describe('core/plan/warnings', () => {
  it('are silent where nothing deserves a look', () => {
    assert.deepEqual(planFor(calm).warnings, []);
  });

  // Each adds exactly one warning to the calm answers.
  const cases: readonly (readonly [string, Partial<SizingAnswers>, RegExp])[] = [
    ['no domain', { domain: undefined }, /^HTTP ONLY: no --domain/],
    [
      'a class that the region does not have',
      { region: 'eu-south-1' },
      /^db\.m7g\.large is not on AWS's list for eu-south-1 \(2026-10\): RDS may refuse it\. Same size there: db\.m8g\.large, db\.m6g\.large, db\./,
    ],
    ['one worker', { vcpu: 0.25, memoryMiB: 512 }, /^Only one worker: nothing serves while it is recycled/],
    ['one task', { minTasks: 1 }, /^Only one task: .*--min-tasks 2/],
    ['a single zone', { multiAz: false }, /^Single-AZ database: .*--multi-az/],
    [
      'a burstable class',
      { rdsClass: 'db.t4g.large' },
      /^db\.t4g\.large is burstable: fitting connections are not capacity/,
    ],
    // 8 vCPU: 6 threads wanted, 8 x 4 x 20 + 18 = 658 fits into 780.
    ['threads lowered', { vcpu: 8 }, /^Threads lowered from 6 to 4 per worker, so that db\.m7g\.large holds/],
    [
      'more connections than RDS would set',
      { rdsMaxConnections: 902 },
      /^--rds-max-connections 902 is above .* \(at most 901\)/,
    ],
  ];
  for (const [name, changes, warning] of cases) {
    it(name, () => {
      const { warnings } = planFor({ ...calm, ...changes });
      assert.equal(warnings.length, 1, warnings.join('\n'));
      assert.match(warnings[0] ?? '', warning);
    });
  }

  it('a lowered ceiling, besides the lowered threads', () => {
    // 16 vCPU: knee 3, 48 slots; floor((780 - 18) / 96) = 7.
    const { warnings } = planFor({ ...calm, vcpu: 16 });
    assert.match(warnings[0] ?? '', /^Threads lowered from 6 to 3/);
    assert.match(warnings[1] ?? '', /^Autoscaling stops at 7 tasks instead of 10, so that db\.m7g\.large holds/);
    assert.equal(warnings.length, 2);
  });

  it('are silent at just what RDS itself would set', () => {
    assert.deepEqual(planFor({ ...calm, rdsMaxConnections: 901 }).warnings, []);
  });
});
