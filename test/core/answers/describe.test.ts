import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { controls } from '../../../core/answers/controls.ts';
import type { ControlName } from '../../../core/answers/controls.ts';
import { declarations } from '../../../core/answers/declarations.ts';
import { answersTable, describeUsage, flagsTable } from '../../../core/answers/describe.ts';
import { answersSchema } from '../../../core/answers/schema.ts';
import { answersPage } from '../../../scripts/lib/answersPage.ts';
import { root } from '../../support/paths.ts';

const usage = {
  command: 'django-fargate',
  summary: 'Writes a Django repository.',
  answers: declarations,
  controls: Object.keys(controls) as ControlName[],
  examples: ['../shop --yes'],
};

describe('core/answers/describe: --help', () => {
  const text = describeUsage(usage);

  it('names every flag with what it decides, what is allowed and its default', () => {
    for (const { flag, help, kind, allowed, defaultText } of declarations) {
      const line = text.split('\n').find((candidate) => candidate.startsWith(`  --${flag} `)) ?? '';
      for (const part of [help, allowed, defaultText].map((one) => one.replaceAll('`', ''))) {
        assert.ok(line.includes(part), `${flag}: ${part}`);
      }
      assert.equal(line.includes(`--${flag} <value>`), kind !== 'boolean', line);
    }
    for (const { flag, help } of Object.values(controls)) {
      assert.ok(text.includes(`  --${flag}`) && text.includes(help), flag);
    }
  });

  it('gives usage, examples and exit codes, and no left-overs', () => {
    assert.match(text, /^yo django-fargate \[folder\] \[flags\]\n/);
    assert.match(text, /\n {2}yo django-fargate \.\.\/shop --yes\n/);
    assert.match(text, /\nExit codes: 0 done.*2 input refused.*\n$/);
    assert.doesNotMatch(text, /undefined|NaN|\[object|`| +\n/);
  });

  it('says how to remove a stored answer: --no-<flag> alone for a switch', () => {
    assert.match(
      text,
      /^Answers \(--no-<flag> removes a stored one; so does the value "default", if it takes a value\):$/mu,
    );
  });

  it('lists only what a command takes', () => {
    const few = describeUsage({ ...usage, answers: declarations.slice(0, 2), controls: ['json'] });
    assert.ok(few.includes('--region') && few.includes('--json'));
    assert.ok(!few.includes('--vcpu') && !few.includes('--dry-run'));
  });
});

describe('core/answers: the documentation is in step', () => {
  it('docs/answers.schema.json is the schema', () => {
    const text = readFileSync(path.join(root, 'docs', 'answers.schema.json'), 'utf8');
    assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(answersSchema())), 'run: npm run docs');
  });

  it('docs/answers.md holds the tables of answers and of flags', () => {
    const page = readFileSync(path.join(root, 'docs', 'answers.md'), 'utf8');
    assert.equal(page, answersPage(page), 'run: npm run docs');
    assert.ok(page.includes(answersTable()) && page.includes(flagsTable()));
    assert.throws(() => answersPage(''), /no place for the table "answers"/);
  });

  it('the table of flags has a row for every flag, with as many cells as its head', () => {
    const [head = '', , ...rows] = flagsTable().split('\n');
    const cells = (line: string) => line.split(/(?<!\\)\|/u).length;
    assert.deepEqual(
      rows.map((row) => /`--([a-z-]+)/.exec(row)?.[1]),
      Object.values(controls).map(({ flag }) => flag),
    );
    assert.ok(rows.every((row) => cells(row) === cells(head)));
  });

  it('the table has a row for every answer, with as many cells as its head', () => {
    const [head = '', , ...rows] = answersTable().split('\n');
    const cells = (line: string) => line.split('|').length;
    assert.deepEqual(
      rows.map((row) => /`--([a-z-]+)`/.exec(row)?.[1]),
      declarations.map(({ flag }) => flag),
    );
    assert.ok(rows.every((row) => cells(row) === cells(head)));
  });
});
