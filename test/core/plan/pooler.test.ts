import assert from 'node:assert/strict';
import { solve, trySolve } from '../../../core/plan/solve.ts';
import { planFor, sizing, valuesAt } from './sizing.ts';

describe('core/plan/pooler', () => {
  it('shares what is left of max_connections between two tasks', () => {
    // db.t4g.micro holds 78: floor((78 - 18) / 2) = 30. 2 x 2 threads x 20 tasks = 80 clients, and 10 to spare.
    const plan = planFor({ rdsClass: 'db.t4g.micro', pooler: 'pgbouncer' });
    assert.deepEqual(
      valuesAt(plan, [
        'service.maxTasks',
        'database.webConnections',
        'database.plannedConnections',
        'pgbouncer.poolSize',
        'pgbouncer.maxClientConnections',
        'pgbouncer.peakTasks',
        'pgbouncer.queryWaitTimeoutSeconds',
        'pgbouncer.stopTimeoutSeconds',
        'alarms.connectionsWarning',
        'alarms.connectionsCritical',
      ]),
      {
        'service.maxTasks': 10,
        'database.webConnections': 60,
        'database.plannedConnections': 78,
        'pgbouncer.poolSize': 30,
        'pgbouncer.maxClientConnections': 90,
        'pgbouncer.peakTasks': 2,
        'pgbouncer.queryWaitTimeoutSeconds': 4,
        'pgbouncer.stopTimeoutSeconds': 40,
        'alarms.connectionsWarning': 66,
        'alarms.connectionsCritical': 70,
      },
    );
  });

  it('lowers neither threads nor the ceiling, which the same class does without it', () => {
    const without = planFor({ rdsClass: 'db.t4g.micro' });
    const behind = planFor({ rdsClass: 'db.t4g.micro', pooler: 'pgbouncer' });
    assert.ok(without.service.maxTasks.value < 10);
    assert.equal(behind.service.maxTasks.value, 10);
    assert.equal(behind.gunicorn.threads.value, 2);
    assert.deepEqual(
      behind.warnings.filter((warning) => /lowered|Autoscaling stops/u.test(warning)),
      [],
    );
  });

  it('gives no more connections than there are clients', () => {
    // One task of 2 x 2 slots: 8 clients at the peak, and db.m7g.large holds 780.
    const plan = planFor({ rdsClass: 'db.m7g.large', minTasks: 1, maxTasks: 1, pooler: 'pgbouncer' });
    assert.equal(plan.pgbouncer?.poolSize.value, 8);
  });

  it('leaves to Celery what goes around it', () => {
    // (2 children + 1) x 8 tasks = 24: floor((178 - 18 - 24) / 2) = 68.
    const plan = planFor({ pooler: 'pgbouncer', broker: 'sqs' });
    assert.equal(plan.pgbouncer?.poolSize.value, 68);
    assert.equal(plan.database.plannedConnections.value, 2 * 68 + 24 + 18);
  });

  it('is sized for the one thread that it is', () => {
    const small = planFor({ pooler: 'pgbouncer' }).pgbouncer;
    const large = planFor({ pooler: 'pgbouncer', vcpu: 8, maxTasks: 10, rdsClass: 'db.r7g.8xlarge' }).pgbouncer;
    // 10 tasks x 16.96 requests/s x 10 queries x 70 us / 0.5 = 0.24.
    assert.deepEqual([small?.vcpu.value, small?.memoryMiB.value], [0.25, 512]);
    assert.equal(large?.vcpu.value, 1);
  });

  it('lets the clients of a task that ended log in at the other one in time', () => {
    // 1 + 999 ms: 16 threads x 2 x 10 tasks / 2 = 160 clients x 8 ms / 5 s = 0.256; 320 / 1002 ms x 0.95 = 303 requests/s.
    const waiting = planFor({ pooler: 'pgbouncer', cpuMs: 1, waitMs: 999, slowestRequestSeconds: 30 }).pgbouncer;
    assert.equal(waiting?.vcpu.value, 0.5);
    assert.match(waiting?.vcpu.why ?? '', /160 clients of the other task x 8 ms \/ 5 s/u);
  });

  it('warns where one pool does not carry the fleet', () => {
    const warnings = planFor({ pooler: 'pgbouncer', rdsClass: 'db.t4g.micro', maxTasks: 60 }).warnings;
    assert.ok(warnings.some((warning) => warning.startsWith('Each PgBouncer has 30 server connections, and 60 tasks')));
    const few = planFor({ pooler: 'pgbouncer', rdsClass: 'db.t4g.micro' }).warnings;
    assert.ok(few.every((warning) => !warning.includes('PgBouncer has')));
  });

  it('says that requests always wait where both pools do not carry it', () => {
    // 100 tasks x 0.7 x 16.96 requests/s x 75 ms = 90 of 2 x 30; 67 tasks keep 59.7 busy. 10 queries of 70 us: 1.19 vCPU.
    const { warnings } = planFor({ pooler: 'pgbouncer', rdsClass: 'db.t4g.micro', maxTasks: 100 });
    const told = warnings.filter((warning) => warning.includes('PgBouncer'));
    assert.match(
      told[0] ?? '',
      /^The two PgBouncers have 60 server connections together, and 100 tasks .* keep 90 busy: then requests always wait/,
    );
    assert.match(told[0] ?? '', /--max-tasks 67 stays within them; a larger --rds-class has more\.$/);
    assert.match(told[1] ?? '', /^One PgBouncer alone cannot carry the queries of 100 tasks: they need 1\.19 vCPU/);
    assert.equal(told.length, 2);
    const within = planFor({ pooler: 'pgbouncer', rdsClass: 'db.t4g.micro', maxTasks: 67 });
    assert.ok(within.warnings.every((warning) => !warning.includes('always wait')));
  });

  it('says that requests fail where the clients of a task that ends are too many', () => {
    // 1 + 999 ms at 1 vCPU: 32 slots x 40 tasks / 2 = 640 clients x 8 ms = 5.1 s.
    const waiting = { pooler: 'pgbouncer', cpuMs: 1, waitMs: 999, rdsClass: 'db.r7g.2xlarge' } as const;
    const { warnings } = planFor({ ...waiting, maxTasks: 40 });
    assert.ok(
      warnings.some((warning) => /log in to the other within 5 s, and Django gives up after 5 s/.test(warning)),
    );
    assert.ok(planFor({ ...waiting, maxTasks: 39 }).warnings.every((warning) => !warning.includes('log in to')));
  });

  it('is refused where its threads cannot carry the queries, with a way out that holds', () => {
    // 1000 x 16.96 requests/s x 10 x 70 us = 11.9 vCPU; 168 tasks cost 1.995.
    const many = sizing({ pooler: 'pgbouncer', rdsClass: 'db.r7g.8xlarge', maxTasks: 1000 });
    assert.throws(
      () => solve(many),
      /the queries of 1000 tasks cost PgBouncer 11\.88 vCPU at 10 queries a request, and its 2 tasks have one thread each\.[^]*--max-tasks 168: 2 vCPU <= 2/,
    );
    assert.equal(solve({ ...many, maxTasks: 168 }).service.maxTasks.value, 168);
    assert.throws(() => solve({ ...many, maxTasks: 169 }), /PgBouncer/);
    assert.throws(() => solve(sizing({ ...many, minTasks: 1000 })), /--min-tasks 168 --max-tasks 168/);
  });

  it('is no way out where its pools would be far too small', () => {
    const outcome = trySolve(sizing({ rdsMaxConnections: 20, minTasks: 10 }));
    assert.ok('refusal' in outcome);
    const [, way] = outcome.refusal.waysOut;
    assert.equal(way?.changes, undefined);
    assert.match(
      way?.text ?? '',
      /^PgBouncer in front of RDS: not possible, 10 tasks .* keep 9 connections busy, and its 2 tasks would share 2$/,
    );
  });

  it('costs two tasks more, with what watches and finds them', () => {
    const { cost } = planFor({ pooler: 'pgbouncer' });
    const without = planFor().cost;
    // 2 x (0.25 x $0.04048 + 0.5 x $0.004445) x 730 h = $18.
    assert.equal(cost.pgbouncerUsdPerMonth?.value, 18);
    // 4 alarm metrics x $0.1 + (11 + 6 + 2) metrics x $0.3 = $6.1, beside $12.2; a private zone $0.5, rounded up.
    assert.equal(cost.monitoringUsdPerMonth.value, (without.monitoringUsdPerMonth.value ?? 0) + 6);
    assert.equal(cost.dnsUsdPerMonth?.value, 1);
    assert.equal(cost.totalUsdPerMonth.value, (without.totalUsdPerMonth.value ?? 0) + 18 + 6 + 1);
  });

  it('is refused where nothing is left for a pool, with ways out that hold', () => {
    const answers = sizing({ pooler: 'pgbouncer', broker: 'sqs', rdsMaxConnections: 40 });
    const outcome = trySolve(answers);
    assert.ok('refusal' in outcome);
    // 24 + 18 + 2 = 44 > 40; three Celery workers hold 18: 38.
    assert.equal(
      outcome.refusal.reason,
      '2 PgBouncer tasks x 1 + 24 Celery + 1 migration + 2 operators + 15 reserved = 44 connections, but db.t4g.small holds 40.',
    );
    assert.equal(outcome.refusal.waysOut.length, 2);
    for (const { text, changes } of outcome.refusal.waysOut) {
      assert.ok('plan' in trySolve({ ...answers, ...changes }), text);
    }
    assert.throws(
      () => solve(answers),
      /\nTwo ways out:\n {2}1\. .*--rds-class db\.t4g\.small.*\n {2}2\. fewer Celery workers/u,
    );
  });
});
