import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { need } from '../support/need.ts';
import { root } from '../support/paths.ts';
import { runOk } from '../support/run.ts';

const workflows = readdirSync(path.join(root, '.github', 'workflows')).map((file) =>
  path.join('.github', 'workflows', file),
);
const bin = (name: string) => path.join(root, 'node_modules', '.bin', name);

describe('static checks', function () {
  this.timeout(120_000);

  it('tsc', () => runOk(bin('tsc'), ['--noEmit'], { cwd: root }));

  it('oxlint', () => runOk(bin('oxlint'), [], { cwd: root }));

  it('oxfmt', () => runOk(bin('oxfmt'), ['--check'], { cwd: root }));

  it('knip: nothing is left that only tests use', () => {
    const kinds = 'files,exports,types,dependencies,unlisted,duplicates';
    return runOk(bin('knip'), ['--production', '--include', kinds], { cwd: root });
  });

  it('package-lock.json serves every platform and names no registry', () => {
    const { packages } = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')) as {
      packages: Readonly<Record<string, { optionalDependencies?: Record<string, string>; resolved?: string }>>;
    };
    const locked = Object.keys(packages);
    // npm leaves out a platform's binary that the registry did not have; `npm ci` then refuses on every platform.
    const optional = Object.values(packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}));
    assert.ok(optional.length > 0);
    assert.deepEqual(
      optional.filter((name) => !locked.some((location) => location.endsWith(`node_modules/${name}`))),
      [],
    );
    assert.deepEqual(
      locked.filter((location) => packages[location]?.resolved !== undefined),
      [],
    );
  });

  it('publint on the packed files', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'publint-'));
    try {
      const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
      const { stdout } = await runOk('npm', args, { cwd: root });
      const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
      await runOk('tar', ['-xzf', path.join(folder, filename), '-C', folder]);
      const pkgDir = path.join(folder, 'package');
      const { messages, pkg } = await publint({ pkgDir, pack: false, strict: true });
      assert.deepEqual(
        messages.map((message) => formatMessage(message, pkg)),
        [],
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('actionlint on our workflows', async function () {
    const shellcheck = need(this, 'shellcheck');
    await runOk(need(this, 'actionlint'), ['-shellcheck', shellcheck, ...workflows], { cwd: root });
  });

  it('zizmor on our workflows', async function () {
    const args = ['--offline', '--no-progress', '--persona', 'pedantic', '.github'];
    await runOk(need(this, 'zizmor'), args, { cwd: root });
  });

  it('every action is pinned by its SHA, with the version beside it', () => {
    const uses = workflows.flatMap((file) =>
      readFileSync(path.join(root, file), 'utf8')
        .split('\n')
        .filter((line) => line.includes('uses:')),
    );
    assert.ok(uses.length > 0);
    for (const line of uses) {
      assert.match(line, /uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/u);
    }
  });

  it('shellcheck on .ci/run', async function () {
    await runOk(need(this, 'shellcheck'), ['.ci/run'], { cwd: root });
  });
});
