import assert from 'node:assert/strict';
import { generate, scratch } from '../support/generate.ts';
import type { Generated } from '../support/generate.ts';
import { newRepository, run } from './support.ts';

const flags = {
  'rds-engine-version': '18',
  domain: 'shop.example.com',
  'rds-max-connections': 150,
  pooler: 'pgbouncer',
};

/** Either way to change the answers of a repository that is there. */
const ways: readonly (readonly [string, (folder: string) => Promise<Generated>])[] = [
  ['resize', (folder) => run(folder, { flags })],
  ['yo django-fargate .', (folder) => generate('app', { cwd: folder, args: ['.'], flags: { yes: true, ...flags } })],
];

describe('what a change of the answers leaves to do', function () {
  this.timeout(60_000);

  for (const [name, start] of ways) {
    it(`${name}: told before the plan, and with the commands to type`, async () => {
      const { code, message, stdout } = await start(await newRepository());
      assert.equal(code, 0, message);
      const [before = '', after = ''] = stdout.split(/^The plan/mu);
      assert.match(before, /^! PostgreSQL 17 -> 18 is a separate step/mu);
      const next = after.slice(after.indexOf('Written. Next:'));
      assert.match(next, /^ {2}# PostgreSQL 17 -> 18 is a separate step/mu);
      assert.match(next, /^ {2}# fill in platform\.CertificateArn in /mu);
      assert.match(next, /^ {2}# max_connections \d+ -> 150 needs a reboot/mu);
      assert.match(next, /^ {2}# deploy PgBouncer before the next release/mu);
    });
  }

  it('a new repository is left to its runbook', async () => {
    const { code, stdout } = await generate('app', { cwd: scratch(), args: ['shop'], flags: { yes: true, ...flags } });
    assert.equal(code, 0);
    assert.doesNotMatch(stdout, /^(?:! PostgreSQL| *# )/mu);
  });

  it('breaks the sentences at the width of the terminal', async () => {
    const { stdout } = await run(await newRepository(), {
      flags: { ...flags, 'dry-run': true },
      answers: {},
    });
    const lines = stdout.split('\n');
    const first = lines.findIndex((line) => line.startsWith('! PostgreSQL 17 -> 18'));
    assert.ok(first >= 0, stdout);
    assert.ok(
      lines
        .slice(
          first,
          lines.findIndex((line) => line.startsWith('The plan')),
        )
        .every((line) => line.length <= 120),
    );
  });
});
