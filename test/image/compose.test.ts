import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { Compose } from '../support/engine/compose.ts';
import type { Engine } from '../support/engine/engine.ts';
import { needImages, project, repositoryName } from '../support/engine/images.ts';
import type { Image } from '../support/engine/images.ts';
import { readTaskDefinition } from '../support/engine/taskDefinition.ts';
import { need } from '../support/need.ts';
import { run } from '../support/run.ts';
import { get } from '../support/servers/http.ts';
import { freePort } from '../support/servers/ports.ts';
import { planOf } from '../support/servers/system.ts';

describe('the emitted compose.yaml', function () {
  this.timeout(600_000);
  this.slow(4000);
  let engine: Engine;
  let images: readonly [Image, ...Image[]];
  let compose: Compose;
  let address = '';

  before(async function () {
    ({ engine, images } = await needImages(this));
    compose = await Compose.of(engine, images[0].repository, 'fargate-image-test');
  });

  after(() => compose?.remove());

  it('comes up whole with --wait: the database, then the migration, then the service', async () => {
    const { code, output } = await compose.run('up', '--detach', '--build', '--wait');
    assert.equal(code, 0, `${output}\n${(await compose.run('logs', '--no-color')).output}`);
    const [web, ...others] = await compose.containers('web');
    assert.equal(web?.State.Status, 'running');
    assert.deepEqual(others, []);
    address = `http://${await compose.ok('port', 'web', '8000')}`;
  });

  it('migrates once, and ends that with 0', async () => {
    const containers = await compose.containers('migrate');
    assert.deepEqual(
      containers.map(({ State }) => [State.Status, State.ExitCode]),
      [['exited', 0]],
    );
    await compose.ok('exec', '-T', 'web', 'python', 'manage.py', 'migrate', '--check');
  });

  it('answers /readyz with 200 and the commit, through the published port', async () => {
    const { status, body } = await get(`${address}/readyz`);
    assert.equal(status, 200);
    assert.deepEqual(JSON.parse(body), { status: 'ok', git_sha: compose.env['GIT_SHA'] });
  });

  it('serves a page with the style sheet that it names', async () => {
    const page = await get(`${address}/admin/login/`);
    assert.equal(page.status, 200);
    const [, sheet] =
      /<link rel="stylesheet" href="(\/static\/admin\/css\/base\.[0-9a-f]{12}\.css)">/u.exec(page.body) ?? [];
    assert.ok(sheet !== undefined, page.body);
    assert.equal((await get(`${address}${sheet}`)).status, 200);
  });

  it('limits every container of the image as the task definition does', async () => {
    const [task] = readTaskDefinition(images[0].repository, 'web').containerDefinitions;
    const { tmpfs, capabilities, initProcessEnabled } = task.linuxParameters;
    for (const service of ['web', 'migrate']) {
      const [container] = await compose.containers(service);
      assert.ok(container !== undefined, service);
      const { ReadonlyRootfs, Init, CapDrop, SecurityOpt, Tmpfs } = container.HostConfig;
      assert.deepEqual(
        { ReadonlyRootfs, Init, CapDrop, SecurityOpt, Tmpfs },
        {
          ReadonlyRootfs: task.readonlyRootFilesystem,
          Init: initProcessEnabled,
          CapDrop: capabilities.drop,
          SecurityOpt: ['no-new-privileges:true'],
          Tmpfs: Object.fromEntries(
            tmpfs.map(({ containerPath, size, mountOptions }) => [
              containerPath,
              `size=${size}m,${mountOptions.join()}`,
            ]),
          ),
        },
        service,
      );
    }
    const [web] = await compose.containers('web');
    assert.equal(web?.Config.StopTimeout, task.stopTimeout);
  });

  it('ends the service with 0', async () => {
    await compose.ok('stop', 'web');
    const [web] = await compose.containers('web');
    assert.deepEqual([web?.State.Status, web?.State.ExitCode], ['exited', 0]);
  });

  it('leaves nothing behind after down --volumes', async () => {
    assert.equal((await compose.leftovers()).length, 3, 'containers, a volume and a network were not found');
    await compose.ok('down', '--volumes');
    assert.deepEqual(await compose.leftovers(), []);
  });

  it('does not start the service when the migration fails', async () => {
    compose.override('bad-migration', { migrate: { command: ['python', 'manage.py', 'migrat'] } });
    const { code, output } = await compose.run('up', '--detach', '--no-build', '--wait');
    assert.equal(code, 1, output);
    assert.match(output, /service "migrate" didn't complete successfully: exit 1/u);
    const [web] = await compose.containers('web');
    assert.equal(web?.State.Status, 'created');
  });

  it('has a database for development, started by `make db`', async function () {
    const make = need(this, 'make');
    const { repository } = images[0];
    const development = await Compose.of(engine, repository, `${repositoryName}-dev`, 'dev');
    try {
      const port = await freePort();
      const role = `${project}_app`;
      const env = { ...process.env, ...engine.env, DB_PORT: String(port) };
      const { code, output } = await run(make, ['db'], { cwd: repository, env, timeoutMs: 300_000 });
      assert.equal(code, 0, output);
      assert.ok(output.includes(`DATABASE_URL=postgresql://${role}:local-only@127.0.0.1:${port}/${project}`), output);
      const psql = ['psql', `--username=${role}`, `--dbname=${project}`, '--tuples-only', '--no-align'];
      const limit = await development.ok('exec', '-T', 'dev-db', ...psql, '--command=SHOW max_connections');
      assert.equal(limit, String(planOf(repository).database.maxConnections));
      const connection = createConnection(port, '127.0.0.1');
      await once(connection, 'connect');
      connection.destroy();
    } finally {
      await development.remove();
    }
  });

  it('passes `make smoke`', async function () {
    const make = need(this, 'make');
    // The next Django: each is served with PostgreSQL once.
    const { repository } = images[1] ?? images[0];
    const smoke = await Compose.of(engine, repository, 'fargate-image-test-smoke');
    try {
      const env = { ...engine.env, ...smoke.env };
      const { code, output } = await run(make, ['smoke'], { cwd: repository, env, timeoutMs: 300_000 });
      assert.equal(code, 0, output);
      assert.match(output, /^\{"status": "ok", "git_sha": ".+"\}$/mu);
      assert.deepEqual(await smoke.leftovers(), []);
    } finally {
      await smoke.remove();
    }
  });
});
