import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { filesOf, parts } from '../support/parts.ts';
import { root } from '../support/paths.ts';
import { run } from '../support/run.ts';

const passing = "it('is fine', () => {});";

interface Case {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly flags?: readonly string[];
  readonly code: number;
  /** The closing line. */
  readonly last: string;
  readonly says?: RegExp;
}

const cases: readonly Case[] = [
  {
    name: 'passing tests, and says what started, what ended and when',
    files: { 'disk/a': passing, 'disk/b': passing },
    code: 0,
    last: '2 passed, 0 failed',
    says: /^\[0:0\d\] rest: started, 2 files\n\[0:\d\d\] rest: 2 passed, 0 failed in [\d.]+ s, \d+ s of CPU \(1 of 1 parts\)\n\n/u,
  },
  {
    name: 'coloured output where no terminal shows it',
    files: {
      'disk/a': `it('prints', () => { console.log('\\u001B[31mred\\u001B[0m'); throw new Error('\\u001B[31mplanted'); });`,
    },
    code: 1,
    last: '0 passed, 1 failed',
    says: /^[^\u001B]*\n {2}red\n[^\u001B]*\nFailed:\n- [^\u001B]*Error: planted\n[^\u001B]*$/u,
  },
  {
    name: 'tests one by one where that is asked for',
    files: { 'disk/a': passing },
    flags: ['--verbose'],
    code: 0,
    last: '1 passed, 0 failed',
    says: /is fine\n/u,
  },
  {
    name: 'a failing test',
    files: { 'disk/a': `${passing} it('is not', () => { throw new Error('planted'); });` },
    code: 1,
    last: '1 passed, 1 failed',
    // Named again at the end, where a cut log still shows it.
    says: /\nFailed:\n- test\/disk\/a\.test\.ts: is not\n {4}Error: planted\n[^]*\n1 passed, 1 failed\n$/u,
  },
  {
    name: 'a failing hook',
    files: { 'disk/a': `${passing} describe('b', () => { before(() => { throw new Error('x'); }); ${passing} });` },
    code: 1,
    last: '1 passed, 1 failed',
  },
  {
    name: 'a file without a test',
    files: { 'disk/a': passing, 'disk/b': 'export {};' },
    code: 1,
    last: '1 passed, 1 failed',
    says: /\nFailed:\n- rest: test\/disk\/b\.test\.ts holds no test\n/u,
  },
  {
    name: 'a file that does not parse',
    files: { 'disk/a': passing, 'disk/b': 'it(' },
    code: 1,
    last: '0 passed, 1 failed',
    says: /mocha ended with \d+ without a failed test/u,
  },
  {
    name: 'a test that ends the process',
    files: { 'disk/a': `${passing} it('ends', () => process.exit(0));` },
    code: 1,
    last: '1 passed, 1 failed',
    says: /\nFailed:\n- rest: mocha ended before its last test\n/u,
  },
  { name: 'no test file at all', files: {}, code: 1, last: '0 passed, 1 failed', says: /rest has no test file/u },
  {
    name: 'a skipped test, with its reason',
    files: {
      'disk/a': `
        import { skip } from '../support/need.ts';
        ${passing}
        it('wants a tool', function () { skip(this, 'no tool here'); });
        describe('b', () => { before(function () { skip(this, 'no b here'); }); it('c', () => {}); });`,
    },
    code: 0,
    last: '1 passed, 0 failed, 2 skipped',
    says: /Skipped:\n {2}wants a tool: no tool here\n {2}b c: no b here\n/u,
  },
  {
    name: 'a skipped test where skips are forbidden',
    files: { 'disk/a': `${passing} it.skip('is off', () => {});` },
    flags: ['--forbid-skips'],
    code: 1,
    last: '1 passed, 1 failed',
    says: /Skipped, which is forbidden here:\n {2}is off\n/u,
  },
  {
    name: 'only one of the tests',
    files: { 'disk/a': `${passing} it.only('is on', () => {});` },
    code: 1,
    last: '0 passed, 1 failed',
  },
];

describe('npm test', function () {
  this.timeout(120_000);
  let folder = '';

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'run-tests-'));
    cpSync(path.join(root, 'test', 'support'), path.join(folder, 'test', 'support'), { recursive: true });
    cpSync(path.join(root, '.mocharc.json'), path.join(folder, '.mocharc.json'));
    writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
    symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  for (const { name, files, flags = [], code, last, says } of cases) {
    it(`closes with "${last}" for ${name}`, async () => {
      for (const [file, text] of Object.entries(files)) {
        mkdirSync(path.join(folder, 'test', path.dirname(file)), { recursive: true });
        writeFileSync(path.join(folder, 'test', `${file}.test.ts`), text);
      }
      const env = { ...process.env };
      for (const ours of ['FORBID_SKIPS', 'RESULTS_FILE', 'SKIP_REASONS']) {
        delete env[ours];
      }
      const args = ['--import', 'tsx/esm', 'test/support/run-tests.ts', '--part', 'rest', ...flags];
      const outcome = await run(process.execPath, args, { cwd: folder, env });
      assert.equal(outcome.stdout.trimEnd().split('\n').at(-1), last, outcome.output);
      assert.equal(outcome.code, code, outcome.output);
      if (says !== undefined) {
        assert.match(outcome.stdout, says);
      }
    });
  }

  it('runs every test file in exactly one part, and every part has one', () => {
    const files = readdirSync(path.join(root, 'test'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.test.ts'))
      .map((file) => `test/${file}`);
    const shared = parts.map((part) => filesOf(part, files));
    assert.ok(shared.every((list) => list.length > 0));
    assert.deepEqual(shared.flat().toSorted(), files.toSorted());
  });
});
