import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { scratch } from '../support/generate.ts';
import { filesIn } from '../support/tree.ts';
import { runBin } from './runBin.ts';

interface Refusal {
  readonly title: string;
  /** After the folder and --yes. */
  readonly words: readonly string[];
  /** What standard error must hold: what is wrong, and what is allowed. */
  readonly says: readonly RegExp[];
  /** Files that are there before. */
  readonly files?: Readonly<Record<string, string>>;
}

const allowedName =
  /allowed: lowercase letters, digits and single underscores, starting with a letter, 2 to 24 characters/u;

function name(title: string, value: string, ...says: readonly RegExp[]): Refusal {
  return { title: `the name ${title}`, words: [`--project-name=${value}`], says };
}

function flags(words: string, ...says: readonly RegExp[]): Refusal {
  return { title: words, words: words.split(' '), says };
}

const vcpus = /allowed: 0\.25, 0\.5, 1, 2, 4, 8, 16/u;

const refusals: readonly Refusal[] = [
  name('with a leading hyphen', '-shop', /--project-name -shop: /u, allowedName, /try shop\b/u),
  name('with a leading digit', '2shop', /--project-name 2shop: /u, allowedName),
  name('with a leading underscore', '_shop', allowedName),
  name('with a trailing underscore', 'shop_', allowedName),
  name('with two underscores', 'my__shop', allowedName),
  name('with a hyphen', 'my-shop', allowedName, /try my_shop/u),
  name('with a capital', 'Shop', allowedName, /try shop\b/u),
  name('with a space', 'my shop', /--project-name "my shop": /u, /try my_shop/u),
  name('of one letter', 'x', allowedName),
  name('that is a keyword', 'class', /class is a keyword of Python; try class_site/u),
  name('of Django itself', 'django', /django is Django itself; try django_site/u),
  name('of a standard module: test', 'test', /test is a module of the Python standard library/u),
  name('of a standard module: json', 'json', /json is a module of the Python standard library/u),
  name('of something installed', 'gunicorn', /gunicorn is a Python package that the project installs/u),
  name('of a folder of the repository', 'deploy', /deploy is a name that the repository uses for itself/u),
  name('that RDS keeps', 'rdsadmin', /rdsadmin is a database or role/u),
  name('that YAML takes for a boolean', 'no', /no is a word that YAML 1\.1 takes for true or false/u),
  name('that is not ASCII', 'bäckerei', /--project-name "bäckerei": /u, allowedName, /try backerei/u),
  name('in Cyrillic letters', 'магазин', allowedName),
  name('with a letter that only looks like one', 'sh\u043Ep', allowedName),
  name('of 25 characters', 'a'.repeat(25), allowedName),
  name('of 200 characters', 'a'.repeat(200), /--project-name a{80}\.\.\.: /u, allowedName),
  name('that leaves a Python string', 'a"; import os', /--project-name "a\\"; import os": /u, allowedName),
  name('that leaves a shell word', "a'; rm -rf /; '", allowedName),
  name('with a substitution', '$(id)', allowedName),
  name('with a newline', 'shop\nx', /--project-name "shop\\nx": /u, allowedName),
  name('with a NUL', 'shop\0', /--project-name "shop\\u0000": /u, allowedName),
  name('with an escape sequence', '\u001B[31mshop', /"\\u001b\[31mshop"/u),
  name('that is a path', '../shop', allowedName),
  name('that is nothing', '', /--project-name: needs a value/u),

  flags('--multi-az default', /^--multi-az: takes no value; --no-multi-az turns it off\./u),
  flags('--vcpu 3', /--vcpu 3: not a Fargate task size/u, vcpus, /nearest: 2 or 4/u),
  flags('--vcpu 0', vcpus, /nearest: 0\.25/u),
  flags('--vcpu=-1', vcpus),
  flags('--vcpu 1e3', vcpus),
  flags('--vcpu 0x10', vcpus),
  flags('--vcpu one', vcpus),
  flags('--vcpu Infinity', vcpus),
  flags('--memory 1000', /--memory 1000: Fargate does not pair it with 0\.5 vCPU; allowed: 1024, 2048, 3072, 4096/u),
  flags('--vcpu 16 --memory 8192', /--memory 8192: .*16 vCPU; allowed: 32768, .*; nearest: 32768/u),
  flags('--memory 1.5', /--memory 1\.5: not a whole number of MiB/u),
  flags('--memory 1024 --worker-memory 30720', /memory/iu),
  flags('--min-tasks 0', /--min-tasks 0: too small; allowed: .* from 1 to 1000; nearest: 1/u),
  flags('--min-tasks 1001', /--min-tasks 1001: too large; .*; nearest: 1000/u),
  flags('--min-tasks two', /--min-tasks two: not a whole number; allowed: /u),
  flags('--slowest-request 106', /--slowest-request 106: too large; .* from 1 to 105/u),
  flags('--cpu-ms 0', /--cpu-ms 0: too small/u),
  flags('--rds-max-connections 5', /--rds-max-connections 5: too small/u),

  flags('--rds-class db.t4g.smal', /--rds-class db\.t4g\.smal: not an RDS instance class; nearest: .*db\.t4g\.small/u),
  flags('--rds-class t4g.small', /not an RDS instance class; nearest: .*db\.t4g\.small/u),
  flags(
    '--rds-class db.m99g.large',
    /--rds-class db\.m99g\.large: not a known current class; nearest: /u,
    /or give --rds-max-connections/u,
  ),
  flags('--region eu-central-9', /--region eu-central-9: not a known AWS region; nearest: .*eu-central-1/u),
  flags('--region cn-north-1', /--region cn-north-1: not supported: China and GovCloud/u),
  flags('--ci jenkins', /--ci jenkins: not a CI provider; allowed: github, gitlab, bitbucket, codebuild, none/u),
  flags('--ci githb', /nearest: github/u),
  flags('--architecture arm64', /allowed: X86_64, ARM64; nearest: ARM64/u),
  flags('--django 4.2', /--django 4\.2: not a Django version; allowed: 5\.2, 6\.1/u),
  flags('--rds-engine-version 9.6', /--rds-engine-version 9\.6: .*allowed: 14, 15, 16, 17, 18/u),
  flags('--domain https://example.com', /--domain https:\/\/example\.com: not a domain; allowed: /u),
  flags('--domain localhost', /not a domain/u),
  flags('--domain 10.0.0.1', /not a domain/u),
  flags('--domain Example.com', /in lowercase/u),
  flags('--domain a..com', /not a domain/u),

  flags('--max-tasks 1', /--max-tasks 1: below --min-tasks 2; raise one or lower the other/u),
  flags('--cpu-ms 5000 --wait-ms 5000 --slowest-request 5', /an average request of 10000 ms is longer than/u),
  flags('--vcpu 3 --ci jenkins --region mars', /--region mars: .*\n--vcpu 3: .*\n--ci jenkins: /u),

  flags('--vcpus 1', /--vcpus: not a flag of this command\. Did you mean --vcpu\?/u, /See --help for all flags/u),
  flags('--frobnicate', /--frobnicate: not a flag of this command/u),
  flags('-x', /^-x: not a flag of this command/u),
  flags('--queue sqs', /--queue: not a flag of this command/u),
  flags('--broker rabbitmq', /--broker rabbitmq: not a broker; allowed: none, sqs, redis/u),
  flags('--broker redis --celery-min-tasks 0', /--celery-min-tasks 0 and --broker redis: /u),
  flags('--vcpu 1 --vcpu 2', /--vcpu: given 2 times; give it once/u),
  flags('--region --ci none', /--region: needs a value/u),
  flags('--vcpu', /--vcpu: needs a value/u),
  flags('another-folder', /Give at most one folder; given: shop, another-folder/u),

  {
    title: 'an answers file with an unknown key',
    words: ['--answers', 'a.json'],
    files: { 'a.json': '{"vcpus": 1}' },
    says: [/a\.json: "vcpus" is not an answer; nearest: vcpu; allowed: /u],
  },
  {
    title: 'a broken answers file',
    words: ['--answers', 'a.json'],
    files: { 'a.json': '{"vcpu": 1,\n}' },
    says: [/a\.json is not JSON: line 2, column 1/u],
  },
  { title: 'no answers file', words: ['--answers', 'a.json'], says: [/--answers a\.json: no such file/u] },
  {
    title: 'a broken .yo-rc.json',
    words: [],
    files: { 'shop/.yo-rc.json': '{' },
    says: [/shop\/\.yo-rc\.json is not JSON: line 1, column 2/u],
  },
  {
    title: 'a .yo-rc.json that is no object',
    words: [],
    files: { 'shop/.yo-rc.json': '[1]' },
    says: [/\.yo-rc\.json: not a JSON object/u],
  },
  {
    title: 'a .yo-rc.json with an answer of another version',
    words: [],
    files: { 'shop/.yo-rc.json': '{"generator-django-fargate": {"celery": true}}' },
    says: [/"celery" is not an answer/u],
  },
  {
    title: 'a file in the place of the folder',
    words: [],
    files: { shop: 'x' },
    says: [/shop is a file, not a folder/u],
  },
];

describe('a command as the first word', () => {
  for (const words of ['rezise --yes', 'rezise ../shop --yes', 'help', 'django-fargate:resize --yes', 'version']) {
    it(`${words}: did you mean, exit 2, nothing written`, async () => {
      const cwd = scratch();
      const { code, stdout, stderr } = await runBin(words.split(' '), cwd);
      assert.deepEqual([code, stdout], [2, ''], stderr);
      assert.match(stderr, /Did you mean (?:the command resize|yo django-fargate(?::resize| --help| --version))/u);
      assert.deepEqual(filesIn(cwd), []);
    });
  }

  it('a folder of that name that is there, or a path, is a folder', async () => {
    const cwd = scratch();
    mkdirSync(path.join(cwd, 'rezise'));
    for (const word of ['rezise', './upgrad']) {
      const { code, stderr } = await runBin([word, '--yes', '--project-name', 'shop'], cwd);
      assert.equal(code, 0, stderr);
      assert(filesIn(path.join(cwd, word)).includes('manage.py'));
    }
  });
});

describe('bad input', () => {
  for (const { title, words, says, files = {} } of refusals) {
    it(`${JSON.stringify(title)} is refused: exit 2, why, nothing written`, async () => {
      const cwd = scratch();
      for (const [file, content] of Object.entries(files)) {
        mkdirSync(path.dirname(path.join(cwd, file)), { recursive: true });
        writeFileSync(path.join(cwd, file), content);
      }
      const { code, stdout, stderr } = await runBin(['shop', '--yes', ...words], cwd);
      assert.equal(code, 2, stderr);
      assert.equal(stdout, '');
      for (const pattern of says) {
        assert.match(stderr, pattern);
      }
      assert.doesNotMatch(stderr, /\n\s+at |node:internal|\bundefined\b|\[object|bug/u);
      // A refusal must not carry terminal sequences of the input.
      assert.doesNotMatch(stderr, /[\0-\u0009\u000B-\u001F\u007F]/u);
      assert.ok(stderr.endsWith('\n') && !stderr.endsWith('\n\n'));
      assert.deepEqual(filesIn(cwd), Object.keys(files));
    });
  }

  it('what does not fit is refused with three ways out, worked out; each of the two by flags then holds', async () => {
    const cwd = scratch();
    const words = ['--vcpu', '16', '--rds-class', 'db.t4g.micro', '--min-tasks', '10'];
    const { code, stdout, stderr } = await runBin(['shop', '--yes', ...words], cwd);
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(
      stderr,
      /^The plan does not fit: 16 workers x 2 threads x 20 tasks \+ .* = \d+ connections at the peak of a deployment, but db\.t4g\.micro holds 78\.$/mu,
    );
    assert.match(stderr, /^ {2}1\. a larger database: --rds-class db\.[\w.]+ \(\d+ GiB\) holds \d+ >= \d+$/mu);
    assert.match(stderr, /^ {2}2\. PgBouncer .*/mu);
    assert.match(stderr, /^ {2}3\. .*--min-tasks \d+.* = \d+ <= 78$/mu);
    assert.deepEqual(filesIn(cwd), []);

    const larger = /--rds-class (\S+)/u.exec(stderr)?.[1] ?? '';
    const first = await runBin(
      ['shop', '--yes', '--dry-run', ...words, '--json'].map((word) => (word === 'db.t4g.micro' ? larger : word)),
      cwd,
    );
    assert.equal(first.code, 0, first.stderr);
    const way = /^ {2}3\. [^:]*: ([^:]*):/mu.exec(stderr)?.[1]?.split(' ') ?? [];
    const given = new Map<string, string>();
    for (const list of [words, way]) {
      list.forEach((word, index) => (word.startsWith('--') ? given.set(word, list[index + 1] ?? '') : undefined));
    }
    const third = await runBin(['shop', '--yes', '--dry-run', '--json', ...[...given].flat()], cwd);
    assert.equal(third.code, 0, third.stderr);
    assert.deepEqual(filesIn(cwd), []);
  });
});
