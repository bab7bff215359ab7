import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { emitRepository } from '../support/emit.ts';
import { need, needPython } from '../support/need.ts';
import { run, runOk } from '../support/run.ts';
import type { Outcome } from '../support/run.ts';
import { PackageIndex } from '../support/servers/packageIndex.ts';

const locks = ['requirements.txt', 'requirements-dev.txt', 'deploy/requirements.txt'] as const;

describe('packages that are not on PyPI, or have no wheel', function () {
  this.timeout(300_000);
  this.slow(20_000);
  let folder = '';
  let repository = '';
  let make = '';
  let index: PackageIndex;

  before('write a repository, and start an index that asks for a password', async function () {
    make = need(this, 'make');
    const uv = need(this, 'uv');
    const python = (await needPython(this, '3.11')).path;
    folder = mkdtempSync(path.join(tmpdir(), 'packages-'));
    repository = await emitRepository(path.join(folder, 'shop'), []);
    await runOk('git', ['init', '--quiet'], { cwd: repository });
    index = await PackageIndex.start(python);
    // With pip in it, as `make install` makes it, but in a second.
    await runOk(uv, ['venv', '--quiet', '--seed', '--python', python, '.venv'], { cwd: repository });
    const requirements = ['requirements.txt', 'requirements-dev.txt'].flatMap((file) => ['-r', file]);
    await runOk(uv, ['pip', 'install', '--quiet', ...requirements], { cwd: repository });
  });

  after(async () => {
    await index?.stop();
    if (folder !== '') rmSync(folder, { recursive: true, force: true });
  });

  const textOf = (file: string) => readFileSync(path.join(repository, file), 'utf8');
  const contents = () => locks.map(textOf);
  const put = (file: string, text: string) => writeFileSync(path.join(repository, file), text);

  /** Of a machine that knows the index only by what is in the repository. */
  function environment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
    const home = path.join(folder, 'home');
    mkdirSync(home, { recursive: true });
    const caches = { UV_CACHE_DIR: path.join(homedir(), '.cache', 'uv'), GIT_TERMINAL_PROMPT: '0' };
    return { ...process.env, ...caches, HOME: home, ...more };
  }

  async function lock(): Promise<Outcome> {
    const outcome = await run(make, ['lock'], { cwd: repository, env: environment() });
    assert.ok(!outcome.output.includes(PackageIndex.password), 'it prints a password');
    return outcome;
  }

  /** `make lock` is refused, and leaves the lock files alone; returns the lines that it says to write. */
  async function waysOut(): Promise<readonly string[]> {
    const before = contents();
    const { code, output } = await lock();
    assert.equal(code, 2, output);
    assert.match(output, /refused, and the lock files are as they were/u);
    assert.deepEqual(contents(), before);
    return [...output.matchAll(/^ {4}(\S.*)$/gmu)].map(([, line = '']) => line);
  }

  const line = (lines: readonly string[], start: string) =>
    lines.find((one) => one.startsWith(start)) ?? assert.fail(`no ${start} in:\n${lines.join('\n')}`);

  it('are refused with the lines to write instead, and locked with these', async () => {
    const original = textOf('requirements.in');
    const withPassword = index.url.replace('//', `//${PackageIndex.user}:${PackageIndex.password}@`);
    const repositoryLine = `acme-git @ git+${index.url}/git/acme-git.git`;
    const packages = ['acme-private', 'acme-source'];
    put(
      'requirements.in',
      [original.trimEnd(), `--extra-index-url ${withPassword}/simple`, ...packages, `${repositoryLine}@main`, ''].join(
        '\n',
      ),
    );

    // What can be seen without asking anybody. The commit is known only to who may read the repository.
    const first = await waysOut();
    const machine = line(first, 'machine 127.0.0.1 ');
    const indexLine = line(first, '--extra-index-url ');
    assert.ok(first.includes('git'), first.join('\n'));
    assert.equal(line(first, 'acme-git @'), `${repositoryLine}@COMMIT`);
    appendFileSync(path.join(repository, 'deploy/apt-build.txt'), 'git\n');
    put('requirements.in', [original.trimEnd(), indexLine, ...packages, ''].join('\n'));

    // The index lets nobody in.
    assert.equal(line(await waysOut(), 'machine'), machine);
    const words = machine.replace('USER', PackageIndex.user).replace('PASSWORD', PackageIndex.password);
    put('.netrc', `${words}\n`);

    // Now a package without a wheel is seen, and a branch can be asked for.
    const without = await waysOut();
    put('requirements.in', [original.trimEnd(), indexLine, ...packages, `${repositoryLine}@main`, ''].join('\n'));
    const pinned = line(await waysOut(), 'acme-git @');
    assert.equal(pinned, `${repositoryLine}@${index.commit}`);
    const lines = [indexLine, line(without, '--no-binary'), ...packages, pinned];
    put('requirements.in', [original.trimEnd(), ...lines, ''].join('\n'));

    const { code, output } = await lock();
    assert.equal(code, 0, output);
    assert.match(output, /acme-source is built from its source; no hash covers the tools/u);
    assert.match(output, /acme-git is built from a commit; no hash covers it/u);
    for (const file of ['requirements.txt', 'requirements-dev.txt']) {
      const text = textOf(file);
      assert.ok(text.includes(`\n--extra-index-url ${index.url}/simple\n--no-binary acme-source\n`), text);
      assert.match(text, /^acme-private==1\.0 \\\n {4}--hash=sha256:/mu);
      assert.ok(text.includes(`\n${pinned}\n`), text);
      assert.ok(!text.includes(PackageIndex.password));
    }
  });

  it('are installed by "make install"', async () => {
    await runOk(make, ['install'], { cwd: repository, env: environment() });
    const program =
      'import acme_git, acme_private, acme_source; print(acme_git.name, acme_private.name, acme_source.name)';
    const { stdout } = await runOk('.venv/bin/python', ['-c', program], { cwd: repository });
    assert.equal(stdout, 'acme-git acme-private acme-source\n');
    assert.ok(index.served.includes('/files/acme_private-1.0-py3-none-any.whl'));
  });

  it('are refused when their only wheels are for another system', async () => {
    const before = textOf('requirements.in');
    appendFileSync(path.join(repository, 'requirements.in'), 'acme-mac\n');
    assert.deepEqual(
      (await waysOut()).filter((one) => one.startsWith('--')),
      ['--no-binary acme-mac'],
    );
    put('requirements.in', before);
  });

  it('leave their password in no file that Git would take', async () => {
    await runOk('git', ['add', '--all'], { cwd: repository });
    const { code, stdout } = await run('git', ['grep', '--cached', '--name-only', PackageIndex.password], {
      cwd: repository,
    });
    assert.deepEqual([code, stdout], [1, '']);
    assert.ok(existsSync(path.join(repository, '.netrc')));
  });

  it('in CI take the password from a variable', async () => {
    rmSync(path.join(repository, '.netrc'));
    const env = environment({ PACKAGES_NETRC: index.netrc.trim() });
    await runOk(make, ['--silent', 'help'], { cwd: repository, env });
    assert.equal(textOf('.netrc'), index.netrc);
  });

  it('bring their Debian packages with "make apt", which does nothing without any', async () => {
    const stubs = path.join(folder, 'stubs');
    mkdirSync(stubs);
    const asked = path.join(folder, 'asked');
    for (const program of ['apt-get', 'sudo']) {
      const script = program === 'sudo' ? 'exec "$@"' : `echo "$@" >> ${asked}`;
      writeFileSync(path.join(stubs, program), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    }
    const env = environment({ PATH: `${stubs}:${process.env['PATH'] ?? ''}` });
    put('deploy/apt-build.txt', '# none\n');
    await runOk(make, ['apt'], { cwd: repository, env });
    assert.equal(existsSync(asked), false);
    put('deploy/apt.txt', '# why\nlibpango-1.0-0  # WeasyPrint\n\nlibgdal36\n');
    put('deploy/apt-build.txt', 'git\n');
    await runOk(make, ['apt'], { cwd: repository, env });
    const [update, install, ...others] = readFileSync(asked, 'utf8').trim().split('\n');
    assert.equal(update, 'update');
    assert.match(install ?? '', / -- libpango-1\.0-0 libgdal36 git$/u);
    assert.deepEqual(others, []);
  });
});
