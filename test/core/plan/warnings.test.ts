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
      /^db\.m7g\.large is not on AWS's list for eu-south-1 \(2026-10\): RDS may refuse it\. The same size there: db\.m8g\.large, db\.m6g\.large, db\./,
    ],
    ['one worker', { vcpu: 0.25, memoryMiB: 512 }, /^One worker only: nothing serves while it is recycled/],
    ['one task', { minTasks: 1 }, /^One task only: .*--min-tasks 2/],
    ['a single zone', { multiAz: false }, /^Single-AZ database: .*--multi-az/],
    [
      'a burstable class',
      { rdsClass: 'db.t4g.large' },
      /^db\.t4g\.large is burstable: connections that fit are not capacity/,
    ],
    // 8 vCPU: 6 threads wanted, 8 x 4 x 20 + 18 = 658 fits into 780.
    ['threads lowered', { vcpu: 8 }, /^Threads lowered from 6 to 4 a worker, so that db\.m7g\.large holds/],
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

describe('core/plan/cost: what a total leaves out', () => {
  it('names the parts whose price is not known', () => {
    const { cost } = planFor({ region: 'eu-central-1' });
    assert.match(cost.totalUsdPerMonth.why, /without database and load balancer, whose price is not known/);
    assert.match(cost.databaseUsdPerMonth.why, /no price of db\.t4g\.small in eu-central-1 is known/);
  });

  it('says that it knows nothing', () => {
    assert.equal(planFor({ region: 'sa-east-1' }).cost.totalUsdPerMonth.why, 'no price of sa-east-1 is known here');
  });

  it('is the sum of the parts that are known', () => {
    for (const region of ['us-east-1', 'eu-central-1', 'sa-east-1']) {
      const { totalUsdPerMonth, ...parts } = planFor({ region, vcpu: 2 }).cost;
      const known = Object.values(parts).flatMap(({ value }) => (value === null ? [] : [value]));
      const sum = known.reduce((total, value) => total + value, 0);
      assert.equal(totalUsdPerMonth.value, known.length === 0 ? null : sum, region);
    }
  });

  it('grows with the lowest number of tasks and with Multi-AZ', () => {
    const one = planFor().cost;
    const more = planFor({ minTasks: 4, multiAz: true }).cost;
    assert.ok((more.computeUsdPerMonth.value ?? 0) > (one.computeUsdPerMonth.value ?? 0));
    assert.ok((more.databaseUsdPerMonth.value ?? 0) > (one.databaseUsdPerMonth.value ?? 0));
  });
});
