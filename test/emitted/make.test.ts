import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { emitRepository } from '../support/emit.ts';
import { need, needPython } from '../support/need.ts';
import { killGroup, run, runOk } from '../support/run.ts';

/** What the Makefile hands to the release program. */
const onAws = ['bootstrap', 'release', 'rollback', 'verify', 'secret', 'secrets', 'status', 'logs', 'shell'];

/** Of a model whose migration has a long line, also when it is formatted. */
const postLines = [
  '    title = models.CharField(',
  '        max_length=200,',
  `        help_text="${'What a reader sees first. '.repeat(3)}"`,
  `        "${'It is in the address, too. '.repeat(3)}",`,
  '    )',
  '',
  '    def __str__(self):',
  '        return self.title',
];

describe('the emitted Makefile', function () {
  this.timeout(300_000);
  let folder = '';
  let repository = '';
  let make = '';
  let python = '';

  before(async function () {
    make = need(this, 'make');
    python = (await needPython(this, '3.11')).path;
    folder = mkdtempSync(path.join(tmpdir(), 'make-'));
    repository = await emitRepository(path.join(folder, 'shop'), []);
  });

  after(() => {
    if (folder !== '') {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('lists its targets when called alone', async () => {
    const { stdout } = await runOk(make, [], { cwd: repository });
    for (const target of ['dev', 'test', 'lint', 'check', 'lock', 'up', 'push', ...onAws]) {
      assert.match(stdout, new RegExp(`^ +${target} +\\S`, 'mu'));
    }
  });

  it('holds shell that shellcheck does not object to', async function () {
    const shellcheck = need(this, 'shellcheck');
    const own = ['dev', 'test', 'lint', 'lint-migrations', 'check', 'lock', 'apt', 'image', 'smoke', 'push', 'clean'];
    for (const target of ['.venv/bin/python', ...own, ...onAws]) {
      const { stdout } = await runOk(make, ['--dry-run', '--always-make', target], { cwd: repository });
      assert.notEqual(stdout.trim(), '');
      // `sh -c '... "$@"'` in single quotes is meant.
      await runOk(shellcheck, ['--shell=sh', '--exclude=SC2016', '-'], { input: stdout });
      const { code, output } = await run(shellcheck, ['--shell=sh', '-'], { input: `${stdout}\nrm -rf $HOME/x\n` });
      assert.equal(code, 1, output);
    }
  });

  it('collects the static files before a release only where they come from a bucket', async () => {
    const dryRun = async (cwd: string) => {
      const { stdout } = await runOk(make, ['--dry-run', 'release', 'ARGS=--sha 0a1b2c'], { cwd });
      const lines = stdout.split('\n');
      const placeOf = (text: string) => lines.findIndex((line) => line.includes(text));
      assert.ok(placeOf('django_fargate.release release --sha 0a1b2c') >= 0, stdout);
      return { collected: placeOf('collectstatic'), released: placeOf('django_fargate.release release') };
    };
    assert.equal((await dryRun(repository)).collected, -1);
    const { collected, released } = await dryRun(
      await emitRepository(path.join(folder, 'bucket'), ['--project-name', 'shop', '--static', 's3']),
    );
    assert.ok(0 <= collected && collected < released, `${collected} ${released}`);
  });

  it('gives a push the account that ARGS names, and nothing else of it', async () => {
    const pushes = async (given: string) => {
      const { stdout } = await runOk(make, ['--dry-run', 'push', 'release', `ARGS=${given}`], { cwd: repository });
      return stdout.split('\n').find((line) => line.includes('django_fargate.release push'));
    };
    const plain = await pushes('');
    assert.match(plain ?? '', /django_fargate\.release push *$/u);
    assert.equal(await pushes('--build'), plain);
    const named = /django_fargate\.release push --account=210987654321$/u;
    assert.match((await pushes('--account 210987654321 --build')) ?? '', named);
    assert.match((await pushes('--build  --account=210987654321')) ?? '', named);
  });

  it('names the missing Debian package when Python cannot make a virtual environment', async () => {
    const crippled = path.join(folder, 'no-venv');
    mkdirSync(crippled);
    // What Debian's python3 is without the package python3-venv: no ensurepip.
    const shim = `#!/bin/sh\ncase "$2" in *ensurepip*) exit 1 ;; esac\nexec ${python} "$@"\n`;
    writeFileSync(path.join(crippled, 'python3'), shim, { mode: 0o755 });
    for (const tool of ['sh', 'git', 'awk']) {
      const { stdout } = await run('sh', ['-c', `command -v ${tool}`]);
      if (stdout.trim() !== '') {
        symlinkSync(stdout.trim(), path.join(crippled, tool));
      }
    }
    const env = { PATH: crippled, HOME: folder };
    const { code, output } = await run(make, ['dev'], { cwd: repository, env });
    assert.equal(code, 2, output);
    assert.match(output, /sudo apt-get install python3-venv/u);
  });

  it('"make test" makes the virtual environment and passes', async () => {
    const { output } = await runOk(make, ['test', `PYTHON=${python}`], { cwd: repository });
    assert.match(output, /\b[1-9]\d* passed\b/u);
    assert.doesNotMatch(output, /\b(?:warnings?|skipped|xfailed)\b/u);
  });

  it('"make lint" and "make check" pass, and install nothing again', async () => {
    const { output } = await runOk(make, ['lint', 'check'], { cwd: repository });
    assert.match(output, /no issues/u);
    assert.doesNotMatch(output, /pip install/u);
  });

  it('stays green with a secret and a variable of your own, each in one line and read in the settings', async () => {
    const files = ['shop/settings/base.py', 'deploy/environment.json'].map((file) => path.join(repository, file));
    const texts = files.map((file) => readFileSync(file, 'utf8'));
    const [settings = '', environment = ''] = files;
    const pytest = ['-m', 'pytest', '--quiet', 'tests/test_settings.py'];
    const interpreter = path.join(repository, '.venv/bin/python');
    try {
      const lines = ['STRIPE_KEY', 'SUPPORT_URL'].map((name) => `${name} = env.text("${name}")\n`);
      writeFileSync(settings, `${texts[0]}${lines.join('')}`);
      // The control: what nobody has declared stops production, and the tests know.
      const undeclared = await run(interpreter, pytest, { cwd: repository });
      assert.equal(undeclared.code, 1, undeclared.output);
      assert.match(undeclared.output, /settings\.production: STRIPE_KEY, SUPPORT_URL are not set/u);
      const declared = { STRIPE_KEY: { secret: true }, SUPPORT_URL: { value: 'https://support.example.com' } };
      writeFileSync(environment, `${JSON.stringify(declared, undefined, 2)}\n`);
      await runOk(interpreter, pytest, { cwd: repository });
      await runOk(make, ['lint', 'check'], { cwd: repository });
      const print = 'from shop.settings.local import *; print(repr(STRIPE_KEY))';
      const development = { cwd: repository, env: { DJANGO_SETTINGS_MODULE: 'shop.settings.local' } };
      assert.equal((await runOk(interpreter, ['-c', print], development)).stdout, "''\n");
      // A value for this machine.
      writeFileSync(path.join(repository, '.env'), 'STRIPE_KEY=sk_test_1\n');
      assert.equal((await runOk(interpreter, ['-c', print], development)).stdout, "'sk_test_1'\n");
    } finally {
      rmSync(path.join(repository, '.env'), { force: true });
      files.forEach((file, index) => writeFileSync(file, texts[index] ?? ''));
    }
  });

  // It writes the files anew, so that the next target installs again.
  it('"make lock" gives back the requirements as they are', async () => {
    const read = () =>
      ['requirements', 'requirements-dev', 'deploy/requirements'].map((name) =>
        readFileSync(path.join(repository, `${name}.txt`), 'utf8'),
      );
    const before = read();
    await runOk(make, ['lock'], { cwd: repository });
    assert.deepEqual(read(), before);
  });

  it('"make dev" migrates SQLite and serves /healthz', async () => {
    const port = await freePort();
    const child = spawn(make, ['dev', `PORT=${port}`], { cwd: repository, detached: true, stdio: 'pipe' });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const ended = new Promise((resolve) => child.on('close', resolve));
    try {
      const response = await poll(`http://127.0.0.1:${port}/healthz`, 60_000).catch((error: unknown) => {
        throw new Error(`${String(error)}\n${output}`);
      });
      assert.equal(response.status, 200);
      const ready = await fetch(`http://127.0.0.1:${port}/readyz`);
      assert.equal(ready.status, 200, await ready.text());
      assert.match(output, /Applying contenttypes\.0001_initial/u);
    } finally {
      killGroup(child.pid, 'SIGTERM');
      await Promise.race([ended, sleep(5000).then(() => killGroup(child.pid, 'SIGKILL'))]);
    }
  });

  it('takes an app as startapp and makemigrations write it, and runs its tests', async () => {
    const manage = (...args: string[]) => runOk('.venv/bin/python', ['manage.py', ...args], { cwd: repository });
    const put = (file: string, ...lines: string[]) => {
      writeFileSync(path.join(repository, file), `${lines.join('\n')}\n`);
    };
    await manage('startapp', 'blog');
    put('blog/models.py', 'from django.db import models', '', '', 'class Post(models.Model):', ...postLines);
    put('blog/tests.py', 'def test_of_the_app():', '    assert 1 == 2');
    const base = 'shop/settings/base.py';
    put(base, readFileSync(path.join(repository, base), 'utf8').trimEnd(), '', 'INSTALLED_APPS += ["blog"]');
    await manage('makemigrations', 'blog');
    assert.match(readFileSync(path.join(repository, 'blog/migrations/0001_initial.py'), 'utf8'), /^.{101}/mu);
    await runOk(make, ['format', 'lint', 'lint-migrations'], { cwd: repository });
    const { code, output } = await run(make, ['test'], { cwd: repository });
    assert.equal(code, 2, output);
    assert.match(output, /FAILED blog\/tests\.py::test_of_the_app[^]* 1 failed, [1-9]\d* passed/u);
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function poll(url: string, timeoutMs: number): Promise<Response> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const response = await fetch(url).catch((error: unknown) => error);
    if (response instanceof Response) {
      return response;
    }
    if (Date.now() > end) {
      throw new Error(`${url} did not answer within ${timeoutMs} ms: ${String(response)}`);
    }
    await sleep(200);
  }
}
