import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Account, accountNumber } from '../support/aws/account.ts';
import { need, needPython } from '../support/need.ts';
import { root } from '../support/paths.ts';
import { run } from '../support/run.ts';
import { freePort } from '../support/servers/ports.ts';
import { Postgres } from '../support/servers/postgres.ts';
import { stopServers } from '../support/servers/process.ts';
import { Browser } from './browser.ts';
import { giveVenv } from './developer.ts';
import { stepsOf } from './page.ts';
import type { PageStep } from './page.ts';
import { pictureFile } from './picture.ts';
import { Shell, writeStep } from './shell.ts';
import type { Running } from './shell.ts';

const steps = stepsOf(readFileSync(path.join(root, 'docs', 'first-weeks.md'), 'utf8'));
const headings = [...new Set(steps.map(({ heading }) => heading))];

/** What goes on until it is stopped, and what it prints when it is ready. */
const servers: Readonly<Record<string, RegExp>> = {
  'make dev': /Quit the server/u,
  'make worker': /ready\./u,
};

/** After these .venv is another one. That make makes it by pip, in half a minute, is shown where the Makefile is tested. */
const installing = /^(?:npm start|make lock|npx )/u;

describe('docs/first-weeks.md', function () {
  this.timeout(600_000);
  this.slow(120_000);
  this.bail(true);
  let parent = '';
  let folder = '';
  let url = '';
  let shell: Shell;
  let postgres: Postgres;
  let account: Account;
  let install: () => Promise<void>;
  /** What the commands under a heading printed. */
  let printed = '';
  const running = new Map<string, Running>();

  before(async function () {
    for (const tool of ['make', 'uv']) need(this, tool);
    const interpreter = await needPython(this, '3.11');
    const programs = { postgres: need(this, 'postgres'), openssl: need(this, 'openssl') };
    parent = mkdtempSync(path.join(tmpdir(), 'page-'));
    folder = path.join(parent, 'shop');
    install = () => giveVenv(folder, interpreter);
    account = await Account.start(need(this, 'moto'));
    // As compose.yaml makes it.
    const master = { user: 'shop_app', password: 'local-only' };
    postgres = await Postgres.create({ ...programs, maxConnections: 178, tls: false, master });
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    placePrograms(account.bin, postgres.port);
    shell = new Shell(root, {
      ...process.env,
      PATH: account.environment['PATH'],
      PORT: String(port),
      PYTHONUNBUFFERED: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      ...{ GIT_AUTHOR_NAME: 'Ada', GIT_AUTHOR_EMAIL: 'ada@example.com' },
      ...{ GIT_COMMITTER_NAME: 'Ada', GIT_COMMITTER_EMAIL: 'ada@example.com' },
    });
  });

  after(async () => {
    await shell?.end();
    await stopServers();
    if (parent !== '') rmSync(parent, { recursive: true, force: true });
  });

  /** What a person sees who has done what stands under a heading. */
  const seen: Readonly<Record<string, () => Promise<void>>> = {
    'A repository': async () => {
      assert.equal((await new Browser(url).get('/admin/login/')).status, 200);
    },
    'A picture': async () => {
      const browser = new Browser(url);
      await browser.logIn('/admin/login/', 'ada', 'correct horse');
      const form = { name: 'Chair', picture: pictureFile() };
      assert.equal((await browser.submit('/admin/catalog/product/add/', form)).status, 302);
      const product = await browser.get('/admin/catalog/product/1/change/');
      const [, address = ''] = /<a href="([^"]+\.png)">/u.exec(product.text) ?? [];
      assert.equal((await browser.get(address)).headers['content-type'], 'image/png', address);
      assert.match((await run('git', ['status', '--porcelain', '--ignored'], { cwd: folder })).output, /^!! media\//mu);
    },
    'A mail': async () => assert.match(printed, /^To: grace@example\.com$/mu),
    'A background task': async () => {
      const worker = running.get('make worker');
      await worker?.printed(/catalog\.tasks\.measure task-succeeded/u);
      await worker?.printed(/Traceback[^]*Product matching query does not exist\./u);
    },
    'A variable and a secret': async () => assert.match(printed, /\b[1-9]\d* passed\b/u),
    PostgreSQL: async () => {
      assert.equal((await new Browser(url).get('/readyz')).status, 200);
      assert.deepEqual(await postgres.sql('SELECT count(*) FROM catalog_product'), ['0']);
    },
    'On AWS': async () => {
      assert.equal(
        await account.servedCommit(),
        (await run('git', ['rev-parse', 'HEAD'], { cwd: folder })).stdout.trim(),
      );
    },
  };

  it('is walked through whole', () => assert.deepEqual(headings, Object.keys(seen)));

  for (const heading of headings) {
    it(heading, async () => {
      printed = '';
      if (heading === 'On AWS') {
        sayWhere(folder);
        await shell.run(credentialsOf(account));
      }
      for (const step of steps.filter((one) => one.heading === heading)) {
        await take(step);
      }
      await seen[heading]?.();
    });
  }

  async function take(step: PageStep): Promise<void> {
    if (step.kind !== 'run') {
      writeStep(folder, step.kind, step.file, step.text);
      return;
    }
    const commands = step.text.trim();
    const ready = servers[commands];
    if (ready !== undefined) {
      await running.get(commands)?.stop();
      const server = await shell.start(commands);
      running.set(commands, server);
      await server.printed(ready, 120);
      return;
    }
    for (const command of commands.split('\n')) {
      const here = command.replaceAll('../shop', folder).replaceAll(':5432/', `:${postgres.port}/`);
      printed += await shell.run(command.startsWith('make secret ') ? `${here} <<< 'sk_test_1'` : here);
      if (installing.test(command)) await install();
    }
  }
});

/** Puts programs first on PATH: the generator as npm has it, and a Docker that has started the database. */
function placePrograms(bin: string, port: number): void {
  const generator = path.join(root, 'dist', 'bin', 'generator-django-fargate.js');
  const place = (name: string, ...lines: readonly string[]) => {
    mkdirSync(bin, { recursive: true });
    writeFileSync(path.join(bin, name), ['#!/bin/sh', ...lines, ''].join('\n'), { mode: 0o755 });
  };
  place('npx', 'shift', `exec '${process.execPath}' '${generator}' "$@"`);
  const docker = readFileSync(path.join(bin, 'docker'), 'utf8').replace(/^#!.*\n/u, '');
  place('docker', `case "$*" in *' port dev-db 5432') echo 127.0.0.1:${port} ;; compose*) ;; *)`, docker, ';; esac');
}

/** What only the owner of an account and a repository knows. */
function sayWhere(folder: string): void {
  const file = path.join(folder, 'deploy', 'parameters.json');
  const text = readFileSync(file, 'utf8').replace('"Repository": ""', '"Repository": "ada/shop"');
  writeFileSync(file, text.replace('"account": ""', `"account": "${accountNumber}"`));
}

/** What lets a shell ask the account. */
function credentialsOf({ environment }: Account): string {
  const names = Object.keys(environment).filter((name) => /^(?:AWS|STAND_IN|RELEASE)_/u.test(name));
  return names.map((name) => `export ${name}='${environment[name]}'`).join('\n');
}
