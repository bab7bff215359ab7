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
import { runtimeFolder } from '../support/runtime.ts';

/** Between them, every package that is pinned; and which tests of the runtime. */
const cases: Readonly<Record<string, { readonly flags: readonly string[]; readonly runtime: 'app' | 'release' }>> = {
  '5.2': { flags: ['--broker', 'sqs', '--beat', '--pooler', 'pgbouncer'], runtime: 'release' },
  '6.1': { flags: ['--broker', 'redis', '--static', 's3', '--errors', 'sentry'], runtime: 'app' },
};

/** pip into a virtual environment of its own, wheels only. */
function install(venv: string, ...files: readonly string[]): readonly string[] {
  const options = ['--quiet', '--require-hashes', '--only-binary', ':all:', ...files.flatMap((file) => ['-r', file])];
  return [`python -m venv --without-pip ${venv}`, `pip --python ${venv} install ${options.join(' ')}`];
}

/** The release program runs where there is no Django: boto3, and of what develops it pytest. */
const forRelease = [
  String.raw`sed -n '/^\(iniconfig\|packaging\|pluggy\|pygments\|pytest\)==/,/[^\]$/p' requirements-dev.txt >/tmp/pytest.txt`,
  ...install('/tmp/release', 'deploy/requirements.txt', '/tmp/pytest.txt'),
];

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
    it(`installs what Django ${django} and all around it pin on ${python}, and passes its own tests and the runtime's`, async function () {
      if (!engine.pythons.includes(python)) skip(this, `no python:${python}-slim`);
      const { flags, runtime } = cases[django] ?? assert.fail(`no case of Django ${django}`);
      const answers = ['--project-name', project, '--django', django, '--python', python, ...flags];
      const repository = await emitRepository(path.join(folder, `django-${django}`), answers);
      const script = [
        'set -e',
        '(apt-get update && apt-get install --yes --no-install-recommends git) >/tmp/apt 2>&1 || { cat /tmp/apt; exit 1; }',
        'git config --global user.name test && git config --global user.email test@example.com',
        ...install('/tmp/app', 'requirements.txt', 'requirements-dev.txt'),
        ...(runtime === 'release' ? forRelease : []),
        '/tmp/app/bin/python -m pytest -p no:cacheprovider --quiet',
        '/tmp/app/bin/python -m ruff check --no-cache .',
        'export PYTHONDONTWRITEBYTECODE=1',
        `cd /runtime && /tmp/${runtime}/bin/python -m pytest -p no:cacheprovider --quiet tests/${runtime}`,
      ].join('\n');
      const volumes = [`${repository}:/src`, `${runtimeFolder}:/runtime:ro`].flatMap((volume) => ['--volume', volume]);
      const flagsOfRun = ['--rm', ...volumes, '--workdir', '/src', '--network', 'host'];
      const args = ['run', ...flagsOfRun, `python:${python}-slim`, 'sh', '-c', script];
      const { code, output } = await docker(engine, args);
      assert.equal(code, 0, output);
      assert.equal(output.match(/\b[1-9]\d* passed\b/gu)?.length, 2, output);
      assert.doesNotMatch(output, /\b(?:warnings?|skipped|xfailed)\b/u);
    });
  }
});
