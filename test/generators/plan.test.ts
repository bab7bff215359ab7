import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Answers } from '../../core/answers/types.ts';
import { solve } from '../../core/plan/solve.ts';
import type { Plan } from '../../core/plan/types.ts';
import { generate, scratch } from '../support/generate.ts';
import type { GenerateOptions } from '../support/generate.ts';
import { filesIn, treeOf } from '../support/tree.ts';
import { answersOf } from './matrix.ts';

interface Printed {
  readonly answers: Answers;
  readonly plan: Plan;
}

const plan = (options: Partial<GenerateOptions> = {}) => generate('plan', { cwd: scratch(), ...options });

async function printed(options: Partial<GenerateOptions>): Promise<Printed> {
  const { code, message, stdout } = await plan({ ...options, flags: { ...options.flags, json: true } });
  assert.equal(code, 0, message);
  return JSON.parse(stdout) as Printed;
}

const defaults = answersOf({ name: '', given: {} });

describe('plan', () => {
  it('asks nothing, prints the table with its reasons and warnings, and writes nothing', async () => {
    const cwd = scratch();
    const { code, message, stdout, questions } = await plan({ cwd, answers: {} });
    assert.equal(code, 0, message);
    assert.deepEqual(questions, []);
    assert.deepEqual(filesIn(cwd), []);
    assert.match(stdout, /^The plan\n/u);
    assert.match(stdout, /^ {2}gunicorn workers +2 +min\(max\(2, ceil\(0\.5 vCPU\)\)/mu);
    assert.match(stdout, /^ {2}connections planned +98 +4 x 20 \+ 1 migration \+ 2 operators \+ 15 reserved = 98/mu);
    assert.match(stdout, /^! HTTP ONLY/mu);
    assert.doesNotMatch(stdout, /undefined|NaN|\[object|Repository:/u);
  });

  it('has no line wider than the terminal and no blank at the end of one', async () => {
    const { stdout } = await plan({ flags: { vcpu: '4', 'rds-class': 'db.t4g.medium' } });
    for (const line of stdout.split('\n')) {
      assert.ok(line.length <= 120, line);
      assert.equal(line, line.trimEnd());
    }
  });

  it('prints every number of the table from the plan', async () => {
    const flags = { vcpu: '2', 'rds-class': 'db.m7g.large', 'slowest-request': '60' };
    const { stdout } = await plan({ flags });
    const solved = solve({ ...defaults, vcpu: 2, rdsClass: 'db.m7g.large', slowestRequestSeconds: 60 });
    const rows: readonly (readonly [string, unknown])[] = [
      ['task CPU', `${solved.task.cpuUnits.value} units`],
      ['task memory', `${solved.task.memoryMiB.value} MiB`],
      ['gunicorn workers', solved.gunicorn.workers.value],
      ['gunicorn threads', solved.gunicorn.threads.value],
      ['web tasks, maximum', solved.service.maxTasks.value],
      ['max_connections', solved.database.maxConnections.value],
      ['connections planned', solved.database.plannedConnections.value],
      ['gunicorn timeout', `${solved.gunicorn.timeoutSeconds.value} s`],
      ['ALB idle timeout', `${solved.loadBalancer.idleTimeoutSeconds.value} s`],
      ['ECS stopTimeout', `${solved.service.stopTimeoutSeconds.value} s`],
    ];
    for (const [name, value] of rows) {
      assert.ok(
        stdout.split('\n').some((line) => line.startsWith(`  ${name} `) && line.includes(` ${String(value)} `)),
        `${name} ${String(value)}`,
      );
    }
  });

  it('says what the cost is at least where prices are missing, and that it is unknown where all are', async () => {
    const { stdout } = await plan({ flags: { region: 'ap-southeast-2' } });
    assert.match(stdout, /^ {2}cost a month +at least \$11 /mu);
    const none = await plan({ flags: { region: 'ap-southeast-2', infrastructure: 'none' } });
    assert.match(none.stdout, /^ {2}cost a month +unknown /mu);
  });

  it('prints JSON and nothing else with --json: value, why and source of every size', async () => {
    const flags = { vcpu: '2', 'rds-class': 'db.m7g.large' };
    const { plan: found, answers } = await printed({ flags });
    const expected = { ...defaults, vcpu: 2, rdsClass: 'db.m7g.large' };
    assert.deepEqual({ ...answers, projectName: 'shop' }, expected);
    assert.deepEqual(found, JSON.parse(JSON.stringify(solve(expected))));
    const { warnings, ...sections } = found;
    assert.ok(Array.isArray(warnings));
    for (const item of Object.values(sections).flatMap((section) => Object.values(section))) {
      assert.deepEqual(Object.keys(item), ['value', 'why', 'source']);
    }
  });

  it('takes an answers file', async () => {
    const cwd = scratch();
    writeFileSync(path.join(cwd, 'a.json'), '{"vcpu": 8, "rdsClass": "db.r7g.xlarge"}');
    const { answers } = await printed({ cwd, flags: { answers: 'a.json' } });
    assert.deepEqual([answers.vcpu, answers.rdsClass], [8, 'db.r7g.xlarge']);
  });

  it('refuses what is no answer about sizes, and says what it takes', async () => {
    for (const flags of [{ ci: 'none' }, { 'dry-run': true }, { django: '6.1' }, { 'project-name': 'shop' }]) {
      const { code, message, stdout } = await plan({ flags });
      assert.deepEqual([code, stdout], [2, '']);
      assert.match(message, /^--[\w-]+: not a flag of this command\./u);
    }
  });

  it('refuses what does not fit, with three ways out', async () => {
    const { code, message, stdout } = await plan({
      flags: { vcpu: '16', 'rds-class': 'db.t4g.micro', 'min-tasks': '10', json: true },
    });
    assert.equal(code, 2);
    assert.deepEqual(JSON.parse(stdout), { error: { code: 2, what: 'refused', message } });
    assert.match(message, /^The plan does not fit: .*\nThree ways out:\n {2}1\. .*\n {2}2\. .*\n {2}3\. .*$/u);
  });

  describe('in a generated repository', () => {
    let shop = '';
    const flags = { vcpu: '2', 'rds-class': 'db.m7g.large', 'max-tasks': '7', 'multi-az': true };

    before(async () => {
      const cwd = scratch();
      shop = path.join(cwd, 'shop');
      const { code, message } = await generate('app', { cwd, args: ['shop'], flags: { yes: true, ...flags } });
      assert.equal(code, 0, message);
    });

    it('starts from its answers and prints which one it is, from any folder of it', async () => {
      const before = treeOf(shop);
      for (const folder of ['.', 'shop/settings', 'deploy']) {
        const { code, message, stdout } = await plan({ cwd: path.join(shop, folder) });
        assert.equal(code, 0, message);
        assert.ok(stdout.startsWith(`Repository: ${shop}\n\nThe plan\n`), stdout.slice(0, 200));
        assert.match(stdout, /^ {2}task CPU +2048 units/mu);
        assert.match(stdout, /^ {2}web tasks, maximum +7 /mu);
      }
      assert.deepEqual(treeOf(shop), before);
    });

    it('is found by the folder that is named, too', async () => {
      const { stdout } = await plan({ cwd: path.dirname(shop), args: ['shop/deploy'] });
      assert.ok(stdout.startsWith(`Repository: ${shop}\n`));
    });

    it('takes a flag over its answers', async () => {
      const { answers } = await printed({ cwd: path.join(shop, 'tests'), flags: { vcpu: '4' } });
      assert.deepEqual([answers.vcpu, answers.maxTasks, answers.projectName], [4, 7, 'shop']);
    });

    it('prints the same plan that stands in its deploy/sizing.json', async () => {
      const { plan: found } = await printed({ cwd: shop });
      const sizing = JSON.parse(treeOf(shop)['deploy/sizing.json'] ?? '') as Plan;
      for (const [name, section] of Object.entries(sizing)) {
        for (const [key, item] of Object.entries(section as object)) {
          const { value, why } =
            (found as unknown as Record<string, Record<string, Record<string, unknown>>>)[name]?.[key] ?? {};
          assert.deepEqual({ value, why }, item, `${name}.${key}`);
        }
      }
    });
  });

  it('does not search upward for a mere .yo-rc.json', async () => {
    const cwd = scratch();
    const stored = { 'generator-django-fargate': { vcpu: 4, rdsClass: 'db.m7g.large' } };
    writeFileSync(path.join(cwd, '.yo-rc.json'), JSON.stringify(stored));
    mkdirSync(path.join(cwd, 'sub'));
    assert.equal((await printed({ cwd })).answers.vcpu, 4);
    assert.equal((await printed({ cwd: path.join(cwd, 'sub') })).answers.vcpu, 0.5);
  });

  it('asks with --ask-all only what decides sizes or the cost', async () => {
    const { code, message, questions } = await plan({ flags: { 'ask-all': true }, answers: { vcpu: 1 } });
    assert.equal(code, 0, message);
    const asked = questions.map(({ name }) => name);
    assert.ok(['vcpu', 'waitMs', 'egress'].every((name) => asked.includes(name)));
    for (const name of ['projectName', 'ci', 'django', 'python', 'rdsEngineVersion', 'logRetentionDays']) {
      assert.ok(!asked.includes(name), `${name} was asked`);
    }
  });
});
