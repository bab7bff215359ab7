import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Answers } from '../../core/answers/types.ts';
import { solve } from '../../core/plan/solve.ts';
import { generate, scratch } from '../support/generate.ts';
import type { GenerateOptions } from '../support/generate.ts';
import { filesIn, treeOf } from '../support/tree.ts';
import { answersOf, storedOf } from './matrix.ts';

interface Printed {
  readonly folder: string;
  readonly written: boolean;
  readonly answers: Answers;
  readonly plan: unknown;
  readonly changes: readonly { readonly path: string; readonly kind: string }[];
  readonly next: readonly string[];
}

const yes = { yes: true };
const defaults = answersOf({ name: '', given: {} });
const usual = storedOf(defaults);

/** The answers of a run in words, from its JSON. */
async function answersWith(options: GenerateOptions): Promise<Answers> {
  const flags = { ...yes, json: true, 'dry-run': true, ...options.flags };
  const { code, message, stdout } = await generate('app', { ...options, flags });
  assert.equal(code, 0, message);
  return (JSON.parse(stdout) as Printed).answers;
}

function put(folder: string, files: Readonly<Record<string, unknown>>): string {
  for (const [file, content] of Object.entries(files)) {
    const full = path.join(folder, file);
    mkdirSync(path.dirname(full), { recursive: true });
    writeFileSync(full, typeof content === 'string' ? content : JSON.stringify(content));
  }
  return folder;
}

describe('an unattended run', () => {
  describe('with --yes', () => {
    it('asks nothing, prints the plan and writes the repository', async () => {
      const cwd = scratch();
      const run = await generate('app', { cwd, args: ['shop'], flags: yes, answers: {} });
      assert.equal(run.code, 0, run.message);
      assert.deepEqual(run.questions, []);
      assert.match(run.stdout, /^The plan$/mu);
      assert.match(
        run.stdout,
        /\nWritten\. Next:\n {2}cd shop\n {2}make dev\n {2}make test\n {2}docker compose up\n$/u,
      );
      assert.ok(filesIn(path.join(cwd, 'shop')).length > 40);
    });

    it('writes into the current folder when none is named', async () => {
      const cwd = path.join(scratch(), 'my-bakery');
      mkdirSync(cwd);
      const run = await generate('app', { cwd, flags: yes });
      assert.equal(run.code, 0, run.message);
      assert.ok(filesIn(cwd).includes('my_bakery/wsgi.py'));
      assert.match(run.stdout, /Next:\n {2}make dev\n/u);
    });

    for (const [folder, name] of [
      ['shop', 'shop'],
      ['My Shop', 'my_shop'],
      ['django', 'django_site'],
      ['8', 'project_8'],
      ['Bäckerei', 'backerei'],
      ['日本', 'project'],
      ['a"; import os; "', 'a_import_os'],
      ["$(touch x)'`", 'touch_x'],
    ] as const) {
      it(`makes a name of the folder ${JSON.stringify(folder)}`, async () => {
        const { projectName } = await answersWith({ cwd: scratch(), args: [folder] });
        assert.equal(projectName, name);
      });
    }
  });

  describe('without a terminal and without --yes', () => {
    it('is refused and names the flags that are missing', async () => {
      const cwd = scratch();
      const run = await generate('app', { cwd, args: ['shop'] });
      assert.equal(run.code, 2);
      assert.equal(
        run.message,
        'There is no terminal for questions. Not given: --project-name, --region, --vcpu, --rds-class, --ci. ' +
          'Give --yes to use the defaults for everything not given.',
      );
      assert.deepEqual(filesIn(cwd), []);
    });

    it('does not name what a flag has answered', async () => {
      const run = await generate('app', {
        cwd: scratch(),
        args: ['shop'],
        flags: { vcpu: '1', region: 'us-east-1', ci: 'none' },
      });
      assert.equal(run.code, 2);
      assert.match(run.message, /Not given: --project-name, --rds-class\. /u);
    });

    it('does not name what the answers file has answered', async () => {
      const cwd = put(scratch(), { 'a.json': { vcpu: 1, projectName: 'bakery' } });
      const run = await generate('app', { cwd, args: ['shop'], flags: { answers: 'a.json' } });
      assert.equal(run.code, 2);
      assert.match(run.message, /Not given: --region, --rds-class, --ci\. /u);
    });

    it('names all flags that --ask-all would ask for', async () => {
      const run = await generate('app', { cwd: scratch(), args: ['shop'], flags: { 'ask-all': true } });
      assert.match(run.message, /--ci, --memory, .*--django, .*--log-retention, .*--beat, --pooler\. Give --yes/u);
    });
  });

  describe('with --answers', () => {
    it('takes a file relative to where the command was called', async () => {
      const cwd = put(scratch(), {
        'sub/answers.json': { vcpu: 2, rdsClass: 'db.m7g.large', django: '6.1', multiAz: true, domain: 'example.com' },
      });
      const answers = await answersWith({ cwd, args: ['shop'], flags: { answers: 'sub/answers.json' } });
      assert.deepEqual(answers, {
        ...defaults,
        vcpu: 2,
        rdsClass: 'db.m7g.large',
        django: '6.1',
        multiAz: true,
        domain: 'example.com',
      });
    });

    it('takes an absolute path', async () => {
      const file = path.join(put(scratch(), { 'answers.json': { vcpu: 2 } }), 'answers.json');
      const answers = await answersWith({ cwd: scratch(), args: ['shop'], flags: { answers: file } });
      assert.equal(answers.vcpu, 2);
    });

    it('allows $schema, and numbers as texts', async () => {
      const cwd = put(scratch(), { 'a.json': { $schema: './answers.schema.json', vcpu: '2', minTasks: '3' } });
      const answers = await answersWith({ cwd, args: ['shop'], flags: { answers: 'a.json' } });
      assert.deepEqual([answers.vcpu, answers.minTasks], [2, 3]);
    });

    const broken: readonly (readonly [string, unknown, RegExp])[] = [
      ['an unknown key', { vcpus: 1 }, /^a\.json: "vcpus" is not an answer; nearest: vcpu; allowed: projectName, /u],
      ['a flag as a key', { 'rds-class': 'db.t4g.small' }, /"rds-class" is not an answer; nearest: rdsClass/u],
      ['several unknown keys', { a: 1, b: 2 }, /"a" is not an answer[\s\S]*\n.*"b" is not an answer/u],
      ['a key of Object', '{"constructor": 1}', /"constructor" is not an answer/u],
      ['a list', [1], /not a JSON object of answers/u],
      ['null', 'null', /not a JSON object of answers/u],
      ['a text', '"vcpu"', /not a JSON object of answers/u],
      ['nothing', '', /a\.json is empty, not JSON/u],
      ['broken JSON', '{\n  "vcpu": 1,\n  "ci" "none"\n}\n', /a\.json is not JSON: line 3, column 8: /u],
      ['the markers of a merge', '{\n<<<<<<< HEAD\n}\n', /markers of an unfinished merge \(line 2\)/u],
      ['a bad value', { vcpu: 3 }, /^a\.json: vcpu 3: not a Fargate task size; allowed: 0\.25, .*; nearest: 2 or 4/u],
      ['a value of another type', { vcpu: [1] }, /^a\.json: vcpu .*not a Fargate task size/u],
      ['a boolean as a text', { multiAz: 'maybe' }, /^a\.json: multiAz maybe: allowed: true or false/u],
      ['null for a value', { region: null }, /^a\.json: region null: not a known AWS region/u],
      ['two bad values', { vcpu: 3, ci: 'jenkins' }, /a\.json: vcpu 3: [\s\S]*\na\.json: ci jenkins: /u],
      ['an object of prototypes', '{"__proto__": {"vcpu": 1}}', /"__proto__" is not an answer/u],
    ];
    for (const [what, content, problem] of broken) {
      it(`refuses ${what}`, async () => {
        const cwd = put(scratch(), { 'a.json': content });
        const run = await generate('app', { cwd, args: ['shop'], flags: { ...yes, answers: 'a.json' } });
        assert.equal(run.code, 2, run.message);
        assert.match(run.message, problem);
        assert.doesNotMatch(run.message, /\n\s+at /u);
        assert.deepEqual(filesIn(cwd), ['a.json']);
      });
    }

    it('refuses a file that is not there, and a folder', async () => {
      const cwd = put(scratch(), { 'folder/x': '' });
      const none = await generate('app', { cwd, args: ['shop'], flags: { ...yes, answers: 'none.json' } });
      assert.deepEqual([none.code, none.message], [2, '--answers none.json: no such file.']);
      const folder = await generate('app', { cwd, args: ['shop'], flags: { ...yes, answers: 'folder' } });
      assert.equal(folder.code, 2);
      assert.match(folder.message, /folder is not a regular file/u);
    });

    it('refuses a flag without its value', async () => {
      const run = await generate('app', { cwd: scratch(), args: ['shop'], flags: { ...yes, answers: true } });
      assert.equal(run.code, 2);
      assert.match(run.message, /--answers: needs a value/u);
    });
  });

  describe('with --dry-run', () => {
    it('prints the plan and the changes and writes nothing, not even a folder', async () => {
      const cwd = scratch();
      const run = await generate('app', { cwd, args: ['a/shop'], flags: { ...yes, 'dry-run': true } });
      assert.equal(run.code, 0, run.message);
      assert.match(run.stdout, /^The plan$/mu);
      assert.match(run.stdout, /^ {2}\+ deploy\/ +\d+ files$/mu);
      assert.match(run.stdout, /\nDry run: nothing was written\.\n$/u);
      assert.deepEqual(filesIn(cwd), []);
      assert.throws(() => filesIn(path.join(cwd, 'a')), /ENOENT/u);
    });

    it('counts many new files by folder, and lists them with --verbose', async () => {
      const cwd = scratch();
      const listed = await generate('app', { cwd, args: ['shop'], flags: { ...yes, 'dry-run': true, verbose: true } });
      const files = [...listed.stdout.matchAll(/^ {2}\+ (\S+)$/gmu)].map(([, file = '']) => file);
      assert(files.includes('manage.py') && files.includes('deploy/ecs/web.json'));
      assert.match(listed.stdout, new RegExp(`^${files.length} files to write\\.$`, 'mu'));
      const { stdout } = await generate('app', { cwd, args: ['shop'], flags: { ...yes, 'dry-run': true } });
      const counted = [...stdout.matchAll(/^ {2}\+ (?:(\S+\/) +)?(\d+) files?(?: at the top)?$/gmu)];
      for (const [, folder, found] of counted) {
        const own = files.filter((file) => (folder === undefined ? !file.includes('/') : file.startsWith(folder)));
        assert.equal(Number(found), own.length, folder);
      }
      assert.equal(
        counted.reduce((sum, [, , found]) => sum + Number(found), 0),
        files.length,
      );
      assert.match(stdout, new RegExp(`^${files.length} files to write\\. --verbose lists every file\\.$`, 'mu'));
    });

    it('still reports what stands in the way', async () => {
      const cwd = put(scratch(), { 'shop/manage.py': 'mine\n' });
      const run = await generate('app', { cwd, args: ['shop'], flags: { ...yes, 'dry-run': true } });
      assert.equal(run.code, 3);
      assert.match(run.message, /manage\.py: exists with different content/u);
    });
  });

  describe('with --json', () => {
    it('prints JSON and nothing else, and writes', async () => {
      const cwd = scratch();
      const run = await generate('app', { cwd, args: ['shop'], flags: { ...yes, json: true, vcpu: '1' } });
      assert.equal(run.code, 0, run.message);
      const printed = JSON.parse(run.stdout) as Printed;
      const answers = { ...defaults, vcpu: 1 };
      const folder = path.join(cwd, 'shop');
      assert.deepEqual(printed, {
        folder,
        written: true,
        answers,
        plan: JSON.parse(JSON.stringify(solve(answers))),
        changes: filesIn(folder).map((file) => ({ path: file, kind: 'create' })),
        drift: [],
        next: ['cd shop', 'make dev', 'make test', 'docker compose up'],
      });
    });

    it('says that nothing was written in a dry run, and when all is there', async () => {
      const cwd = scratch();
      const flags = { ...yes, json: true };
      const dry = await generate('app', { cwd, args: ['shop'], flags: { ...flags, 'dry-run': true } });
      assert.equal((JSON.parse(dry.stdout) as Printed).written, false);
      assert.deepEqual(filesIn(cwd), []);
      await generate('app', { cwd, args: ['shop'], flags });
      const again = JSON.parse((await generate('app', { cwd, args: ['shop'], flags })).stdout) as Printed;
      assert.equal(again.written, false);
      assert.deepEqual([...new Set(again.changes.map(({ kind }) => kind))], ['same']);
    });

    it('prints a refusal as JSON, too', async () => {
      const run = await generate('app', { cwd: scratch(), args: ['shop'], flags: { ...yes, json: true, vcpu: '3' } });
      assert.equal(run.code, 2);
      assert.deepEqual(JSON.parse(run.stdout), { error: { code: 2, what: 'refused', message: run.message } });
    });

    it('asks nothing at a terminal: questions would stand between the JSON', async () => {
      const cwd = scratch();
      const run = await generate('app', { cwd, args: ['shop'], flags: { json: true }, answers: {} });
      assert.deepEqual(
        run.questions.map(({ name }) => name),
        [],
      );
      assert.equal(run.code, 2);
      assert.match(run.message, /--yes/u);
      assert.deepEqual(filesIn(cwd), []);
    });
  });

  describe('takes an answer from the strongest door', () => {
    const stored = (answers: object) => ({ 'shop/.yo-rc.json': { 'generator-django-fargate': answers } });
    const doors = { 'a.json': { region: 'eu-west-1' }, ...stored({ region: 'eu-west-2' }) };
    const environment = { AWS_REGION: 'eu-west-3' };
    const from = (options: Partial<GenerateOptions>, files: Readonly<Record<string, unknown>> = {}) =>
      answersWith({ cwd: put(scratch(), files), args: ['shop'], ...options }).then(({ region }) => region);

    it('a flag, then the answers file, then .yo-rc.json, then AWS_REGION, then the default', async () => {
      const flags = { answers: 'a.json', region: 'eu-north-1' };
      assert.equal(await from({ flags, environment }, doors), 'eu-north-1');
      assert.equal(await from({ flags: { answers: 'a.json' }, environment }, doors), 'eu-west-1');
      assert.equal(await from({ environment }, doors), 'eu-west-2');
      assert.equal(await from({ environment }), 'eu-west-3');
      assert.equal(await from({}), 'us-east-1');
    });

    it('also where a boolean is no', async () => {
      const files = stored({ multiAz: true });
      const flags = { 'multi-az': false };
      const cwd = () => put(scratch(), files);
      assert.equal((await answersWith({ cwd: cwd(), args: ['shop'] })).multiAz, true);
      assert.equal((await answersWith({ cwd: cwd(), args: ['shop'], flags })).multiAz, false);
    });

    it('and a bad value of a weaker one does not matter', async () => {
      assert.equal(await from({ flags: { region: 'eu-north-1' }, environment: { AWS_REGION: 'mars' } }), 'eu-north-1');
    });

    it('takes an empty AWS_REGION for none', async () => {
      assert.equal(await from({ environment: { AWS_REGION: '' } }), 'us-east-1');
    });

    it('names AWS_REGION when it is wrong', async () => {
      const run = await generate('app', {
        cwd: scratch(),
        args: ['shop'],
        flags: yes,
        environment: { AWS_REGION: 'eu-central-l' },
      });
      assert.equal(run.code, 2);
      assert.match(run.message, /^AWS_REGION eu-central-l: not a known AWS region; nearest: .*eu-central-1/u);
    });
  });

  describe('stores', () => {
    const storedBy = async (flags: object) => {
      const cwd = scratch();
      await generate('app', { cwd, args: ['shop'], flags: { ...yes, ...flags } });
      const text = readFileSync(path.join(cwd, 'shop', '.yo-rc.json'), 'utf8');
      return (JSON.parse(text) as { 'generator-django-fargate': object })['generator-django-fargate'];
    };

    it('conventional defaults always, so that a newer version does not change them', async () => {
      assert.deepEqual(await storedBy({}), usual);
    });

    it('computed answers only when they were given', async () => {
      const given = { memory: '2048', 'max-tasks': '6', 'rds-max-connections': '150', domain: 'example.com' };
      assert.deepEqual(await storedBy(given), {
        ...usual,
        memoryMiB: 2048,
        maxTasks: 6,
        rdsMaxConnections: 150,
        domain: 'example.com',
      });
    });
  });

  describe('beside another .yo-rc.json', () => {
    const other = { 'generator-other': { a: [1, { b: null }] }, promptValues: { authorName: 'É' } };

    it('keeps the parts of other generators to the byte, and its own comes last', async () => {
      const theirs = JSON.stringify(other);
      const cwd = put(scratch(), { 'shop/.yo-rc.json': theirs });
      const run = await generate('app', { cwd, args: ['shop'], flags: yes });
      assert.equal(run.code, 0, run.message);
      assert.match(run.stdout, /^ {2}~ \.yo-rc\.json$/mu);
      const text = readFileSync(path.join(cwd, 'shop', '.yo-rc.json'), 'utf8');
      assert.deepEqual(JSON.parse(text), { ...other, 'generator-django-fargate': usual });
      assert.ok(text.startsWith(theirs.slice(0, -1)), text);
    });

    it('does not touch the file when it says the same, however it is formatted', async () => {
      const text = JSON.stringify({ 'generator-django-fargate': usual, ...other });
      const cwd = put(scratch(), { 'shop/.yo-rc.json': text });
      const run = await generate('app', { cwd, args: ['shop'], flags: yes });
      assert.equal(run.code, 0, run.message);
      assert.equal(readFileSync(path.join(cwd, 'shop', '.yo-rc.json'), 'utf8'), text);
    });

    it('takes the answers in it', async () => {
      const cwd = put(scratch(), { 'shop/.yo-rc.json': { 'generator-django-fargate': { vcpu: 2, ci: 'none' } } });
      const { vcpu, ci } = await answersWith({ cwd, args: ['shop'] });
      assert.deepEqual([vcpu, ci], [2, 'none']);
    });

    const wrong: readonly (readonly [string, unknown, RegExp])[] = [
      ['broken JSON', '{\n"a": 1\n', /\.yo-rc\.json is not JSON: line 3/u],
      ['a list', [], /\.yo-rc\.json: not a JSON object; repair it or move it away/u],
      ['null', 'null', /\.yo-rc\.json: not a JSON object/u],
      ['a text', '"x"', /\.yo-rc\.json: not a JSON object/u],
      ['null for our answers', { 'generator-django-fargate': null }, /not a JSON object of answers/u],
      ['answers that are no object', { 'generator-django-fargate': 1 }, /not a JSON object of answers/u],
      ['an unknown answer', { 'generator-django-fargate': { vpcu: 1 } }, /"vpcu" is not an answer; nearest: vcpu/u],
      [
        'a bad answer',
        { 'generator-django-fargate': { rdsClass: 'large' } },
        /^\.yo-rc\.json \(generator-django-fargate\): rdsClass large: not an RDS instance class/u,
      ],
    ];
    for (const where of ['the folder', 'the current folder'] as const) {
      for (const [what, content, problem] of wrong) {
        it(`refuses ${what} in ${where}, and writes nothing`, async () => {
          const cwd = scratch();
          put(where === 'the folder' ? path.join(cwd, 'shop') : cwd, { '.yo-rc.json': content });
          const before = treeOf(cwd);
          const args = where === 'the folder' ? ['shop'] : [];
          const run = await generate('app', { cwd, args, flags: { ...yes, 'project-name': 'shop' } });
          assert.equal(run.code, 2, run.message);
          assert.match(run.message, problem);
          assert.deepEqual(treeOf(cwd), before);
        });
      }
    }

    it('refuses a broken package.json of the current folder by its name', async () => {
      const cwd = put(scratch(), { 'package.json': '{"name": }' });
      const run = await generate('app', { cwd, args: ['shop'], flags: yes });
      assert.equal(run.code, 2);
      assert.match(run.message, /package\.json is not JSON: line 1, column 10/u);
      assert.deepEqual(filesIn(cwd), ['package.json']);
    });

    for (const content of ['[]', 'null', '"x"']) {
      it(`refuses the package.json ${content} of the current folder, with which Yeoman cannot start`, async () => {
        const cwd = put(scratch(), { 'package.json': content });
        const run = await generate('app', { cwd, args: ['shop'], flags: yes });
        assert.equal(run.code, 2, run.message);
        assert.match(run.message, /\/package\.json: not a JSON object/u);
        assert.deepEqual(filesIn(cwd), ['package.json']);
      });
    }

    it('does not mind a package.json whose name is no text', async () => {
      const cwd = put(scratch(), { 'package.json': { name: 1 } });
      const run = await generate('app', { cwd, args: ['shop'], flags: yes });
      assert.equal(run.code, 0, run.message);
    });

    for (const content of ['{', '[]']) {
      it(`does not need Yeoman's own settings in the home folder: ${content}`, async () => {
        const home = put(scratch(), { '.yo-rc-global.json': content });
        const run = await generate('app', { cwd: scratch(), args: ['shop'], flags: yes, environment: { HOME: home } });
        assert.ok(run.code === 0 || (run.code === 2 && /\.yo-rc-global\.json/u.test(run.message)), run.message);
      });
    }

    it('does not mind a good package.json', async () => {
      const cwd = put(scratch(), { 'package.json': { name: 'x' } });
      const run = await generate('app', { cwd, args: ['shop'], flags: yes });
      assert.equal(run.code, 0, run.message);
    });
  });
});
