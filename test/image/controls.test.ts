import assert from 'node:assert/strict';
import { Container } from '../support/engine/container.ts';
import type { Engine } from '../support/engine/engine.ts';
import { derive, needImages, project } from '../support/engine/images.ts';
import type { Image } from '../support/engine/images.ts';
import { fileSystemOf, identitiesIn } from '../support/engine/probes.ts';
import { environmentFlags, limitFlags, readTaskDefinition } from '../support/engine/taskDefinition.ts';

/** All of these build. What is wrong with them shows only when they run, by the checks that the good image passes. */
describe('an image with a fault', function () {
  this.timeout(300_000);
  this.slow(4000);
  let engine: Engine;
  let image: Image;
  const containers: Container[] = [];

  before(async function () {
    const found = await needImages(this);
    engine = found.engine;
    [image] = found.images;
  });

  afterEach(async () => {
    await Promise.all(containers.splice(0).map((container) => container.remove()));
  });

  /** Starts an image made of the good one by lines of a Dockerfile, as the good one is started. */
  async function start(name: string, lines: readonly string[], moreFlags: readonly string[] = []): Promise<Container> {
    const definition = readTaskDefinition(image.repository, 'web');
    const tag = await derive(engine, image, name, lines);
    const flags = [...limitFlags(definition), ...environmentFlags(definition), ...moreFlags];
    const container = await Container.start(engine, tag, flags);
    containers.push(container);
    return container;
  }

  const command = (...args: readonly string[]) => `CMD ${JSON.stringify(args)}`;
  const gunicorn = ['gunicorn', `${project}.wsgi:application`, '-c', 'gunicorn.conf.py'] as const;

  it('in the name of the WSGI module does not become healthy', async () => {
    const container = await start('wsgi', [command('gunicorn', 'shop.wsgi:application', '-c', 'gunicorn.conf.py')]);
    await assert.rejects(container.becomesHealthy(), /the container ended with \d+:[^]*No module named 'shop'/u);
  });

  it('that has no gunicorn does not become healthy', async () => {
    const container = await start('gunicorn', ['USER 0', 'RUN rm /venv/bin/gunicorn', 'USER 10001:10001']);
    await assert.rejects(container.becomesHealthy(), /the container ended with 127:/u);
  });

  it('in the port does not become healthy', async () => {
    const container = await start('port', [command(...gunicorn, '--bind', '0.0.0.0:8001')]);
    await container.logs(/Listening at: http:\/\/0\.0\.0\.0:8001/u);
    await assert.rejects(container.becomesHealthy(3), /no 200 from \/healthz within 3 s:/u);
  });

  it('in how the command is written does not end with 0 after SIGTERM', async () => {
    const container = await start('shell', [`CMD ${gunicorn.join(' ')}; echo ended`]);
    await container.becomesHealthy();
    assert.notEqual((await container.stop()).exitCode, 0);
  });

  it('in its user runs as root', async () => {
    const container = await start('root', ['USER 0']);
    await container.becomesHealthy();
    assert.deepEqual([...new Set(await identitiesIn(container))], ['0 0 0000000000000000']);
  });

  it('shows what a task definition without its limits allows', async () => {
    const definition = readTaskDefinition(image.repository, 'web');
    const flags = [...environmentFlags(definition), '--user=0', '--tmpfs=/tmp:size=8m,mode=1777'];
    const container = await Container.start(engine, image.tag, flags);
    containers.push(container);
    await container.becomesHealthy();
    assert.deepEqual(await fileSystemOf(container, ['/app', '/venv']), {
      root: 'rw',
      tmp: 'tmpfs',
      mode: '0o1777',
      filled: [8, 'ENOSPC'],
      refusals: { '/app': null, '/venv': null },
    });
    const capabilities = (await identitiesIn(container)).map((identity) => identity.split(' ')[2]);
    assert.ok(
      capabilities.every((set) => set !== '0000000000000000'),
      capabilities.join(' '),
    );
  });
});
