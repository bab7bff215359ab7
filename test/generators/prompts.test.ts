import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ciProviders } from '../../core/features/ci/providers.ts';
import { generate, scratch } from '../support/generate.ts';
import type { AskedQuestion, Generated } from '../support/generate.ts';
import { filesIn } from '../support/tree.ts';

const five = ['projectName', 'region', 'vcpu', 'rdsClass', 'ci'];

/** Every question of `--ask-all`, in order. */
const everything = [
  ...five,
  'memoryMiB',
  'architecture',
  'minTasks',
  'maxTasks',
  'rdsEngineVersion',
  'multiAz',
  'rdsMaxConnections',
  'slowestRequestSeconds',
  'cpuMs',
  'waitMs',
  'workerMemoryMiB',
  'largestUploadMiB',
  'domain',
  'django',
  'python',
  'infrastructure',
  'egress',
  'logRetentionDays',
  'user',
  'static',
  'media',
  'assets',
  'mail',
  'errors',
  'broker',
  'pooler',
];

const namesOf = ({ questions }: Generated) => questions.map(({ name }) => name);

function question({ questions }: Generated, name: string, index = 0): AskedQuestion {
  return questions.filter((asked) => asked.name === name)[index] ?? assert.fail(`${name} was not asked`);
}

const choicesOf = (asked: AskedQuestion) => asked.choices?.map((choice) => choice.name);

function ask(options: Partial<Parameters<typeof generate>[1]> = {}): Promise<Generated> {
  return generate('app', { cwd: scratch(), args: ['my shop'], answers: {}, flags: { 'dry-run': true }, ...options });
}

describe('the questions', () => {
  it('are five, in order, then one confirmation', async () => {
    const cwd = scratch();
    const run = await generate('app', { cwd, args: ['my shop'], answers: {} });
    assert.equal(run.code, 0, run.message);
    assert.deepEqual(namesOf(run), [...five, 'confirmed']);
    assert.ok(filesIn(path.join(cwd, 'my shop')).includes('manage.py'));
  });

  it('say what each answer decides', async () => {
    const run = await ask();
    assert.deepEqual(
      run.questions.map(({ message }) => message),
      [
        'Project name (Python package of the project; the names on AWS are derived from it)',
        'AWS region (where everything runs; affects the prices)',
        'vCPU of a web task (decides workers, threads, memory and capacity)',
        'RDS instance class (limits the connections, and so the number of tasks)',
        'CI provider (its pipeline tests every push and releases pushes to main)',
      ],
    );
  });

  it('propose the default, which Enter takes', async () => {
    const run = await ask();
    assert.deepEqual(
      run.questions.map(({ name, type, default: proposed }) => [name, type, proposed]),
      [
        ['projectName', 'input', 'my_shop'],
        ['region', 'input', 'us-east-1'],
        ['vcpu', 'select', 0.5],
        ['rdsClass', 'select', 'db.t4g.small'],
        ['ci', 'select', 'github'],
      ],
    );
  });

  it('show what a choice decides', async () => {
    const run = await ask();
    assert.deepEqual(choicesOf(question(run, 'vcpu')), [
      '0.25  0.5 to 2 GiB',
      '0.5   1 to 4 GiB',
      '1     2 to 8 GiB',
      '2     4 to 16 GiB',
      '4     8 to 30 GiB',
      '8     16 to 60 GiB',
      '16    32 to 120 GiB',
    ]);
    assert.deepEqual(choicesOf(question(run, 'ci')), ciProviders);
    const classes = choicesOf(question(run, 'rdsClass')) ?? [];
    assert.match(classes[0] ?? '', /^db\.t4g\.micro +1 GiB +~78 connections   ~\$12\/month$/u);
    assert.match(classes[1] ?? '', /^db\.t4g\.small +2 GiB +~178 connections   ~\$23\/month$/u);
    assert.equal(classes.at(-1), 'another');
    for (const word of ['GiB', 'connections']) {
      const columns = classes.slice(0, -1).map((name) => name.indexOf(word));
      assert.equal(new Set(columns).size, 1, `${word} stands in one column`);
    }
    assert.ok(classes.slice(0, -1).every((name) => /^db\.\w+\.\w+ +\d+ GiB +~\d+ connections/u.test(name)));
  });

  it('show prices of the region that was answered, and none where none is known', async () => {
    const run = await ask({ answers: { region: 'ap-southeast-2' } });
    const classes = choicesOf(question(run, 'rdsClass')) ?? [];
    assert.ok(classes.every((name) => !name.includes('$')));
    assert.match(classes[0] ?? '', /^db\.t4g\.micro +1 GiB +~78 connections$/u);
  });

  it('are left out for what a flag has answered', async () => {
    const run = await ask({ flags: { 'dry-run': true, vcpu: '1', 'project-name': 'bakery' } });
    assert.deepEqual(namesOf(run), ['region', 'rdsClass', 'ci']);
    const none = await ask({
      flags: {
        'dry-run': true,
        vcpu: '1',
        'project-name': 'bakery',
        region: 'eu-west-1',
        'rds-class': 'db.m7g.large',
        ci: 'none',
      },
    });
    assert.deepEqual(namesOf(none), []);
  });

  it('are left out for what the answers file has answered', async () => {
    const cwd = scratch();
    writeFileSync(path.join(cwd, 'answers.json'), '{"vcpu": 1, "domain": "example.com"}');
    const run = await ask({ cwd, flags: { 'dry-run': true, answers: 'answers.json' } });
    assert.deepEqual(namesOf(run), ['projectName', 'region', 'rdsClass', 'ci']);
    assert.doesNotMatch(run.stdout, /HTTP ONLY/u);
  });

  it('propose what .yo-rc.json has stored, and ask all the same', async () => {
    const cwd = scratch();
    mkdirSync(path.join(cwd, 'shop'));
    const stored = { projectName: 'bakery', vcpu: 2, rdsClass: 'db.m6i.large', ci: 'gitlab', region: 'eu-west-3' };
    writeFileSync(path.join(cwd, 'shop', '.yo-rc.json'), JSON.stringify({ 'generator-django-fargate': stored }));
    const run = await ask({ cwd, args: ['shop'] });
    assert.deepEqual(
      run.questions.map(({ name, default: proposed }) => [name, proposed]),
      [
        ['projectName', 'bakery'],
        ['region', 'eu-west-3'],
        ['vcpu', 2],
        ['rdsClass', ''],
        ['rdsClass', 'db.m6i.large'],
        ['ci', 'gitlab'],
      ],
    );
    assert.equal(question(run, 'rdsClass', 1).answer, 'db.m6i.large', 'Enter twice keeps it');
  });

  it('propose AWS_REGION', async () => {
    const run = await ask({ environment: { AWS_REGION: 'eu-north-1' } });
    assert.equal(question(run, 'region').default, 'eu-north-1');
  });

  it('take their answers over what is stored', async () => {
    const run = await ask({
      answers: { projectName: 'bakery', region: 'eu-west-1', vcpu: 2, rdsClass: 'db.m7g.large', ci: 'codebuild' },
      flags: { verbose: true },
    });
    assert.equal(run.code, 0, run.message);
    assert.match(run.stdout, /task CPU +2048 units/u);
    assert.match(run.stdout, /for db\.m7g\.large/u);
    assert.match(run.stdout, /\+ bakery\/wsgi\.py/u);
    assert.match(run.stdout, /\+ buildspec\.yml/u);
  });

  describe('of --ask-all', () => {
    const askAll = { 'dry-run': true, 'ask-all': true };

    it('are all of them', async () => {
      const run = await ask({ flags: askAll });
      assert.equal(run.code, 0, run.message);
      assert.deepEqual(namesOf(run), everything);
    });

    it('go on to the worker when a broker is chosen', async () => {
      const run = await ask({ flags: askAll, answers: { broker: 'sqs' } });
      assert.equal(run.code, 0, run.message);
      const more = namesOf(run).slice(everything.indexOf('broker') + 1);
      assert.deepEqual(
        more,
        'celeryLongestTaskSeconds celeryQueueDelaySeconds celeryVcpu celeryMaxTasks celeryMinTasks celeryTaskMs beat pooler'.split(
          ' ',
        ),
      );
    });

    it('leave what is computed to be computed when it is left empty', async () => {
      const cwd = scratch();
      const run = await ask({ cwd, flags: askAll });
      const computed = ['memoryMiB', 'maxTasks', 'rdsMaxConnections', 'domain'];
      for (const name of computed) {
        const asked = question(run, name);
        assert.match(asked.message, /; empty: /u);
        assert.equal(asked.default, undefined);
        assert.equal(asked.validate?.(''), true);
      }
      assert.match(question(run, 'memoryMiB').message, /empty: computed: the smallest/u);
      const { stdout } = await ask({ cwd });
      assert.equal(run.stdout, stdout);
    });

    it('do not take nothing for what is not computed', async () => {
      const run = await ask({ flags: askAll });
      for (const name of ['projectName', 'region', 'minTasks', 'cpuMs', 'rdsEngineVersion']) {
        assert.equal(typeof question(run, name).validate?.(''), 'string', name);
      }
    });

    it('take numbers, texts and yes or no', async () => {
      const given = { memoryMiB: '2048', maxTasks: '6', multiAz: true, domain: 'example.com', django: '6.1' };
      const run = await ask({ flags: { 'ask-all': true }, answers: given });
      assert.equal(run.code, 0, run.message);
      assert.equal(question(run, 'multiAz').type, 'confirm');
      assert.equal(question(run, 'multiAz').default, false);
      assert.match(run.stdout, /task memory +2048 MiB/u);
      assert.match(run.stdout, /web tasks, maximum +6 /u);
      assert.doesNotMatch(run.stdout, /HTTP ONLY|Single-AZ/u);
    });

    it('leave out what a flag has answered', async () => {
      const run = await ask({ flags: { ...askAll, 'multi-az': true, 'max-tasks': '4' } });
      assert.deepEqual(
        namesOf(run),
        everything.filter((name) => name !== 'multiAz' && name !== 'maxTasks'),
      );
    });
  });

  describe('about the RDS class', () => {
    it('open a text for another one', async () => {
      const run = await ask({ answers: { rdsClass: ['', 'db.r6g.large'] } });
      assert.equal(run.code, 0, run.message);
      assert.deepEqual(namesOf(run), ['projectName', 'region', 'vcpu', 'rdsClass', 'rdsClass', 'ci']);
      assert.equal(question(run, 'rdsClass', 1).type, 'input');
      assert.match(run.stdout, /for db\.r6g\.large/u);
    });

    it('check the text as the flag is checked', async () => {
      const run = await ask({ answers: { rdsClass: ['', 'db.r6g.large'] } });
      const { validate } = question(run, 'rdsClass', 1);
      assert.equal(validate?.('db.r6g.large'), true);
      const refused = await generate('app', {
        cwd: scratch(),
        args: ['shop'],
        flags: { yes: true, 'rds-class': 'db.r6g.larg' },
      });
      assert.equal(refused.message, `--rds-class db.r6g.larg: ${String(validate?.('db.r6g.larg'))}.`);
      assert.match(refused.message, /nearest: .*db\.r6g\.large/u);
    });

    it('refuse a class of unknown size without its connections, and write nothing', async () => {
      const cwd = scratch();
      const run = await generate('app', { cwd, args: ['shop'], answers: { rdsClass: ['', 'db.m99g.large'] } });
      assert.equal(run.code, 2);
      assert.match(run.message, /--rds-max-connections/u);
      assert.deepEqual(filesIn(cwd), []);
    });
  });

  describe('check what is typed', () => {
    const wrong: readonly (readonly [string, unknown, RegExp])[] = [
      ['projectName', 'class', /keyword of Python/u],
      ['projectName', '-shop', /allowed: lowercase letters/u],
      ['projectName', '', /allowed/u],
      ['region', 'eu-central-9', /nearest: .*eu-central-1/u],
      ['memoryMiB', 'much', /whole number of MiB/u],
      ['minTasks', '0', /too small; allowed: .* from 1 to 1000; nearest: 1/u],
      ['maxTasks', '1.5', /not a whole number/u],
      ['rdsEngineVersion', '9.6', /allowed: 14, 15/u],
      ['slowestRequestSeconds', '106', /nearest: 105/u],
      ['domain', 'https://example.com', /without https/u],
    ];
    for (const [name, value, problem] of wrong) {
      it(`${name}: ${JSON.stringify(value)}`, async () => {
        const run = await ask({ flags: { 'dry-run': true, 'ask-all': true } });
        assert.match(String(question(run, name).validate?.(value)), problem);
      });
    }

    it('a right answer passes', async () => {
      const run = await ask({ flags: { 'dry-run': true, 'ask-all': true } });
      assert.equal(question(run, 'projectName').validate?.('bakery'), true);
      assert.equal(question(run, 'region').validate?.('eu-west-2'), true);
      assert.equal(question(run, 'memoryMiB').validate?.('1024'), true);
      assert.equal(question(run, 'domain').validate?.('example.com'), true);
    });
  });

  it('name a bad flag before the first of them', async () => {
    const run = await ask({ flags: { region: 'mars' } });
    assert.equal(run.code, 2);
    assert.deepEqual(run.questions, []);
  });

  it('end in a refusal when the answers contradict each other', async () => {
    const run = await ask({ flags: { memory: '8192' }, answers: { vcpu: 0.25 } });
    assert.equal(run.code, 2);
    assert.match(run.message, /--memory 8192: .*0\.25 vCPU; allowed: 512, 1024, 2048/u);
    assert.deepEqual(namesOf(run), five);
  });
});

describe('the confirmation', () => {
  it('comes after the plan with its reasons, its warnings and the list of files', async () => {
    const run = await ask({ flags: { verbose: true } });
    const { printed, type, message, default: proposed } = question(run, 'confirmed');
    assert.deepEqual([type, message, proposed], ['confirm', 'Write these files?', true]);
    assert.match(printed, /^The plan$/mu);
    assert.match(printed, /^ {2}gunicorn workers +2 +min\(max\(2, ceil\(0\.5 vCPU\)\)/mu);
    assert.match(printed, /^! HTTP ONLY/mu);
    assert.match(printed, /^The changes in .*\/my shop$/mu);
    assert.match(printed, /^ {2}\+ \.gitignore$/mu);
    assert.match(printed, /^\d+ files to write\.\n\nIn short: 0\.5 vCPU, /mu);
    assert.ok(run.stdout.startsWith(printed));
    assert.match(run.stdout.slice(printed.length), /^Written\. Next:\n {2}cd 'my shop'\n {2}make dev\n/u);
  });

  it('lists exactly the files that are then written', async () => {
    const cwd = scratch();
    const run = await generate('app', { cwd, args: ['shop'], answers: {}, flags: { verbose: true } });
    const listed = [...run.stdout.matchAll(/^ {2}\+ (.+)$/gmu)].map(([, file]) => file);
    assert.deepEqual(listed, filesIn(path.join(cwd, 'shop')));
  });

  it('writes nothing after "no"', async () => {
    const cwd = scratch();
    const run = await generate('app', { cwd, args: ['a/b/shop'], answers: { confirmed: false } });
    assert.equal(run.code, 0);
    assert.match(run.stdout, /\nNothing was written\.\n$/u);
    assert.doesNotMatch(run.stdout, /Next:/u);
    assert.deepEqual(filesIn(cwd), []);
    assertNoFolder(cwd);
  });

  it('is not asked when there is nothing to write', async () => {
    const cwd = scratch();
    await generate('app', { cwd, args: ['shop'], flags: { yes: true } });
    const run = await generate('app', { cwd, args: ['shop'], answers: {} });
    assert.deepEqual(namesOf(run), five);
    assert.match(run.stdout, /\nEverything is up to date; nothing was written\.\n$/u);
  });

  it('is not asked in a dry run', async () => {
    const run = await ask();
    assert.deepEqual(namesOf(run), five);
    assert.match(run.stdout, /\nDry run: nothing was written\.\n$/u);
  });
});

function assertNoFolder(cwd: string): void {
  assert.throws(() => filesIn(path.join(cwd, 'a')), /ENOENT/u);
}
