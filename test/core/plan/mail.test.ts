import assert from 'node:assert/strict';
import { solve } from '../../../core/plan/solve.ts';
import { resolve } from '../answers/sample.ts';

const sender = { mail: 'smtp', mailFrom: 'noreply@example.com', mailHost: 'smtp.example.com' };

describe('core/plan: mail', () => {
  it('waits a third of the slowest request, and half of what the probe waits at most', () => {
    // 30 / 3 = 10 > 10 / 2 = 5; 10 / 3 = 3.33; 1 / 3 = 0.33; 105 / 3 = 35.
    const cases = [
      [30, 5],
      [10, 3.3],
      [1, 0.3],
      [105, 5],
    ] as const;
    for (const [slowestRequestSeconds, seconds] of cases) {
      const plan = solve(resolve({ ...sender, slowestRequestSeconds }).answers);
      assert.equal(plan.mail?.timeoutSeconds.value, seconds);
      assert.ok(seconds * 1000 < plan.database.statementTimeoutMs.value);
      assert.ok(2 * seconds <= plan.loadBalancer.healthCheckTimeoutSeconds.value);
      assert.match(plan.mail.timeoutSeconds.why, /slowest request \/ 3, 10 s health check \/ 2\)/u);
    }
  });

  it('has no number without mail', () => {
    assert.equal(solve(resolve().answers).mail, undefined);
  });

  it('is billed by use with SES, and has its endpoint', () => {
    const ses = { mail: 'ses', mailFrom: 'noreply@example.com', egress: 'endpoints' };
    const { cost } = solve(resolve(ses).answers);
    assert.match(cost.totalUsdPerMonth.why, /mails \(\$0\.1 a thousand\)/u);
    assert.match(cost.egressUsdPerMonth.why, /ssmmessages email$/u);
  });

  it('warns of the port that AWS blocks', () => {
    const of = (mailPort: number) => solve(resolve({ ...sender, mailPort }).answers).warnings.join('\n');
    assert.match(of(25), /AWS blocks port 25/u);
    assert.doesNotMatch(of(2525), /blocks/u);
  });
});
