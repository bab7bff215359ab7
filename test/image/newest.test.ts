import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { djangoVersions } from '../../core/facts/django.ts';
import { emitRepository } from '../support/emit.ts';
import { docker } from '../support/engine/engine.ts';
import type { Engine } from '../support/engine/engine.ts';
import { project } from '../support/engine/images.ts';
import { needEngine } from '../support/engine/needEngine.ts';
import { skip } from '../support/need.ts';

/** Between them, every package that is pinned. */
const features: Readonly<Record<string, readonly string[]>> = {
  '5.2': ['--broker', 'redis', '--beat', '--pooler', 'pgbouncer'],
  '6.1': ['--broker', 'sqs', '--static', 's3'],
};

describe('the emitted repository on the newest Python', function () {
  this.timeout(600_000);
  this.slow(60_000);
  let engine: Engine;
  let folder = '';

  before(async function () {
    engine = await needEngine(this);
    folder = mkdtempSync(path.join(tmpdir(), 'newest-'));
  });

  after(() => {
    if (folder !== '') rmSync(folder, { recursive: true });
  });

  for (const { version: django, pythonMaximum: python } of djangoVersions) {
    it(`installs what Django ${django} and all around it pin on ${python}, and passes its own tests`, async function () {
      if (!engine.pythons.includes(python)) skip(this, `no python:${python}-slim`);
      const flags = ['--project-name', project, '--django', django, '--python', python, ...(features[django] ?? [])];
      const repository = await emitRepository(path.join(folder, `django-${django}`), flags);
      const script = [
        'set -e',
        '(apt-get update && apt-get install --yes --no-install-recommends git) >/tmp/apt 2>&1 || { cat /tmp/apt; exit 1; }',
        'git config --global user.name test && git config --global user.email test@example.com',
        'python -m venv --without-pip /tmp/venv',
        'pip --python /tmp/venv install --quiet --require-hashes --only-binary :all: -r requirements.txt -r requirements-dev.txt',
        '/tmp/venv/bin/python -m pytest -p no:cacheprovider --quiet',
        '/tmp/venv/bin/python -m ruff check --no-cache .',
      ].join('\n');
      const mount = ['--volume', `${repository}:/src`, '--workdir', '/src', '--network', 'host'];
      const { code, output } = await docker(engine, [
        'run',
        '--rm',
        ...mount,
        `python:${python}-slim`,
        'sh',
        '-c',
        script,
      ]);
      assert.equal(code, 0, output);
      assert.match(output, /\b[1-9]\d* passed\b/u);
      assert.doesNotMatch(output, /\b(?:warnings?|skipped|xfailed)\b/u);
    });
  }
});
