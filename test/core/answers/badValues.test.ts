import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { declarations } from '../../../core/answers/declarations.ts';
import { parseProjectName } from '../../../core/answers/projectName.ts';
import type { AnswerKey } from '../../../core/answers/types.ts';
import { UserError } from '../../../core/errors.ts';
import { nearestRegions } from '../../../core/facts/regions.ts';
import { parse, resolve } from './sample.ts';

interface Bad {
  readonly name: string;
  readonly answers: Readonly<Partial<Record<AnswerKey, unknown>>>;
  /** What the message must hold: the value, what is allowed, and the nearest. */
  readonly says: readonly (string | RegExp)[];
}

const nameRule = 'lowercase letters, digits and single underscores, starting with a letter, 2 to 24 characters';

const bad: readonly Bad[] = [
  {
    name: 'a name with a leading hyphen',
    answers: { projectName: '-shop' },
    says: ['--project-name -shop:', nameRule, 'try shop.'],
  },
  {
    name: 'a keyword as a name',
    answers: { projectName: 'class' },
    says: ['--project-name class:', 'keyword of Python', 'try class_site.'],
  },
  {
    name: 'the name django',
    answers: { projectName: 'django' },
    says: ['--project-name django:', 'Django itself', 'try django_site.'],
  },
  {
    name: 'the name test',
    answers: { projectName: 'test' },
    says: ['--project-name test:', 'standard library', 'try test_site.'],
  },
  {
    name: 'the name json',
    answers: { projectName: 'json' },
    says: ['--project-name json:', 'standard library', 'try json_site.'],
  },
  {
    name: 'a non-ASCII name',
    answers: { projectName: 'café' },
    says: ['--project-name "café":', nameRule, 'try cafe.'],
  },
  {
    name: 'a name of 200 characters',
    answers: { projectName: 'a'.repeat(200) },
    says: [/^--project-name a{80}\.\.\.:/, nameRule, `try ${'a'.repeat(24)}.`],
  },
  {
    name: 'a name that is code',
    answers: { projectName: 'a"; import os' },
    says: [String.raw`--project-name "a\"; import os":`, nameRule, 'try a_import_os.'],
  },
  {
    name: 'a name with capitals',
    answers: { projectName: 'Shop' },
    says: ['--project-name Shop:', nameRule, 'try shop.'],
  },
  {
    name: 'a name with a line end',
    answers: { projectName: 'shop\n' },
    says: [String.raw`--project-name "shop\n":`, 'try shop.'],
  },
  {
    name: 'a name of one character',
    answers: { projectName: 'x' },
    says: ['--project-name x:', nameRule, 'try project_x.'],
  },
  { name: 'a name with two underscores', answers: { projectName: 'my__shop' }, says: [nameRule, 'try my_shop.'] },
  { name: 'a name that is a number', answers: { projectName: 8 }, says: ['--project-name 8:', 'try project_8.'] },
  {
    name: '--vcpu 3',
    answers: { vcpu: 3 },
    says: ['--vcpu 3:', 'allowed: 0.25, 0.5, 1, 2, 4, 8, 16', 'nearest: 2 or 4.'],
  },
  { name: '--vcpu 0', answers: { vcpu: '0' }, says: ['--vcpu 0:', 'nearest: 0.25.'] },
  { name: '--vcpu 1e1', answers: { vcpu: '1e1' }, says: ['--vcpu 1e1:', 'allowed: 0.25'] },
  { name: '--vcpu half', answers: { vcpu: 'half' }, says: ['--vcpu half:', 'allowed: 0.25, 0.5, 1'] },
  {
    name: 'memory that Fargate does not pair',
    answers: { vcpu: 0.5, memoryMiB: 8192 },
    says: ['--memory 8192:', '0.5 vCPU', 'allowed: 1024, 2048, 3072, 4096', 'nearest: 4096.'],
  },
  {
    name: 'memory between two sizes',
    answers: { memoryMiB: 1536 },
    says: ['--memory 1536:', 'nearest: 1024 or 2048.'],
  },
  { name: 'memory in GB', answers: { memoryMiB: '2GB' }, says: ['--memory 2GB:', 'MiB', '1024'] },
  {
    name: 'an unknown class',
    answers: { rdsClass: 'db.m99g.large' },
    says: ['--rds-class db.m99g.large:', /nearest: db\.m\S+, db\.m\S+ or db\.m\S+;/, '--rds-max-connections'],
  },
  {
    name: 'a misspelt class',
    answers: { rdsClass: 'db.t4g.smal' },
    says: ['--rds-class db.t4g.smal:', /nearest: db\.t4g\./],
  },
  {
    name: 'a class without db.',
    answers: { rdsClass: 't4g.small' },
    says: ['--rds-class t4g.small:', /nearest: db\.t4g\.small/],
  },
  {
    name: 'an unknown region',
    answers: { region: 'eu-central-9' },
    says: ['--region eu-central-9:', /nearest: eu-central-[12]/],
  },
  {
    name: 'a place for a region',
    answers: { region: 'Frankfurt' },
    says: ['--region Frankfurt:', 'nearest: eu-central-1'],
  },
  { name: 'a region of China', answers: { region: 'cn-north-1' }, says: ['--region cn-north-1:', 'China'] },
  { name: 'a region of GovCloud', answers: { region: 'us-gov-west-1' }, says: ['--region us-gov-west-1:', 'GovCloud'] },
  {
    name: 'a CI provider with a slip',
    answers: { ci: 'gitlub' },
    says: ['--ci gitlub:', 'allowed: github, gitlab, bitbucket, codebuild, none', /nearest: git(lab|hub)\./],
  },
  { name: 'another CI provider', answers: { ci: 'jenkins' }, says: ['--ci jenkins:', 'allowed: github, gitlab'] },
  {
    name: 'another architecture',
    answers: { architecture: 'arm64' },
    says: ['--architecture arm64:', 'allowed: X86_64, ARM64', 'nearest: ARM64.'],
  },
  { name: 'no task', answers: { minTasks: 0 }, says: ['--min-tasks 0:', 'from 1 to 1000', 'nearest: 1.'] },
  { name: 'half a task', answers: { minTasks: 1.5 }, says: ['--min-tasks 1.5:', 'whole number', 'from 1 to 1000'] },
  {
    name: 'more tasks than a service takes',
    answers: { maxTasks: '1001' },
    says: ['--max-tasks 1001:', 'nearest: 1000.'],
  },
  {
    name: 'a ceiling below the floor',
    answers: { minTasks: 5, maxTasks: 4 },
    says: ['--max-tasks 4:', 'below --min-tasks 5'],
  },
  {
    name: 'a request that is too slow',
    answers: { slowestRequestSeconds: 106 },
    says: ['--slowest-request 106:', 'from 1 to 105', 'nearest: 105.'],
  },
  {
    name: 'an average request above the slowest',
    answers: { slowestRequestSeconds: 1, cpuMs: 600, waitMs: 401 },
    says: ['--cpu-ms 600', '--wait-ms 401', '1001 ms', '--slowest-request 1 s'],
  },
  {
    name: 'too few connections',
    answers: { rdsMaxConnections: 19 },
    says: ['--rds-max-connections 19:', 'nearest: 20.'],
  },
  {
    name: 'a PostgreSQL that RDS does not have',
    answers: { rdsEngineVersion: '13' },
    says: ['--rds-engine-version 13:', 'allowed: 14, 15, 16, 17, 18'],
  },
  {
    name: 'a minor version that RDS does not have',
    answers: { rdsEngineVersion: '17.99' },
    says: ['--rds-engine-version 17.99:', 'allowed: 17, for the one that RDS chooses, or 17.1 to 17.11'],
  },
  {
    name: 'a minor version that was never on RDS',
    answers: { rdsEngineVersion: '18.5' },
    says: ['--rds-engine-version 18.5:', 'not a known minor version', '18.1 to 18.4, 18.6'],
  },
  {
    name: 'a version that may have lost its zero',
    answers: { rdsEngineVersion: 17.1 },
    says: ['--rds-engine-version 17.1:', '17.10', 'quotes'],
  },
  {
    name: 'a domain with https://',
    answers: { domain: 'https://example.com/' },
    says: ['--domain https://example.com/:', 'shop.example.com', 'without https://'],
  },
  {
    name: 'a domain with a capital',
    answers: { domain: 'Example.com' },
    says: ['--domain Example.com:', 'lowercase'],
  },
  { name: 'an address for a domain', answers: { domain: '10.0.0.1' }, says: ['--domain 10.0.0.1:', 'host name'] },
  { name: 'a domain of one label', answers: { domain: 'localhost' }, says: ['--domain localhost:', 'host name'] },
  {
    name: 'a Django that is out of support',
    answers: { django: '4.2' },
    says: ['--django 4.2:', 'allowed: 5.2, 6.1', 'nearest: 5.2.'],
  },
  {
    name: 'an old Python',
    answers: { python: '3.11' },
    says: ['--python 3.11:', 'not a Python version', 'allowed: 3.12, 3.13, 3.14, 3.15', 'nearest: 3.1'],
  },
  {
    name: 'a Python that Django does not run on',
    answers: { python: '3.15', django: '5.2' },
    says: ['--python 3.15 and --django 5.2:', 'Django 5.2 runs on Python 3.11 to 3.14'],
  },
  {
    name: 'a Python that CodeBuild does not have',
    answers: { python: '3.15', django: '6.1', ci: 'codebuild' },
    says: ['--python 3.15 and --ci codebuild:', 'up to 3.14', 'another CI provider'],
  },
  {
    name: 'static files in S3 with a capital',
    answers: { static: 'S3' },
    says: ['--static S3:', 'allowed: whitenoise, s3', 'nearest: s3.'],
  },
  {
    name: 'a project with the name of the app of the user model',
    answers: { projectName: 'accounts' },
    says: ['--project-name accounts and --user custom', 'another project name, or --user django'],
  },
  {
    name: 'errors in Sentry without a way to it',
    answers: { errors: 'sentry', egress: 'endpoints' },
    says: [
      '--errors sentry and --egress endpoints',
      'no way to Sentry',
      '--egress nat',
      '--errors none',
      'docs/errors.md',
    ],
  },
  {
    name: 'static files in S3 with nothing that creates the bucket',
    answers: { static: 's3', infrastructure: 'none' },
    says: ['--static s3', '--infrastructure none', '--static whitenoise'],
  },
  {
    name: 'mail by another service',
    answers: { mail: 'SES' },
    says: ['--mail SES:', 'allowed: none, ses, smtp', 'nearest: ses.'],
  },
  {
    name: 'a sender that is no address',
    answers: { mail: 'ses', mailFrom: 'noreply' },
    says: ['--mail-from noreply:', 'such as Shop <noreply@shop.example.com>'],
  },
  {
    name: 'a sender with quotes',
    answers: { mail: 'ses', mailFrom: '"Shop" <noreply@example.com>' },
    says: ['--mail-from', 'not a sender'],
  },
  {
    name: 'a sender that is too long for a line',
    answers: { mail: 'ses', mailFrom: `${'a'.repeat(61)}@example.com` },
    says: ['--mail-from', 'at most 72 characters'],
  },
  {
    name: 'mail from nobody',
    answers: { mail: 'ses' },
    says: ['--mail ses: no sender is known', '--mail-from', '--domain'],
  },
  {
    name: 'mail to no server',
    answers: { mail: 'smtp', mailFrom: 'noreply@example.com' },
    says: ['--mail smtp: no server is known', '--mail-host', '--mail ses'],
  },
  {
    name: 'a mail server with a port',
    answers: { mail: 'smtp', mailHost: 'smtp.example.com:587' },
    says: ['--mail-host smtp.example.com:587:', 'not the name of a server'],
  },
  {
    name: 'a mail server whose name is too long for a line',
    answers: { mail: 'smtp', mailHost: `${'a'.repeat(63)}.mail.smtp.example.com` },
    says: ['--mail-host', 'at most 80 characters'],
  },
  {
    name: 'a port that there is not',
    answers: { mail: 'smtp', mailPort: 70_000 },
    says: ['--mail-port 70000:', 'too large', 'nearest: 65535'],
  },
  {
    name: 'a user of mail with a space',
    answers: { mail: 'smtp', mailUser: 'shop mail' },
    says: ['--mail-user "shop mail":', 'not a user'],
  },
  {
    name: 'a mail server behind no way out',
    answers: { mail: 'smtp', mailFrom: 'noreply@example.com', mailHost: 'smtp.example.com', egress: 'endpoints' },
    says: ['--mail smtp and --egress endpoints:', '--mail ses', '--egress nat'],
  },
  {
    name: 'SES where it is not',
    answers: { mail: 'ses', mailFrom: 'noreply@example.com', region: 'ap-east-1' },
    says: ['--mail ses and --region ap-east-1:', '--mail smtp'],
  },
  {
    name: 'mail to admins from another domain than SES knows',
    answers: { mail: 'ses', mailFrom: 'noreply@example.com', serverEmail: 'root@example.org' },
    says: ['--server-email root@example.org:', 'example.com only'],
  },
  {
    name: 'another kind of infrastructure',
    answers: { infrastructure: 'terraform' },
    says: ['--infrastructure terraform:', 'allowed: cloudformation, none'],
  },
  {
    name: 'another egress',
    answers: { egress: 'endpoint' },
    says: ['--egress endpoint:', 'allowed: nat, endpoints', 'nearest: endpoints.'],
  },
  {
    name: 'a retention that CloudWatch does not have',
    answers: { logRetentionDays: 45 },
    says: ['--log-retention 45:', 'allowed: 1, 3, 5', 'nearest: 30 or 60.'],
  },
  { name: 'Multi-AZ maybe', answers: { multiAz: 'maybe' }, says: ['--multi-az maybe:', 'true or false'] },
  { name: 'an array', answers: { vcpu: [1, 2] }, says: ['--vcpu "[1,2]":', 'allowed: 0.25'] },
  { name: 'null', answers: { region: null }, says: ['--region null:', 'nearest:'] },
];

describe('core/answers: bad values', () => {
  for (const { name, answers, says } of bad) {
    it(`${name}: refused with the value, what is allowed and the nearest`, () => {
      assert.throws(
        () => resolve(answers),
        (error) => {
          assert.ok(error instanceof UserError, String(error));
          assert.equal(error.exitCode, 2);
          for (const text of says) {
            assert.ok(
              typeof text === 'string' ? error.message.includes(text) : text.test(error.message),
              `${error.message}\n${text}`,
            );
          }
          return true;
        },
      );
    });
  }

  it('names every bad value at once', () => {
    assert.throws(
      () => resolve({ vcpu: 3, region: 'moon', ci: 'x', projectName: 'class' }),
      (error) => error instanceof UserError && error.message.split('\n').length === 4,
    );
  });

  it('names every contradiction at once', () => {
    assert.throws(
      () => resolve({ memoryMiB: 512, minTasks: 9, maxTasks: 3, rdsClass: 'db.m99g.large', cpuMs: 60_000 }),
      (error) => error instanceof UserError && error.message.split('\n').length === 4,
    );
  });

  it('takes an unknown class together with its max_connections', () => {
    const { answers } = resolve({ rdsClass: 'db.m99g.large', rdsMaxConnections: 400 });
    assert.equal(answers.rdsClass, 'db.m99g.large');
  });

  it('any value of any answer: taken, or refused in one line that names the flag', () => {
    const value = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string(),
      fc.jsonValue({ maxDepth: 1 }),
      fc.integer(),
      fc.double(),
    );
    const key = fc.constantFrom(...declarations.map((declaration) => declaration.key));
    fc.assert(
      fc.property(key, value, (name, given) => {
        try {
          parse({ [name]: given });
        } catch (error) {
          assert.ok(error instanceof UserError, String(error));
          const flag = declarations.find((declaration) => declaration.key === name)?.flag;
          assert.ok(error.message.startsWith(`--${flag} `), error.message);
          assert.ok(!/[\n\r\u001b]/.test(error.message) && error.message.length < 1000, JSON.stringify(error.message));
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('core/answers: what is proposed instead', () => {
  /** The values after `nearest:` and `try`. */
  function proposed(message: string): readonly string[] {
    const list = /(?:nearest:|try) ([^;]*?)\.?(?:;|$)/m.exec(message)?.[1] ?? '';
    return list.split(/, | or /).filter((text) => text !== '');
  }

  function proposals(key: AnswerKey, value: unknown): readonly string[] {
    try {
      resolve({ [key]: value });
      return [];
    } catch (error) {
      assert.ok(error instanceof UserError, String(error));
      return proposed(error.message);
    }
  }

  const wrong: Readonly<Partial<Record<AnswerKey, readonly unknown[]>>> = {
    region: ['us-gov-east', 'cn-north', 'cn-northwest-2', 'Beijing', 'GovCloud', 'eu-gov-west-1', 'c', 'us', 'zz', ''],
    rdsClass: ['db.t4g', 'db.t4g.', 't4g', 'm7', 'db.m7g.24xlarge', 'large', 'x', '', 'db.t2.micro'],
    vcpu: [3, 6, 12, 32, 0, -1, 0.3],
    memoryMiB: [1, 1025, 1536, 99_999],
    ci: ['gitlub', 'GitHub', 'non'],
    architecture: ['x86', 'arm', 'X86-64', 'ARM'],
    minTasks: [0, 1001],
    django: ['5.1', '6.0', 5, 6],
    python: ['3.11', '3.10', '3.16', '3', 3.1],
    user: ['Custom', 'auth.User', 'own'],
    static: ['s4', 'S3', 'white noise'],
    errors: ['Sentry', 'rollbar', 'log'],
    infrastructure: ['Cloudformation', 'non'],
    egress: ['Nat', 'endpoint'],
    logRetentionDays: [0, 2, 45, 5000],
    workerMemoryMiB: [0, 40_000],
    projectName: ['class', 'Shop', 'pg_x', 'internal_x', 'é', '', 'site'],
  };
  for (const [key, values] of Object.entries(wrong)) {
    it(`${key}: is itself taken`, () => {
      for (const value of values) {
        for (const text of proposals(key as AnswerKey, value)) {
          assert.doesNotThrow(() => resolve({ [key]: text }), `${String(value)}: ${text}`);
        }
      }
    });
  }

  it('proposes something for every wrong region, class, size and name', () => {
    for (const key of ['region', 'rdsClass', 'vcpu', 'memoryMiB', 'minTasks', 'projectName'] as const) {
      for (const value of wrong[key] ?? []) {
        assert.ok(proposals(key, value).length > 0, `${key} ${String(value)}`);
      }
    }
  });

  it('region: is itself taken, for any text', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{2}(-[a-z]{0,9}){0,2}(-[0-9])?$/), (text) => {
        for (const region of proposals('region', text)) {
          assert.doesNotThrow(() => resolve({ region }), `${text}: ${region}`);
        }
      }),
    );
    assert.equal(nearestRegions('eu-central-9').length, 3);
  });

  it('project name: is itself taken, for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        const parsed = parseProjectName(text);
        const suggestion = 'problem' in parsed ? /try (\S+)$/.exec(parsed.problem)?.[1] : text;
        assert.deepEqual(parseProjectName(suggestion), { value: suggestion });
      }),
    );
  });

  // A command line turns 14.20 into the number 14.2; 14.20 and 14.2 are both versions of PostgreSQL.
  for (const [number, lost] of [
    [14.1, '14.10'],
    [14.2, '14.20'],
    [15.1, '15.10'],
    [16.1, '16.10'],
    [17.1, '17.10'],
  ] as const) {
    it(`the number ${number} may have been ${lost}: refused`, () => {
      assert.throws(() => resolve({ rdsEngineVersion: number }), new RegExp(`could mean ${lost}`));
      assert.equal(resolve({ rdsEngineVersion: lost }).answers.rdsEngineVersion, lost);
      // RDS began with 15.2.
      const taken = (): string => resolve({ rdsEngineVersion: String(number) }).answers.rdsEngineVersion;
      if (number === 15.1) assert.throws(taken, /not a known minor version .*15\.2 to 15\.19/);
      else assert.equal(taken(), String(number));
    });
  }
});
