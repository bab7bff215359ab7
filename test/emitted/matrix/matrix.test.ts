import assert from 'node:assert/strict';
import type { Answers } from '../../../core/answers/types.ts';
import { flagsOf } from '../../generators/matrix.ts';
import { newRepository } from '../../regeneration/support.ts';
import { need, needPython } from '../../support/need.ts';
import { faultsIn } from './check.ts';
import type { Level } from '../../support/pairwise.ts';
import type { Checkers } from './check.ts';
import { answersFor, factors, impossible, longestValues, pairwiseRows } from './rows.ts';
import { pass, textOf } from './transitions.ts';
import type { Transition } from './transitions.ts';

const domain = { domain: 'shop.example.com' };
const provider = { ci: 'gitlab' };
const bucket = { static: 's3' };
const pooler = { pooler: 'pgbouncer' };

/** What is most often turned on later, alone and together, and turned off again. */
const named: readonly Transition[] = [
  { name: 'HTTPS is turned on', from: {}, to: domain },
  { name: 'another CI provider', from: {}, to: provider },
  { name: 'static files move to S3', from: {}, to: bucket },
  { name: 'PgBouncer comes', from: {}, to: pooler },
  { name: 'PgBouncer comes by its command', from: domain, to: { ...domain, ...pooler }, command: 'pgbouncer' },
  { name: 'HTTPS with another provider', from: {}, to: { ...domain, ...provider } },
  { name: 'S3 and PgBouncer', from: {}, to: { ...bucket, ...pooler } },
  { name: 'all of them', from: {}, to: { ...domain, ...provider, ...bucket, ...pooler } },
  { name: 'none of them any more', from: { ...domain, ...provider, ...bucket, ...pooler }, to: {} },
  {
    name: 'a worker comes by its command',
    from: { ...domain, ...pooler },
    to: { ...domain, ...pooler, broker: 'sqs', beat: true },
    command: 'celery',
  },
  { name: 'a worker goes', from: { broker: 'redis', beat: true, ...bucket }, to: bucket },
];

/** Those after which the repository's own tests are run: with every such change, and without the others beside it. */
const tested: ReadonlySet<string> = new Set(['S3 and PgBouncer', 'all of them']);

describe('the matrix of answers, a small part of it', function () {
  this.timeout(600_000);
  let checkers: Checkers;

  before(async function () {
    const python = await needPython(this, '3.11');
    checkers = { pythons: [python], make: need(this, 'make'), targets: ['test', 'lint'] };
  });

  for (const transition of named) {
    const { name, to } = transition;
    for (const isFilledIn of [false, true]) {
      const runs = isFilledIn && tested.has(name) ? ', and its tests are green' : '';
      it(`${name}: ${isFilledIn ? 'what is filled in stays' : 'as if written anew'}${runs}`, async () => {
        const folder = await pass(transition, isFilledIn);
        if (runs !== '') assert.deepEqual(await faultsIn(folder, answersFor(to), checkers), []);
      });
    }
  }

  for (const row of longestValues) {
    it(`the longest values pass the tests and linters: ${row['projectName']}`, async function () {
      const answers = answersFor(row);
      const pythons = [await needPython(this, answers.django === '6.1' ? '3.12' : '3.11')];
      const folder = await newRepository(flagsOf(row as Partial<Answers>));
      const all = { ...checkers, pythons, prettier: need(this, 'prettier'), cfnLint: need(this, 'cfn-lint') };
      assert.deepEqual(await faultsIn(folder, answers, all), []);
    });
  }
});

describe('the rows of the matrix', () => {
  it('have every two levels of different factors together, but those that are refused', () => {
    const names = Object.keys(factors);
    const hold = (level: object, row: object): boolean =>
      Object.entries(level).every(([key, value]) => (row as Record<string, unknown>)[key] === value);
    const isDefault = (name: string, row: object): boolean =>
      (factors[name] ?? []).every((level) => Object.keys(level).every((key) => !(key in row)));
    const has = (name: string, level: object, row: object): boolean =>
      Object.keys(level).length === 0 ? isDefault(name, row) : hold(level, row);
    const missing = names.flatMap((one, index) =>
      names
        .slice(index + 1)
        .flatMap((other) =>
          (factors[one] ?? []).flatMap((a) =>
            (factors[other] ?? [])
              .filter((b) => !pairwiseRows.some((row) => has(one, a, row) && has(other, b, row)))
              .map((b) => ({ ...a, ...b })),
          ),
        ),
    );
    const refused: readonly Level[] = [
      { ci: 'codebuild', python: '3.15' },
      { static: 's3', infrastructure: 'none' },
      // VPC endpoints lead to AWS alone.
      {
        egress: 'endpoints',
        mail: 'smtp',
        mailFrom: 'Shop & Co <noreply@example.com>',
        mailHost: 'smtp.example.com',
        mailUser: 'shop',
      },
      { egress: 'endpoints', errors: 'sentry' },
      // With the default Django, which does not run on it.
      { python: '3.15' },
    ];
    assert.deepEqual(missing, refused);
    assert.deepEqual(impossible, missing);
  });

  it('are few', () => {
    const all = Object.values(factors).reduce((product, levels) => product * levels.length, 1);
    assert.ok(pairwiseRows.length < 45 && all > 1_000_000, `${pairwiseRows.length} of ${all}`);
    assert.equal(new Set(pairwiseRows.map(textOf)).size, pairwiseRows.length);
  });
});
