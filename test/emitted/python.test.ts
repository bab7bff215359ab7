import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { assertObjection, tryEdits } from '../support/editedStacks.ts';
import type { StackEdit } from '../support/editedStacks.ts';
import { emittedCases, projectOf, readEmitted, repositoryOf } from '../support/emit.ts';
import { needPython } from '../support/need.ts';
import { productionEnvironment } from '../support/production.ts';
import { run, runOk } from '../support/run.ts';
import { venvFor } from '../support/venvs.ts';

/** Writes neither caches nor compiled files into the repository. */
const clean = { ...process.env, PYTHONDONTWRITEBYTECODE: '1', RUFF_NO_CACHE: 'true' };

describe('the emitted Python', function () {
  this.timeout(300_000);

  for (const example of emittedCases) {
    describe(example.name, () => {
      let repository = '';
      let project = '';
      let python = '';

      before('pip install --require-hashes', async function () {
        const interpreter = await needPython(this, example.pythonMinimum, example.python);
        repository = await repositoryOf(example);
        project = projectOf(repository);
        python = await venvFor(repository, interpreter);
      });

      const production = () => ({ ...clean, ...productionEnvironment(project) });

      it('parses', async () => {
        const script =
          'import ast, pathlib, sys\nfor f in pathlib.Path(".").rglob("*.py"): ast.parse(f.read_bytes(), f)';
        await runOk(python, ['-c', script], { cwd: repository });
      });

      it('has the versions that it pins, and they fit together', async () => {
        await runOk(python, ['-m', 'pip', 'check', '--disable-pip-version-check']);
        const { stdout } = await runOk(python, ['-m', 'django', '--version']);
        const pinned = /^django==(\S+)/mu.exec(readEmitted(repository, 'requirements.txt'))?.[1];
        assert.equal(stdout.trim(), pinned);
      });

      it('passes ruff check and ruff format --check', async () => {
        await runOk(python, ['-m', 'ruff', 'check', '.'], { cwd: repository, env: clean });
        await runOk(python, ['-m', 'ruff', 'format', '--check', '.'], { cwd: repository, env: clean });
      });

      // Those of the default answers are run by `make test`: make.test.ts.
      if (example.flags.length > 0) {
        it('passes its own tests on SQLite', async () => {
          const args = ['-m', 'pytest', '-p', 'no:cacheprovider', '--quiet'];
          const { output } = await runOk(python, args, { cwd: repository, env: clean });
          assert.match(output, /\b[1-9]\d* passed\b/u);
          assert.doesNotMatch(output, /\b(?:warnings?|skipped|xfailed)\b/u);
        });
      }

      it('passes check --deploy with the production settings', async () => {
        const args = ['manage.py', 'check', '--deploy', '--fail-level', 'WARNING'];
        const { output } = await runOk(python, args, { cwd: repository, env: production() });
        assert.match(output, /no issues/u);
      });

      it('has a migration for every model', async () => {
        const args = ['manage.py', 'makemigrations', '--check', '--dry-run'];
        await runOk(python, args, { cwd: repository, env: clean });
      });

      it('has a gunicorn.conf.py that gunicorn accepts', async () => {
        const args = ['-m', 'gunicorn', `${project}.wsgi:application`, '-c', 'gunicorn.conf.py', '--check-config'];
        await runOk(python, args, { cwd: repository, env: production() });
      });
    });
  }

  describe('with a fault planted in it', () => {
    let folder = '';
    let repository = '';
    let project = '';
    let python = '';

    before(async function () {
      const [example] = emittedCases;
      assert.ok(example !== undefined);
      const source = await repositoryOf(example);
      python = await venvFor(source, await needPython(this, example.pythonMinimum));
      folder = mkdtempSync(path.join(tmpdir(), 'planted-'));
      repository = path.join(folder, 'shop');
      project = projectOf(source);
      cpSync(source, repository, { recursive: true });
    });

    after(() => {
      if (folder !== '') {
        rmSync(folder, { recursive: true, force: true });
      }
    });

    /** Runs a Python module in the repository while one file of it is changed; it must fail. */
    async function fails(
      file: string,
      change: (text: string) => string,
      args: readonly string[],
      env: NodeJS.ProcessEnv,
    ): Promise<string> {
      const before = readEmitted(repository, file);
      assert.notEqual(change(before), before);
      writeFileSync(path.join(repository, file), change(before));
      try {
        const { code, output } = await run(python, args, { cwd: repository, env });
        assert.equal(code, 1, output);
        return output;
      } finally {
        writeFileSync(path.join(repository, file), before);
      }
    }

    const production = () => ({ ...clean, ...productionEnvironment(project) });
    const append = (line: string) => (text: string) => `${text}\n${line}\n`;

    it('ruff objects to shell=True', async () => {
      const change = append('import subprocess\n\nsubprocess.run("ls " + __file__, shell=True)');
      assert.match(await fails('manage.py', change, ['-m', 'ruff', 'check', '.'], clean), /S60\d/u);
    });

    it('ruff leaves the copies alone that a run keeps for --undo', async () => {
      const copies = path.join(repository, '.django-fargate', 'backup', '1');
      mkdirSync(copies, { recursive: true });
      writeFileSync(path.join(copies, 'old.py'), 'import os,sys\n');
      await runOk(python, ['-m', 'ruff', 'check', '.'], { cwd: repository, env: clean });
      await runOk(python, ['-m', 'ruff', 'format', '--check', '.'], { cwd: repository, env: clean });
    });

    it('check --deploy objects to DEBUG', async () => {
      const args = ['manage.py', 'check', '--deploy', '--fail-level', 'WARNING'];
      const output = await fails(`${project}/settings/production.py`, append('DEBUG = True'), args, production());
      assert.match(output, /security\.W018/u);
    });

    it('gunicorn objects to a wrong setting', async () => {
      const args = ['-m', 'gunicorn', `${project}.wsgi:application`, '-c', 'gunicorn.conf.py', '--check-config'];
      const output = await fails('gunicorn.conf.py', append('timeout = "long"'), args, production());
      assert.match(output, /long/u);
    });

    it('pip refuses a package with another hash', async () => {
      const change = (text: string) => text.replaceAll(/sha256:[0-9a-f]{4}/gu, 'sha256:0000');
      const pip = ['-m', 'pip', 'install', '--dry-run', '--ignore-installed', '--no-deps', '--require-hashes'];
      const output = await fails('requirements.txt', change, [...pip, '-r', 'requirements.txt'], clean);
      assert.match(output, /DO NOT MATCH THE HASHES/u);
    });

    it('its own tests object to a number that breaks the order of the timeouts', async () => {
      const args = ['-m', 'pytest', '-p', 'no:cacheprovider', '--quiet', 'tests/test_sizing.py'];
      assert.match(await fails('gunicorn.conf.py', append('keepalive = 2'), args, clean), /keepalive/u);
    });

    const edits: readonly StackEdit[] = [
      ['more tasks than the connections allow', 'service', /MaxCapacity: \d+/u, 'MaxCapacity: 90', 'worst_deployment'],
      ['fewer connections', 'data', /max_connections: "\d+"/u, 'max_connections: "40"', 'worst_deployment'],
      ['an alarm above the limit', 'data', /Threshold: \d+/u, 'Threshold: 9000', 'worst_deployment'],
      ['no room for a deployment', 'service', /MaximumPercent: 200/u, 'MaximumPercent: 100', 'deployment_can_start'],
      ['a longer idle timeout', 'platform', /"75"/u, '"120"', 'each_timeout'],
      ['a health check of a page', 'platform', /\/healthz/u, '/', 'health_check'],
      ['a nervous health check', 'platform', /UnhealthyThresholdCount: \d+/u, 'UnhealthyThresholdCount: 2', 'failover'],
      [
        'a timeout for everybody',
        'data',
        /rds\.force_ssl: "1"/u,
        '$&\n        lock_timeout: "9"',
        'hold_for_everybody',
      ],
      ['another major version alone', 'data', /EngineVersion: "17"/u, 'EngineVersion: "18"', 'hold_for_everybody'],
      ['a count of tasks', 'service', /( +)LaunchType:/u, '$1DesiredCount: 2\n$&', 'leaves_its_count'],
      ['a rollback on slow answers', 'service', /!Ref Errors/u, '!Ref Latency', 'taken_back'],
      ['another role', 'platform', /RoleName: shop-task/u, 'RoleName: shop-web', 'finds_what_it_names'],
      ['another container', 'service', /ContainerName: web/u, 'ContainerName: app', 'reaches_the_container'],
      [
        'a parameter without a value',
        'service',
        /( +)ClusterName:/u,
        '  Extra:\n    Type: String\n$&',
        'parameter_has_a_value',
      ],
    ];

    it('its own tests object to every edit of a stack that breaks what belongs together', async () => {
      const runs = await tryEdits(python, repository, edits);
      for (const [index, edit] of edits.entries()) {
        assertObjection(edit, runs[index]);
      }
    });
  });
});
