import assert from 'node:assert/strict';
import { parse as parseYaml } from 'yaml';
import { resolveAnswers } from '../../../core/answers/resolve.ts';
import type { AnswerKey, Answers } from '../../../core/answers/types.ts';
import { files } from '../../../core/emit/files.ts';
import { render } from '../../../core/emit/render.ts';
import { toSlug } from '../../../core/facts/derivedNames.ts';
import { createView } from '../../../core/emit/view.ts';
import { InternalError } from '../../../core/errors.ts';
import { regions } from '../../../core/facts/regions.ts';
import { ciFeatures } from '../../../core/features/ci/ciFeatures.ts';
import { nameReason } from '../../../core/answers/nameReason.ts';
import { solve } from '../../../core/plan/solve.ts';
import type { Plan } from '../../../core/plan/types.ts';
import { readTemplates } from '../../../disk/package/readTemplates.ts';
import { cloudFormationTags } from '../../support/cloudFormation.ts';

type View = Readonly<Record<string, unknown>> & {
  readonly plan: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly why: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
};

const everyTemplate = await readTemplates();

function answersFor(changes: Partial<Record<AnswerKey, unknown>> = {}): Answers {
  const door = new Map(Object.entries(changes).map(([key, value]) => [key, { value, origin: key }]));
  return resolveAnswers([door], { projectName: 'my_shop' }).answers;
}

function viewOf(changes: Partial<Record<AnswerKey, unknown>> = {}): View {
  const answers = answersFor(changes);
  return createView(answers, solve(answers)) as View;
}

describe('core/emit/view', () => {
  it('gives the names, versions and switches that templates use', () => {
    const { plan: _plan, why: _why, ...view } = viewOf({ region: 'eu-central-1' });
    assert.deepEqual(view, {
      project: 'my_shop',
      slug: 'my-shop',
      region: 'eu-central-1',
      partition: 'aws',
      dnsSuffix: 'amazonaws.com',
      django: '5.2',
      pythonImage: '3.13',
      pythonMinimum: '3.11',
      postgresMajor: '17',
      rdsClass: 'db.t4g.small',
      architecture: 'X86_64',
      platform: 'linux/amd64',
      https: false,
      domain: '',
      ci: ciFeatures.github,
      ciPaths: ['.github', '.gitlab-ci.yml', 'bitbucket-pipelines.yml', 'buildspec.yml', 'renovate.json'],
      staticFiles: 'whitenoise',
      user: 'custom',
      assets: 'none',
      nodeMajor: 24,
      otherPythons: 'python3.14 python3.12 python3.11',
      media: 's3',
      mediaRoles: [
        { resource: 'UploadsOfWeb', name: 'my-shop-task' },
        { resource: 'UploadsOfOps', name: 'my-shop-ops' },
      ],
      tmpOnDisk: false,
      infrastructure: 'cloudformation',
      egress: 'nat',
      errors: 'none',
      logRetentionDays: 30,
      multiAz: false,
      postgresVersion: '17',
      postgresPinned: false,
      databaseFreeStorageBytes: 2_147_483_648,
      burstable: true,
      databaseCpuCreditsWhy: '2 vCPU x 30 credits, for 15 min: half an hour of full load is left',
      slowestRequestSeconds: 30,
      ...{ celery: false, beat: false, broker: 'none', protects: false, celeryFromZero: false },
      ...{ brokerNode: 'cache.t4g.small', pgbouncer: false },
      ...{ poolerNamespace: 'my-shop.internal', poolerWaitAlarmMicroseconds: 0 },
      webDatabase: { host: 'RDS_ENDPOINT', port: 5432 },
      ...{ mail: 'none', mailFrom: '""', serverEmail: '""', mailDomain: '', mailHost: '', mailPort: 587 },
      ...{ mailUser: '', mailLogin: false, dkimRecords: [1, 2, 3] },
      mailRoleNames: 'my-shop-task my-shop-ops',
      mailRoles: [
        { resource: 'SendFromWeb', name: 'my-shop-task' },
        { resource: 'SendFromOps', name: 'my-shop-ops' },
      ],
      beatTask: { cpuUnits: 256, memoryMiB: 512 },
      stackNames: '"network", "platform", "data", "media", "service"',
    });
  });

  it('says what a worker has', () => {
    const { plan: _plan, why: _why, ...without } = viewOf();
    const switches = (changes: Partial<Record<AnswerKey, unknown>>) => {
      const { plan: _p, why: _w, ...view } = viewOf({ ...changes, rdsClass: 'db.m7g.large' });
      return Object.fromEntries(
        Object.entries(view).filter(([key, value]) => value !== without[key] && typeof value === 'boolean'),
      );
    };
    const worker = { burstable: false, celery: true };
    assert.deepEqual(switches({ broker: 'sqs' }), worker);
    assert.deepEqual(switches({ broker: 'sqs', celeryMinTasks: 0, beat: true }), {
      ...worker,
      celeryFromZero: true,
      beat: true,
    });
    assert.deepEqual(switches({ broker: 'redis', egress: 'endpoints' }), worker);
    assert.deepEqual(switches({ broker: 'redis', celeryLongestTaskSeconds: 101 }), { ...worker, protects: true });
    assert.equal(viewOf({ broker: 'redis', region: 'me-south-1' })['brokerNode'], 'cache.t3.small');
    assert.equal(viewOf({ broker: 'sqs' }).why['celery']?.['busyTargetPercent']?.length, 1);
  });

  it('says where the web tasks find their database', () => {
    const pooled = viewOf({ pooler: 'pgbouncer' });
    assert.equal(pooled['pgbouncer'], true);
    assert.deepEqual(pooled['webDatabase'], { host: 'pgbouncer.my-shop.internal', port: 6432 });
    assert.ok((pooled.plan['pgbouncer']?.['poolSize'] ?? 0) > 0);
    assert.equal(pooled.why['pgbouncer']?.['tasks']?.length, 1);
    assert.equal(pooled['stackNames'], '"network", "platform", "data", "media", "pgbouncer", "service"');
    assert.equal(pooled['poolerWaitAlarmMicroseconds'], (pooled.plan['pgbouncer']?.['waitAlarmMs'] ?? 0) * 1000);
    const all = viewOf({ pooler: 'pgbouncer', broker: 'sqs', static: 's3' });
    assert.equal(
      all['stackNames'],
      '"network", "platform", "data", "static", "media", "broker", "pgbouncer", "service"',
    );
    const without = viewOf();
    assert.equal(without.plan['pgbouncer'], undefined);
    assert.equal(without.why['pgbouncer'], undefined);
  });

  it('says where a /tmp is that is too large to be paid as memory', () => {
    const on = (largestUploadMiB: number) =>
      viewOf({ vcpu: 2, rdsClass: 'db.m7g.large', largestUploadMiB })['tmpOnDisk'];
    assert.deepEqual([on(19), on(20)], [false, true]);
  });

  it('says in which order the stacks are made', () => {
    const names = (changes: Partial<Record<AnswerKey, unknown>>) => viewOf(changes)['stackNames'];
    assert.equal(names({}), '"network", "platform", "data", "media", "service"');
    assert.equal(
      names({ broker: 'sqs', static: 's3' }),
      '"network", "platform", "data", "static", "media", "broker", "service"',
    );
  });

  it('says whom mail is from, and who may send it', () => {
    const ses = viewOf({ mail: 'ses', domain: 'shop.example.com', broker: 'sqs' });
    assert.deepEqual([ses['mailFrom'], ses['mailDomain']], ['"noreply@shop.example.com"', 'shop.example.com']);
    assert.equal(ses['serverEmail'], ses['mailFrom']);
    const roles = ses['mailRoles'] as readonly { readonly name: string }[];
    assert.deepEqual(
      roles.map(({ name }) => name),
      ['my-shop-task', 'my-shop-worker', 'my-shop-ops'],
    );
    const server = { mail: 'smtp', mailFrom: 'Shop <a@example.com>', serverEmail: 'b@example.org' };
    const smtp = viewOf({ ...server, mailHost: 'smtp.example.com', mailUser: 'shop' });
    assert.deepEqual([smtp['mailDomain'], smtp['serverEmail']], ['example.com', '"b@example.org"']);
    assert.equal(smtp['mailLogin'], true);
    // The stack is that of SES.
    assert.equal(ses['stackNames'], '"network", "platform", "data", "media", "mail", "broker", "service"');
    assert.equal(smtp['stackNames'], '"network", "platform", "data", "media", "service"');
  });

  it('follows the other answers', () => {
    const view = viewOf({
      ...{ domain: 'shop.example.com', architecture: 'ARM64', django: '6.1', rdsEngineVersion: '16.15', ci: 'none' },
      ...{ slowestRequestSeconds: 60, rdsClass: 'db.m7g.large' },
    });
    assert.deepEqual([view['https'], view['domain']], [true, 'shop.example.com']);
    assert.deepEqual([view['architecture'], view['platform']], ['ARM64', 'linux/arm64']);
    assert.deepEqual([view['django'], view['pythonMinimum'], view['postgresMajor']], ['6.1', '3.12', '16']);
    assert.equal(view['ci'], ciFeatures.none);
    assert.deepEqual([view['slowestRequestSeconds'], view['rdsClass']], [60, 'db.m7g.large']);
  });

  it("holds every value of the plan, and every reason in lines of at most 88 columns, without a comment's sign", () => {
    const answers = answersFor();
    const plan: Plan = solve(answers);
    const view = createView(answers, plan) as View;
    const { cost: _cost, warnings: _warnings, ...sections } = plan;
    for (const [name, section] of Object.entries(sections)) {
      assert.deepEqual(Object.keys(view.plan[name] ?? {}), Object.keys(section));
      for (const [key, { value, why }] of Object.entries(section)) {
        assert.equal(view.plan[name]?.[key], value);
        const lines = view.why[name]?.[key] ?? [];
        assert.equal(lines.join(' '), why);
        assert.ok(lines.length > 0 && lines.every((line) => line.length <= 88 && !/^\s*#|\s$/.test(line)), why);
      }
    }
    assert.deepEqual(Object.keys(view.plan), Object.keys(sections));
  });

  it('leaves cost and warnings out: prices age, and belong on the screen', () => {
    const view = viewOf();
    assert.ok(!('cost' in view.plan) && !('warnings' in view) && !('cost' in view));
  });

  it('is made for every region that is taken', () => {
    for (const { name, partition } of regions) {
      if (partition === 'aws') {
        assert.equal(viewOf({ region: name })['region'], name);
      }
    }
  });

  it('refuses values that no parser let through: a bug, not an input', () => {
    const answers = answersFor();
    const plan = solve(answers);
    const wrong: readonly Partial<Record<AnswerKey, unknown>>[] = [
      { projectName: 'a"; import os' },
      { projectName: '' },
      { domain: 'example.com\n' },
      { domain: '$(id)' },
      { rdsClass: 'db.t4g.small #' },
      { region: 'moon-1' },
      { django: '4.2' },
      { rdsEngineVersion: '' },
    ];
    for (const changes of wrong) {
      assert.throws(
        () => createView({ ...answers, ...changes } as Answers, plan),
        InternalError,
        JSON.stringify(changes),
      );
    }
  });

  it('writes the project with hyphens for AWS', () => {
    assert.equal(toSlug('a_b_c'), 'a-b-c');
    assert.equal(toSlug('shop'), 'shop');
  });
});

describe('core/emit/view: names that YAML takes for something else', () => {
  // What YAML 1.1 or 1.2 reads as a boolean, null or number, where it is a name that a project may have.
  const names = ['no', 'yes', 'off', 'on', 'null', 'true', 'false', 'nan', 'inf'].filter(
    (name) => nameReason(name) === undefined,
  );
  const customTags = [...cloudFormationTags];
  const templates = [...new Set(files.map(({ template }) => template))].filter((template) =>
    /\.ya?ml\.ejs$/.test(template),
  );
  const brokers = ['none', 'sqs', 'redis'] as const;
  const isBrokers = (template: string): boolean => /broker-/.test(template);
  /** Each template with answers that it is for; what differs by broker with each. */
  const cases = templates.flatMap((template) =>
    brokers.filter((broker) => !isBrokers(template) || template.includes(broker)).map((broker) => [template, broker]),
  );

  /** A pooler where there is a broker, and where the template is about it. */
  const poolerFor = (template: string, broker = 'none') =>
    broker === 'none' && !template.includes('pgbouncer') ? 'none' : 'pgbouncer';

  /** Every key and scalar of a parsed file. */
  function scalars(value: unknown): readonly unknown[] {
    return typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, inner]) => [key, ...scalars(inner)])
      : [value];
  }

  for (const name of names) {
    for (const version of ['1.1', '1.2'] as const) {
      it(`a project called ${name} is called so in every YAML file, for YAML ${version}`, () => {
        for (const [template = '', broker] of cases) {
          const text = new TextDecoder().decode(everyTemplate.get(template));
          const read = (projectName: string): readonly unknown[] => {
            const view = viewOf({
              ...{ projectName, broker, beat: broker !== 'none' },
              pooler: poolerFor(template, broker),
            });
            return scalars(
              parseYaml(render(template, text, view, everyTemplate), { version, customTags, merge: true }),
            );
          };
          // The same file for an ordinary name of the same length tells what stands where.
          const ordinary = 'q'.repeat(name.length);
          const expected = read(ordinary).map((value) =>
            typeof value === 'string' ? value.replaceAll(ordinary, name) : value,
          );
          assert.deepEqual(read(name), expected, template);
        }
      });
    }
  }
});
