import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { emitRepository } from '../support/emit.ts';
import { docker, dockerOk } from '../support/engine/engine.ts';
import type { Engine } from '../support/engine/engine.ts';
import { project, repositoryName } from '../support/engine/images.ts';
import { textsInImages } from '../support/engine/layers.ts';
import { needEngine } from '../support/engine/needEngine.ts';
import { compilersIn } from '../support/engine/probes.ts';
import { need, needPython } from '../support/need.ts';
import { runOk } from '../support/run.ts';
import { PackageIndex } from '../support/servers/packageIndex.ts';

describe('the image of a service with packages from a private index, from Git and in C', function () {
  this.timeout(600_000);
  this.slow(60_000);
  const tag = `${repositoryName}:packages`;
  const stage = `${repositoryName}:packages-stage`;
  let engine: Engine;
  let index: PackageIndex;
  let folder = '';

  before('lock the packages, and build the image and its first stage', async function () {
    const uv = need(this, 'uv');
    engine = await needEngine(this);
    folder = mkdtempSync(path.join(tmpdir(), 'packages-'));
    index = await PackageIndex.start((await needPython(this, '3.11')).path);
    const repository = await emitRepository(path.join(folder, 'repository'), ['--project-name', project]);
    const put = (file: string, ...lines: string[]) =>
      appendFileSync(path.join(repository, file), lines.map((line) => `${line}\n`).join(''));
    put('.netrc', index.netrc.trim());
    put(
      'requirements.in',
      ...[`--extra-index-url ${index.url}/simple`, '--no-binary acme-sodium', 'acme-sodium', 'acme-private'],
      `acme-git @ git+${index.url}/git/acme-git.git@${index.commit}`,
    );
    put('deploy/apt.txt', 'libsodium23');
    put('deploy/apt-build.txt', 'gcc', 'git', 'libc6-dev', 'libsodium-dev');
    const python = path.join(path.dirname(uv), 'python');
    await runOk(need(this, 'make'), ['lock', `PY=${python}`], { cwd: repository });

    const secret = ['--secret', `id=netrc,src=${path.join(repository, '.netrc')}`];
    const build = ['build', ...engine.buildFlags, '--progress=plain', ...secret];
    await dockerOk(engine, [...build, '--target', 'build', '--tag', stage, repository], { timeoutMs: 600_000 });
    await dockerOk(engine, [...build, '--tag', tag, repository], { timeoutMs: 600_000 });
  });

  after(async () => {
    if (engine !== undefined) await docker(engine, ['image', 'rm', '--force', tag, stage, `${tag}-careless`]);
    await index?.stop();
    if (folder !== '') rmSync(folder, { recursive: true, force: true });
  });

  it('imports all of them: the one in C with the library that it loads', async () => {
    const program =
      'import acme_git, acme_private, acme_sodium as s; print(acme_git.name, acme_private.name, s.version())';
    const printed = await dockerOk(engine, ['run', '--rm', tag, 'python', '-c', program]);
    assert.match(printed, /^acme-git acme-private \d+\.\d+\.\d+$/u);
    const without = ['USER 0', 'RUN dpkg --purge --force-depends libsodium23', 'USER 10001:10001'];
    const input = [`FROM ${tag}`, ...without, ''].join('\n');
    await dockerOk(engine, ['build', ...engine.buildFlags, '--tag', `${tag}-careless`, '-'], { input });
    const { code, output } = await docker(engine, ['run', '--rm', `${tag}-careless`, 'python', '-c', program]);
    assert.equal(code, 1, output);
    assert.match(output, /libsodium\.so/u);
  });

  it('has of what built them neither a compiler nor Git nor a list of packages', async () => {
    assert.deepEqual(await compilersIn(engine, tag), []);
    const found = await dockerOk(engine, ['run', '--rm', '--user', '0', tag, 'sh', '-c', look]);
    assert.equal(found, '');
    assert.match(await dockerOk(engine, ['run', '--rm', '--user', '0', stage, 'sh', '-c', look]), /\/git$/mu);
  });

  it("has the index's password in no layer and not in its history, nor has the stage that a push stores", async () => {
    const careless = path.join(folder, 'careless');
    const lines = ['USER 0', 'ARG PIP_EXTRA_INDEX_URL', `RUN touch /app/x`];
    writeFileSync(careless, [`FROM ${tag}`, ...lines, ''].join('\n'));
    const withPassword = `http://${PackageIndex.user}:${PackageIndex.password}@127.0.0.1`;
    const args = ['--build-arg', `PIP_EXTRA_INDEX_URL=${withPassword}`, '--file', careless, '--tag', `${tag}-careless`];
    await dockerOk(engine, ['build', ...engine.buildFlags, ...args, folder]);
    assert.deepEqual(await textsInImages(engine, [tag, stage], [PackageIndex.password]), []);
    assert.deepEqual(await textsInImages(engine, [`${tag}-careless`], [PackageIndex.password]), [
      PackageIndex.password,
    ]);
  });
});

/** What only the build needs, by its path. */
const look = 'command -v git gcc; ls /root/.netrc /var/lib/apt/lists/*Packages* /app/deploy/apt* 2>/dev/null; true';
