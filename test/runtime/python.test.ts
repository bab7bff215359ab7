import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Runnable } from 'mocha';
import { need, needPython } from '../support/need.ts';
import { run, runOk } from '../support/run.ts';
import { runtimeCases, runtimeFolder, venvOf } from '../support/runtime.ts';
import type { RuntimeCase } from '../support/runtime.ts';
import { filesIn } from '../support/tree.ts';

/** Writes neither caches nor compiled files beside the sources. */
const clean = { ...process.env, PYTHONDONTWRITEBYTECODE: '1', RUFF_NO_CACHE: 'true' };

/** Runs a case's tests in a folder that holds tests/; the title says how many there were. */
async function runTests(test: Runnable | undefined, example: RuntimeCase, python: string, folder: string) {
  const args = ['-m', 'pytest', '-p', 'no:cacheprovider', '--quiet', `tests/${example.tests}`];
  const { output } = await runOk(python, args, { cwd: folder, env: clean });
  const [, passed = '0'] = /\b([1-9]\d*) passed\b/u.exec(output) ?? [];
  assert.notEqual(passed, '0', output);
  assert.doesNotMatch(output, /\b(?:warnings?|skipped|xfailed)\b/u, output);
  if (test !== undefined) {
    test.title += `: ${passed} passed`;
  }
}

describe('the runtime', function () {
  this.timeout(300_000);
  let folder = '';
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'runtime-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const example of runtimeCases) {
    it(`passes its tests: ${example.name}`, async function () {
      await runTests(this.test, example, await venvOf(this, example), runtimeFolder);
    });
  }

  describe('as a wheel', () => {
    let wheel = '';
    before('uv build', async function () {
      const dist = path.join(folder, 'dist');
      await runOk(need(this, 'uv'), ['build', '--wheel', '--quiet', '--out-dir', dist, runtimeFolder], { env: clean });
      const [built = ''] = readdirSync(dist).filter((name) => name.endsWith('.whl'));
      wheel = path.join(dist, built);
    });

    it('holds every file of the package and nothing else', async function () {
      const python = await needPython(this, '3.11');
      const script = 'import sys, zipfile; print("\\n".join(zipfile.ZipFile(sys.argv[1]).namelist()))';
      const { stdout } = await runOk(python.path, ['-c', script, wheel]);
      const held = stdout.split('\n').filter((name) => name !== '' && !name.includes('.dist-info/'));
      const sources = filesIn(path.join(runtimeFolder, 'django_fargate')).filter((file) => !file.endsWith('.pyc'));
      assert.deepEqual(held.toSorted(), sources.map((file) => `django_fargate/${file}`).toSorted());
    });

    for (const example of runtimeCases.filter(({ which }) => which === 'highest')) {
      it(`passes its tests when it is installed: ${example.name}`, async function () {
        const base = await venvOf(this, example);
        const installed = mkdtempSync(path.join(folder, 'installed-'));
        const python = await installBeside(need(this, 'uv'), base, path.join(installed, 'venv'), wheel);
        // The tests alone: what they import is the installed package.
        cpSync(path.join(runtimeFolder, 'tests'), path.join(installed, 'tests'), { recursive: true });
        cpSync(path.join(runtimeFolder, 'pyproject.toml'), path.join(installed, 'pyproject.toml'));
        const where = await runOk(python, ['-c', 'import django_fargate; print(django_fargate.__file__)'], {
          cwd: installed,
          env: clean,
        });
        assert.ok(where.stdout.startsWith(path.join(installed, 'venv')), where.stdout);
        await runTests(this.test, example, python, installed);
      });
    }
  });

  describe('in its form', () => {
    it('passes ruff check and ruff format --check', async function () {
      const python = await venvOf(this, firstOf('app'));
      await runOk(python, ['-m', 'ruff', 'check', '.'], { cwd: runtimeFolder, env: clean });
      await runOk(python, ['-m', 'ruff', 'format', '--check', '.'], { cwd: runtimeFolder, env: clean });
    });

    for (const version of ['3.11', '3.14']) {
      it(`has types that hold under mypy --strict on Python ${version}`, async function () {
        const { code, output } = await checkTypes(need(this, 'django-stubs'), runtimeFolder, version);
        assert.equal(code, 0, output);
      });
    }

    it('would not pass mypy with a fault of types planted in it', async function () {
      const planted = path.join(folder, 'planted');
      cpSync(path.join(runtimeFolder, 'pyproject.toml'), path.join(planted, 'pyproject.toml'));
      cpSync(path.join(runtimeFolder, 'django_fargate'), path.join(planted, 'django_fargate'), { recursive: true });
      writeFileSync(path.join(planted, 'django_fargate', 'planted.py'), 'def planted(number):\n    return number\n');
      const { code, output } = await checkTypes(need(this, 'django-stubs'), planted, '3.14');
      assert.equal(code, 1, output);
      assert.match(output, /planted\.py:1: .*\[no-untyped-def\]/u);
    });
  });

  /** Checks the package with the settings of its pyproject.toml. */
  function checkTypes(python: string, cwd: string, version: string) {
    const cache = path.join(folder, 'mypy');
    return run(python, ['-m', 'mypy', '--python-version', version, '--cache-dir', cache], { cwd, env: clean });
  }
});

function firstOf(tests: RuntimeCase['tests']): RuntimeCase {
  const [first] = runtimeCases.filter((example) => example.tests === tests);
  assert.ok(first !== undefined);
  return first;
}

/** Makes a virtual environment that finds the packages of another one, and holds the wheel itself. */
async function installBeside(uv: string, base: string, venv: string, wheel: string): Promise<string> {
  const env = { ...clean, UV_NO_CONFIG: '1' };
  await runOk(uv, ['venv', '--quiet', '--python', base, venv], { env });
  const python = path.join(venv, 'bin', 'python');
  const script = 'import sysconfig; print(sysconfig.get_path("purelib"))';
  const [packages, own] = await Promise.all(
    [base, python].map(async (program) => (await runOk(program, ['-c', script])).stdout.trim()),
  );
  writeFileSync(path.join(own ?? '', 'base.pth'), `${packages}\n`);
  await runOk(uv, ['pip', 'install', '--quiet', '--no-deps', '--python', python, wheel], { env });
  return python;
}
