import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { emitRepository } from '../support/emit.ts';
import { Compose } from '../support/engine/compose.ts';
import { project } from '../support/engine/images.ts';
import { needEngine } from '../support/engine/needEngine.ts';
import { readTaskDefinition } from '../support/engine/taskDefinition.ts';
import { get } from '../support/servers/http.ts';

/** What the pooled service's database says of itself, and what is left behind by a transaction. */
const question = `
import json
import django
django.setup()
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SHOW statement_timeout")
    limit = cursor.fetchone()[0]
    cursor.execute("SELECT inet_client_addr()::text, current_user")
    address, role = cursor.fetchone()
print(json.dumps({"limit": limit, "address": address, "role": role}))
`;

describe('the emitted compose.yaml, with its profile pgbouncer', function () {
  this.timeout(600_000);
  this.slow(4000);
  let folder = '';
  let repository = '';
  let compose: Compose;

  before('build and start it', async function () {
    const engine = await needEngine(this);
    folder = mkdtempSync(path.join(tmpdir(), 'pgbouncer-'));
    repository = await emitRepository(path.join(folder, 'repository'), [
      ...['--project-name', project, '--pooler', 'pgbouncer'],
    ]);
    compose = await Compose.of(engine, repository, 'fargate-image-test-pgbouncer', 'pgbouncer');
    const { code, output } = await compose.run('up', '--detach', '--build', '--wait');
    assert.equal(code, 0, `${output}\n${(await compose.run('logs', '--no-color')).output}`);
  });

  after(async () => {
    await compose?.remove();
    if (folder !== '') {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  const inPooler = (...command: readonly string[]) => compose.run('exec', '-T', 'pgbouncer', ...command);

  it('serves the database through PgBouncer, over TLS, by the limits that the migration gave the role', async () => {
    const { status } = await get(`http://${await compose.ok('port', 'pooled', '8000')}/readyz`);
    assert.equal(status, 200);
    const asked = JSON.parse(await compose.ok('exec', '-T', 'pooled', 'python', '-c', question)) as object;
    const address = await compose.ok('exec', '-T', 'pgbouncer', 'hostname', '-i');
    assert.deepEqual(asked, { limit: '30s', address: `${address}/32`, role: `${project}_app` });
  });

  it('keeps the password out of the files and of the environment of its only process', async () => {
    assert.equal((await inPooler('cat', '/proc/1/comm')).stdout, 'pgbouncer\n');
    const { code, stdout } = await inPooler(
      'grep',
      '--recursive',
      '--text',
      'local-only',
      '/tmp',
      '/pgbouncer',
      '/proc/1/environ',
    );
    assert.deepEqual([code, stdout], [1, '']);
    assert.match((await inPooler('cat', '/proc/1/environ')).stdout, /DB_USER=/u);
  });

  it('runs without a privilege, on a file system that it cannot change', async () => {
    assert.equal((await inPooler('id', '--user')).stdout, '10001\n');
    assert.notEqual((await inPooler('touch', '/pgbouncer/start.py')).code, 0);
    const [container] = await compose.containers('pgbouncer');
    assert.ok(container !== undefined);
    const { ReadonlyRootfs, CapDrop, SecurityOpt, Tmpfs } = container.HostConfig;
    const [task] = readTaskDefinition(repository, 'pgbouncer').containerDefinitions;
    const { tmpfs, capabilities } = task.linuxParameters;
    assert.deepEqual(
      { ReadonlyRootfs, CapDrop, SecurityOpt, Tmpfs },
      {
        ReadonlyRootfs: task.readonlyRootFilesystem,
        CapDrop: capabilities.drop,
        SecurityOpt: ['no-new-privileges:true'],
        Tmpfs: Object.fromEntries(
          tmpfs.map(({ containerPath, size, mountOptions }) => [containerPath, `size=${size}m,${mountOptions.join()}`]),
        ),
      },
    );
    assert.equal(container.Config.StopTimeout, task.stopTimeout);
  });

  it('ends with 0 while clients are connected', async () => {
    await compose.ok('stop', 'pgbouncer');
    const [container] = await compose.containers('pgbouncer');
    assert.deepEqual([container?.State.Status, container?.State.ExitCode], ['exited', 0]);
    const { status } = await get(`http://${await compose.ok('port', 'pooled', '8000')}/readyz`);
    assert.equal(status, 503);
  });

  it('is found again by the service when it is back', async () => {
    await compose.ok('up', '--detach', '--no-build', '--wait', 'pgbouncer');
    const address = `http://${await compose.ok('port', 'pooled', '8000')}/readyz`;
    let status = 503;
    for (let attempt = 0; status !== 200 && attempt < 60; attempt += 1) {
      ({ status } = await get(address));
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    assert.equal(status, 200);
  });
});
