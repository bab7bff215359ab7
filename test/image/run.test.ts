import assert from 'node:assert/strict';
import { Container } from '../support/engine/container.ts';
import type { Engine } from '../support/engine/engine.ts';
import { needImages } from '../support/engine/images.ts';
import type { Image } from '../support/engine/images.ts';
import { fileSystemOf, identitiesIn } from '../support/engine/probes.ts';
import {
  environmentFlags,
  limitFlags,
  loadBalancerName,
  readTaskDefinition,
} from '../support/engine/taskDefinition.ts';
import type { TaskDefinition } from '../support/engine/taskDefinition.ts';

interface Task {
  readonly image: Image;
  readonly definition: TaskDefinition;
  readonly container: Container;
}

/** Where a service has no business to write. */
const probedFolders = ['/app', '/venv', '/var/tmp', '/home', '/usr/local'];

/** As the load balancer forwards a request of a browser that came by HTTPS. */
const forwarded = { 'X-Forwarded-Proto': 'https', 'Accept-Encoding': 'gzip' };

describe("the image, run by the emitted task definition's limits and variables", function () {
  this.timeout(600_000);
  this.slow(4000);
  let engine: Engine;
  let tasks: readonly Task[] = [];

  before('start a container of each image', async function () {
    const found = await needImages(this);
    engine = found.engine;
    tasks = await Promise.all(
      found.images.map(async (image) => {
        const definition = readTaskDefinition(image.repository, 'web');
        const flags = [...limitFlags(definition), ...environmentFlags(definition)];
        return { image, definition, container: await Container.start(engine, image.tag, flags) };
      }),
    );
  });

  after(async () => {
    await Promise.all(tasks.map(({ container }) => container.remove()));
  });

  /** Does the same with every container at once; a failure says with which. */
  async function each(check: (task: Task) => Promise<void>): Promise<void> {
    await Promise.all(
      tasks.map((task) =>
        check(task).catch((error: unknown) => {
          throw new Error(`${task.image.name}: ${error instanceof Error ? error.message : String(error)}`, {
            cause: error,
          });
        }),
      ),
    );
  }

  it('answers /healthz with 200, without a database, asked by IP address over plain HTTP', async () => {
    await each(async ({ container }) => {
      await container.becomesHealthy();
      const { status, body } = await container.get('/healthz', { headers: { Host: '10.0.0.7' } });
      assert.equal(status, 200);
      assert.deepEqual(JSON.parse(body), { status: 'ok' });
    });
  });

  it("runs every process as the image's user, who may gain no capability", async () => {
    await each(async ({ container }) => {
      const processes = await identitiesIn(container);
      // init, gunicorn's master, its workers, and the one that asks.
      assert.ok(processes.length >= 5, processes.join(', '));
      assert.deepEqual([...new Set(processes)], ['10001 10001 0000000000000000']);
    });
  });

  it('has a read-only root, and /tmp as the task definition says', async () => {
    await each(async ({ container, definition }) => {
      const [tmpfs] = definition.containerDefinitions[0].linuxParameters.tmpfs;
      assert.deepEqual(await fileSystemOf(container, probedFolders), {
        root: 'ro',
        tmp: 'tmpfs',
        mode: '0o1777',
        filled: [tmpfs?.size, 'ENOSPC'],
        refusals: Object.fromEntries(probedFolders.map((folder) => [folder, 'EROFS'])),
      });
    });
  });

  it('tells by /readyz which commit it was built from, and that it has no database', async () => {
    await each(async ({ container, image }) => {
      const { status, body, headers } = await container.get('/readyz');
      assert.equal(status, 503);
      assert.deepEqual(JSON.parse(body), { status: 'unavailable', git_sha: image.gitSha });
      assert.equal(headers['cache-control'], 'no-store');
    });
  });

  it('serves the static files of the manifest that its build wrote, for ever and compressed', async () => {
    await each(async ({ container }) => {
      const manifest = JSON.parse(
        await container.python('print(open("/app/staticfiles/staticfiles.json").read())'),
      ) as {
        paths: Record<string, string>;
      };
      const name = manifest.paths['admin/css/base.css'];
      assert.match(name ?? '', /^admin\/css\/base\.[0-9a-f]{12}\.css$/u);
      const { status, headers } = await container.get(`/static/${name}`, { headers: forwarded });
      assert.equal(status, 200);
      assert.match(headers['content-type'] ?? '', /^text\/css/u);
      assert.match(headers['cache-control'] ?? '', /max-age=315360000.*immutable/u);
      assert.equal(headers['content-encoding'], 'gzip');
    });
  });

  it('answers 404 for a static file of another release, which no cache may keep', async () => {
    await each(async ({ container, definition }) => {
      const path = '/static/admin/css/base.000000000000.css';
      const { status, headers } = await container.get(path, { headers: { ...forwarded, Host: hostOf(definition) } });
      assert.equal(status, 404);
      assert.equal(headers['cache-control'], 'no-store');
    });
  });

  it('refuses a Host that is not its own', async () => {
    await each(async ({ container, definition }) => {
      const ask = async (Host: string) => (await container.get('/admin/', { headers: { ...forwarded, Host } })).status;
      assert.equal(await ask('elsewhere.example.org'), 400);
      assert.equal(await ask(hostOf(definition)), 302);
    });
  });

  it('ends with 0 after SIGTERM, long before the stop timeout', async () => {
    await each(async ({ container, definition }) => {
      const { exitCode, seconds } = await container.stop();
      assert.equal(exitCode, 0, await container.logs());
      assert.ok(seconds < definition.containerDefinitions[0].stopTimeout / 2, `${seconds} s`);
    });
  });

  it('wrote nothing but JSON to its log, and no error but that of the missing database', async () => {
    await each(async ({ container }) => {
      const lines = (await container.logs()).trim().split('\n');
      const entries = lines.map((line) => JSON.parse(line) as { readonly level: string; readonly message: string });
      const levels = new Set(entries.map(({ level }) => level));
      assert.deepEqual([...levels].toSorted(), ['ERROR', 'INFO', 'WARNING']);
      const errors = entries.filter(({ level }) => level !== 'INFO' && level !== 'WARNING');
      assert.deepEqual(
        errors.map(({ message }) => message),
        ['Service Unavailable: /readyz'],
      );
    });
  });

  it('without variables stops at once, with one line that names what is missing', async () => {
    await each(async ({ image, definition }) => {
      const container = await Container.start(engine, image.tag, limitFlags(definition));
      assert.equal(await container.ends(), 1);
      const output = await container.logs();
      assert.equal(output.trimEnd().split('\n').length, 1, output);
      assert.match(output, /\bSECRET_KEY, .*\bALLOWED_HOSTS\b.* are not set$/mu);
      assert.match(output, /\bDATABASE_URL\b/u);
      await container.remove();
    });
  });
});

function hostOf({ containerDefinitions: [{ environment }] }: TaskDefinition): string {
  const hosts = environment.find(({ name }) => name === 'ALLOWED_HOSTS')?.value ?? '';
  return hosts === 'ALB_DNS_NAME' ? loadBalancerName : `www${hosts}`;
}
