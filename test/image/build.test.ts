import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { appendFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { dockerOk } from '../support/engine/engine.ts';
import type { Engine } from '../support/engine/engine.ts';
import { build, derive, needImages, project, secrets } from '../support/engine/images.ts';
import type { Image } from '../support/engine/images.ts';
import { inspect } from '../support/engine/inspect.ts';
import { compilersIn, writableIn } from '../support/engine/probes.ts';
import { sizeOf, textsInImages } from '../support/engine/layers.ts';
import { stepsOf } from '../support/engine/steps.ts';

/**
 * What our layers may add to the base image. Measured: 77 MB, 73 of them the virtual environment, 27 of these boto3,
 * with which uploads are kept. A `RUN chown -R`
 * would store that a second time, pip's cache would add 15 MB, a compiler 150 MB.
 */
const mostMegabytes = 90;

describe('the emitted Dockerfile', function () {
  this.timeout(600_000);
  this.slow(4000);
  let engine: Engine;
  let images: readonly [Image, ...Image[]];

  before('build the images', async function () {
    ({ engine, images } = await needImages(this));
    process.stdout.write(`  ${images.map(({ name }) => name).join(', ')}\n`);
  });

  it('gives a process a numeric user that is not root', async () => {
    for (const { name, tag } of images) {
      assert.match((await inspect(engine, tag)).user, /^[1-9]\d*:[1-9]\d*$/u, name);
    }
  });

  it('leaves no compiler in the image', async () => {
    for (const { name, tag } of images) {
      assert.deepEqual(await compilersIn(engine, tag), [], name);
    }
    const tag = await derive(engine, images[0], 'compiler', ['USER 0', 'RUN install -m 755 /bin/true /usr/bin/gcc']);
    assert.deepEqual(await compilersIn(engine, tag), ['/usr/bin/gcc'], 'a compiler is not found');
  });

  it('puts nothing into the image but the project, its static files and the virtual environment', async () => {
    for (const { name, tag } of images) {
      const listing = await dockerOk(engine, ['run', '--rm', tag, 'ls', '-A', '/app']);
      const ofDeploy = await dockerOk(engine, ['run', '--rm', tag, 'ls', '-A', '/app/deploy']);
      // What compose.yaml makes example values of.
      assert.equal(ofDeploy, 'environment.json', name);
      // __pycache__ holds the bytecode of the two .py files here.
      const expected = [
        '__pycache__',
        'accounts',
        'deploy',
        'django_fargate',
        project,
        'gunicorn.conf.py',
        'manage.py',
        'requirements.txt',
        'staticfiles',
      ];
      assert.deepEqual(listing.split('\n'), expected, name);
    }
  });

  it("lets a process change neither the project's code nor the virtual environment", async () => {
    for (const { name, tag } of images) {
      assert.deepEqual(await writableIn(engine, tag, ['/app', '/venv']), [], name);
    }
    const tag = await derive(engine, images[0], 'writable', [
      'USER 0',
      'RUN chown 10001 manage.py',
      'USER 10001:10001',
    ]);
    assert.deepEqual(await writableIn(engine, tag, ['/app', '/venv']), ['/app/manage.py'], 'a file is not found');
  });

  it('needs no secret and stores none: in no layer, not in the history, not in the configuration', async () => {
    for (const { name, tag } of images) {
      const { env } = await inspect(engine, tag);
      const named = env.filter((variable) => /SECRET|PASSWORD|KEY|TOKEN|DATABASE_URL/u.test(variable));
      assert.deepEqual(named, [], name);
    }
    // The search finds what a careless Dockerfile leaves behind.
    const tag = await derive(engine, images[0], 'secrets', [
      'USER 0',
      'ENV TOKEN=left-in-configuration',
      'RUN echo left-in- > /tmp/part && cat /tmp/part | sed s/$/layer/ > /app/.env',
      'RUN rm /app/.env',
      'RUN : left-in-history',
    ]);
    const left = ['left-in-configuration', 'left-in-layer', 'left-in-history'];
    const tags = [...images.map((image) => image.tag), tag];
    assert.deepEqual(await textsInImages(engine, tags, [...left, ...secrets]), left);
  });

  it(`adds less than ${mostMegabytes} MB to the base image`, async () => {
    for (const { name, tag } of images) {
      const { all, own } = await sizeOf(engine, tag);
      const [allMegabytes, ownMegabytes] = [all, own].map((bytes) => Math.round(bytes / 1e6));
      process.stdout.write(`      ${name}: ${allMegabytes} MB, ${ownMegabytes} MB of them above the base image\n`);
      assert.ok(own < mostMegabytes * 1e6, `${name}: ${own} bytes`);
      // Django alone has more: the layers were told apart.
      assert.ok(own > 20e6, `${name}: ${own} bytes`);
    }
  });

  it('builds its first stage alone, which is the cache of a push, also when there is no cache yet', async () => {
    const [{ tag, python, repository }] = images;
    // Nothing listens there.
    const cache = ['--cache-from', '127.0.0.1:1/nothing:buildcache', '--build-arg', 'BUILDKIT_INLINE_CACHE=1'];
    const values = ['--build-arg', `PYTHON_VERSION=${python}`, '--target', 'build', '--tag', `${tag}-stage`];
    await dockerOk(engine, ['build', ...engine.buildFlags, ...cache, ...values, repository]);
    const listing = await dockerOk(engine, ['run', '--rm', `${tag}-stage`, 'ls', '/venv/bin']);
    assert.ok(listing.split('\n').includes('gunicorn'), listing);
  });

  describe('built again', () => {
    let copy = '';

    before(() => {
      copy = mkdtempSync(path.join(tmpdir(), 'again-'));
      cpSync(images[0].repository, copy, { recursive: true });
    });

    after(() => rmSync(copy, { recursive: true, force: true }));

    const again = (gitSha: string) => ({ ...images[0], tag: `${images[0].tag}-again`, gitSha });
    const isPip = (step: string) => /RUN .*pip .* install /u.test(step);

    it('after a change of the source, takes the requirements from the cache and sends the same layer', async () => {
      appendFileSync(path.join(copy, project, 'urls.py'), `\n# ${randomUUID()}\n`);
      const image = again('sha-2');
      const { cached, executed } = stepsOf(await build(engine, image, copy));
      assert.ok(cached.some(isPip), cached.join('\n'));
      assert.ok(!executed.some(isPip), executed.join('\n'));
      assert.ok(
        executed.some((step) => step.includes('collectstatic')),
        'the change was not seen',
      );
      const before = (await inspect(engine, images[0].tag)).layers;
      const after = (await inspect(engine, image.tag)).layers;
      const different = before.filter((layer, i) => layer !== after[i]);
      assert.equal(different.length, 1, 'only /app differs');
    });

    it('for another commit of the same source, takes everything from the cache', async () => {
      const { cached, executed } = stepsOf(await build(engine, again('sha-3'), copy));
      assert.deepEqual(executed, []);
      assert.ok(cached.some(isPip), cached.join('\n'));
    });

    it('after a change of the requirements, installs them', async () => {
      appendFileSync(path.join(copy, 'requirements.txt'), `\n# ${randomUUID()}\n`);
      const { executed } = stepsOf(await build(engine, again('sha-4'), copy));
      assert.ok(executed.some(isPip), executed.join('\n'));
    });
  });
});
