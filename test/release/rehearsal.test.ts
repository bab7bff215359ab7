import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { rehearse } from '../support/aws/rehearsal.ts';
import type { Step } from '../support/aws/rehearsal.ts';
import { need, needPython } from '../support/need.ts';
import { root } from '../support/paths.ts';
import { stopServers } from '../support/servers/process.ts';
import { linkVenv, venvFor } from '../support/venvs.ts';

describe('the rehearsal', function () {
  this.timeout(600_000);
  this.slow(120_000);
  const steps: Step[] = [];

  before(async function () {
    const tools = {
      moto: need(this, 'moto'),
      postgres: need(this, 'postgres'),
      openssl: need(this, 'openssl'),
      awscli: need(this, 'awscli'),
    };
    need(this, 'make');
    const interpreter = await needPython(this, '3.11');
    // That make makes one is shown where the Makefile is tested.
    const makeVenv = async (repository: string) => linkVenv(await venvFor(repository, interpreter), repository);
    // It throws where a command ends otherwise than the walk expects.
    await rehearse({ ...tools, makeVenv }, (step) => void steps.push(step));
  });

  after(stopServers);

  it('runs dbinit, the migrations and gunicorn, each for real', () => {
    const all = steps.map(({ output }) => output).join('\n');
    for (const line of [
      /database shop: owner is shop_app, was postgres_master/u,
      /Applying shop\.0001_initial\.\.\. OK/u,
      /psycopg\.errors\.DivisionByZero: division by zero/u,
      /Error: this commit does not start/u,
      /shop-web:\d+ was rolled back/u,
      /shop-web:\d+ runs again; migrations stay applied/u,
      /the automatic rollback is off/u,
      /\[X\] 0002_drop_note/u,
      /platform: its first creation failed \(ROLLBACK_FAILED\); deleting what is left/u,
    ]) {
      assert.match(all, line);
    }
  });

  it('serves one commit after another, and the good one while a bad one is refused', () => {
    const served = steps.flatMap(({ output }) => [...output.matchAll(/^\{"status": "ok", "git_sha": "(\w+)"\}/gmu)]);
    const [first, second, third] = served.map(([, sha]) => sha);
    assert.equal(served.length, 5);
    assert.notEqual(first, second);
    assert.equal(second, third);
  });

  it('is the one of docs/rehearsal.md', () => {
    const page = readFileSync(path.join(root, 'docs', 'rehearsal.md'), 'utf8');
    const titles = [...page.matchAll(/^## (.+)$/gmu)].map(([, title]) => title);
    assert.deepEqual(
      titles,
      steps.map(({ title }) => title),
    );
    for (const command of steps.flatMap(({ commands }) => commands.filter((text) => !text.includes('127.0.0.1')))) {
      assert.ok(page.includes(`$ ${command}\n`), command);
    }
  });
});
