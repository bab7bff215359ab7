import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { nodeMajor } from '../../core/facts/node.ts';
import { emitRepository } from '../support/emit.ts';
import { Compose } from '../support/engine/compose.ts';
import { project } from '../support/engine/images.ts';
import { needEngine } from '../support/engine/needEngine.ts';
import { skip } from '../support/need.ts';
import { get } from '../support/servers/http.ts';
import { freePort } from '../support/servers/ports.ts';

describe('the emitted compose.yaml, with static files from a bucket that Node.js builds', function () {
  this.timeout(600_000);
  this.slow(4000);
  let folder = '';
  let compose: Compose;
  let origin = '';
  let address = '';

  before('build and start it', async function () {
    const engine = await needEngine(this);
    if (!engine.hasNode) skip(this, `no node:${nodeMajor}-slim`);
    folder = mkdtempSync(path.join(tmpdir(), 'static-'));
    const repository = await emitRepository(path.join(folder, 'repository'), [
      ...['--project-name', project, '--static', 's3', '--assets', 'node'],
    ]);
    compose = await Compose.of(engine, repository, 'fargate-image-test-static');
    const port = await freePort();
    compose.env['STATIC_PORT'] = String(port);
    origin = `http://127.0.0.1:${port}/`;
    const { code, output } = await compose.run('up', '--detach', '--build', '--wait');
    assert.equal(code, 0, `${output}\n${(await compose.run('logs', '--no-color')).output}`);
    address = `http://${await compose.ok('port', 'web', '8000')}`;
  });

  after(async () => {
    await compose?.remove();
    if (folder !== '') {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('serves a page whose files, by their hashed names, come from the other origin, which any page may use', async () => {
    const page = await get(`${address}/admin/login/`);
    assert.equal(page.status, 200);
    const links = [...page.body.matchAll(/(?:href|src)="([^"]+\.(?:css|js))"/gu)].map(([, link = '']) => link);
    assert.ok(links.length > 3, page.body);
    for (const link of links) {
      assert.ok(link.startsWith(origin), link);
      assert.match(link, /\.[0-9a-f]{12}\.(?:css|js)$/u);
      const { status, headers } = await get(link);
      assert.equal(status, 200, link);
      assert.match(headers['content-type'] ?? '', /^text\/(?:css|javascript)/u);
      assert.equal(headers['access-control-allow-origin'], '*');
    }
  });

  it('serves none of them from the web tasks, and has no WhiteNoise in the image', async () => {
    assert.equal((await get(`${address}/static/admin/css/base.css`)).status, 404);
    const { code, output } = await compose.run('exec', '-T', 'web', 'python', '-c', 'import whitenoise');
    assert.equal(code, 1, output);
    assert.match(output, /ModuleNotFoundError/u);
  });

  it('names in the manifest of the image what is served there', async () => {
    const script = 'print(open("/app/staticfiles/staticfiles.json").read())';
    const manifest = JSON.parse(await compose.ok('exec', '-T', 'web', 'python', '-c', script)) as {
      readonly paths: Readonly<Record<string, string>>;
    };
    const names = Object.values(manifest.paths);
    assert.ok(names.length > 50);
    assert.equal((await get(origin + (names[0] ?? ''))).status, 200);
  });

  it('serves what was built of assets/src, and has nothing of Node.js or of the sources in the image', async () => {
    const script = 'print(open("/app/staticfiles/staticfiles.json").read())';
    const { paths } = JSON.parse(await compose.ok('exec', '-T', 'web', 'python', '-c', script)) as {
      readonly paths: Readonly<Record<string, string>>;
    };
    const { status, body } = await get(origin + (paths['site.css'] ?? ''));
    assert.deepEqual([status, body.trim()], [200, ':root{color-scheme:light dark}']);
    assert.match(paths['site.js'] ?? '', /^site\.[0-9a-f]{12}\.js$/u);
    const found = await compose.ok('exec', '-T', 'web', 'sh', '-c', search);
    assert.deepEqual(found.split('\n').toSorted(), ['/app/assets', '/app/assets/dist', '/app/assets/src']);
    // The search finds what a careless Dockerfile leaves behind.
    const careless = 'mkdir /tmp/node_modules && touch /tmp/package-lock.json';
    const { stdout } = await compose.run('exec', '-T', 'web', 'sh', '-c', `${careless} && ${search}`);
    assert.match(stdout, /^\/tmp\/node_modules$/mu);
    assert.match(stdout, /^\/tmp\/package-lock\.json$/mu);
  });
});

/** Whatever Node.js needs or leaves, and what is below assets. */
const search = [
  'find / -xdev \\( -name node -o -name npm -o -name node_modules -o -name "package*.json" -o -path "/app/assets*" \\)',
  '-not -path "/proc/*" -print 2>/dev/null; find /tmp -name node_modules -o -name "package*.json"',
].join(' ');
