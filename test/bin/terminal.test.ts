import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { scratch } from '../support/generate.ts';
import { needPython } from '../support/need.ts';
import { run } from '../support/run.ts';
import { filesIn } from '../support/tree.ts';
import { readTree } from '../disk/tree.ts';
import { threads } from '../regeneration/edits.ts';
import { edit, newRepository, timesOf } from '../regeneration/support.ts';
import { assertTree } from '../regeneration/trees.ts';
import { bin } from './runBin.ts';

const script = fileURLToPath(new URL('terminal.py', import.meta.url));
const enter = '\r';
const down = '\u001B[B';

describe('at a real terminal', function () {
  this.timeout(120_000);
  let python = '';

  before(async function () {
    python = (await needPython(this, '3.11')).path;
  });

  /** Starts the bin at a terminal; each step waits for a text, then types. */
  async function type(
    cwd: string,
    words: readonly string[],
    steps: readonly (readonly [string, string])[],
    columns = 200,
  ) {
    const input = JSON.stringify({ argv: [process.execPath, bin, ...words], cwd, steps, columns });
    const { code, stdout, output } = await run(python, [script], { input });
    assert.equal(code, 0, output);
    const result = JSON.parse(stdout) as { code: number; left: number; output: string };
    const text = stripVTControlCharacters(result.output).replaceAll('\r', '');
    assert.equal(result.left, 0, `a question was not asked:\n${text}`);
    return { code: result.code, text };
  }

  it('five questions, the plan and one confirmation make a repository', async () => {
    const cwd = scratch();
    const { code, text } = await type(
      cwd,
      ['my-shop'],
      [
        ['Project name', `-bad${enter}`],
        ['not a name for a Python package', `\u0015bakery${enter}`],
        ['AWS region', enter],
        ['vCPU of a web task', `${down}${enter}`],
        ['RDS instance class', enter],
        ['CI provider', `${down}${enter}`],
        ['Write these files?', enter],
      ],
    );
    assert.equal(code, 0, text);
    assert.match(text, /my_shop/u);
    assert.match(text, /db\.t4g\.micro +1 GiB +~78 connections +~\$12\/month/u);
    assert.match(text, /The plan\n[\s\S]*task CPU +1024 units[\s\S]*Write these files\?/u);
    assert.match(text, /Written\. Next:\n {2}cd my-shop\n/u);
    const stored = JSON.parse(readFileSync(path.join(cwd, 'my-shop', '.yo-rc.json'), 'utf8')) as object;
    const { projectName, region, vcpu, rdsClass, ci } =
      (stored as Record<string, Record<string, unknown>>)['generator-django-fargate'] ?? {};
    assert.deepEqual([projectName, region, vcpu, rdsClass, ci], ['bakery', 'us-east-1', 1, 'db.t4g.small', 'gitlab']);
  });

  const wordsOf = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/u));

  for (const columns of [60, 80]) {
    it(`at ${columns} columns nothing breaks inside a word: questions, plan, changes`, async () => {
      const steps = [
        ['Project name', enter],
        ['AWS region', enter],
        ['vCPU of a web task', enter],
        ['RDS instance class', enter],
        ['CI provider', enter],
        ['Write these files?', 'n' + enter],
      ] as const;
      const cwd = scratch();
      const [wide, narrow] = [await type(cwd, ['x/shop'], steps, 400), await type(cwd, ['x/shop'], steps, columns)];
      assert.deepEqual([wide.code, narrow.code], [0, 0]);
      const from = (text: string): string => text.slice(text.indexOf('The plan\n'), text.indexOf('Write these'));
      const plan = from(narrow.text);
      const broken = [...wordsOf(plan)].filter((word) => !wordsOf(from(wide.text)).has(word));
      assert.deepEqual(broken, []);
      const tooLong = plan.split('\n').filter((line) => line.length > columns && !line.includes(cwd));
      assert.deepEqual(tooLong, []);
    });

    it(`at ${columns} columns an error breaks between words, and what is to be typed stays on its line`, async () => {
      const cwd = scratch();
      const words = ['shop', '--yes', '--vcpu', '16', '--rds-class', 'db.t4g.micro', '--min-tasks', '10'];
      const [wide, narrow] = [await type(cwd, words, [], 400), await type(cwd, words, [], columns)];
      assert.deepEqual([wide.code, narrow.code], [2, 2]);
      assert.deepEqual(wordsOf(narrow.text), wordsOf(wide.text));
      assert(
        narrow.text.split('\n').every((line) => line.length <= columns),
        narrow.text,
      );
      assert(wide.text.split('\n').some((line) => line.length > columns));
    });
  }

  it('what is asked about last fits on a screen of 24 lines with the changes and the plan in short', async () => {
    const { text } = await type(
      scratch(),
      [
        'shop',
        '--project-name',
        'shop',
        '--region',
        'us-east-1',
        '--vcpu',
        '1',
        '--rds-class',
        'db.m7g.large',
        '--ci',
        'github',
      ],
      [['Write these files?', 'n' + enter]],
      80,
    );
    const screen = text.slice(0, text.indexOf('Write these files?')).split('\n').slice(-24).join('\n');
    assert.match(
      screen,
      /\nThe changes in [^]*\n {2}\+ deploy\/ +\d+ files\n[^]*files to write\. --verbose lists every file\.\n/u,
    );
    assert.match(screen, /\nIn short: 1 vCPU, 2048 MiB, [^]*\$\d+ a month; \d warnings? above\n/u);
  });

  it('Ctrl+C at a question writes nothing: exit 2', async () => {
    const cwd = scratch();
    const { code, text } = await type(
      cwd,
      ['a/shop'],
      [
        ['Project name', enter],
        ['AWS region', '\u0003'],
      ],
    );
    assert.equal(code, 2, text);
    assert.match(text, /Stopped; nothing was written\./u);
    assert.doesNotMatch(text, /\n\s+at |bug|ExitPromptError/u);
    assert.deepEqual(filesIn(cwd), []);
  });

  describe('case 35: Ctrl+C in a resize', () => {
    const sizes = '--vcpu 1 --memory 2048 --rds-class db.t4g.small --min-tasks 2 --max-tasks 10 --slowest-request 30';
    const stop = '\u0003';
    for (const [where, words, steps] of [
      ['at the first question', '', [['vCPU of a web task', stop]]],
      ['at a later question', '--vcpu 1 --memory 2048', [['RDS instance class', stop]]],
      ['at a conflict', sizes, [['you and the generator changed the same place', stop]]],
      [
        'before anything is applied',
        sizes,
        [
          ['you and the generator changed the same place', enter],
          ['Apply these changes?', stop],
        ],
      ],
    ] as const) {
      it(`${where}: nothing has changed, exit 2`, async () => {
        const folder = await newRepository();
        edit(folder, { 'gunicorn.conf.py': threads });
        const [before, times] = [await readTree(folder), timesOf(folder)];
        const given = ['resize', ...words.split(' ').filter((word) => word !== '')];
        const { code, text } = await type(folder, given, steps);
        assert.equal(code, 2, text);
        assert.match(text, /Stopped; nothing was written\./u);
        assertTree(await readTree(folder), before);
        assert.deepEqual(timesOf(folder), times);
      });
    }
  });
});
