import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, statfsSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import path from 'node:path';
import { need } from '../support/need.ts';
import { root } from '../support/paths.ts';
import { runOk } from '../support/run.ts';
import { printFigures } from '../support/servers/figures.ts';
import { serverFolder } from '../support/servers/folder.ts';
import type { Postgres } from '../support/servers/postgres.ts';
import { childrenOf, stopServers, until } from '../support/servers/process.ts';
import { S3 } from '../support/servers/s3.ts';
import { host, Service, settingsWithViews, taskEnvironment } from '../support/servers/service.ts';
import { System } from '../support/servers/system.ts';

const mib = 2 ** 20;
const boundary = 'system-test';

/** What the views of docs/uploads.md keep. */
const videoModel = `
from django.conf import settings
from django.db import models

class Video(models.Model):
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    file = models.FileField()
`;

/** A POST that is under way: all but its last byte was sent. */
interface Upload {
  readonly finish: () => void;
  readonly status: Promise<number>;
}

describe('uploads', function () {
  this.timeout(120_000);
  this.slow(20_000);
  let system: System;
  let postgres: Postgres;
  let s3: S3;

  before(async function () {
    system = await System.need(this);
    [postgres, s3] = await Promise.all([system.startPostgres(), S3.start(need(this, 'moto'), 'shop-media')]);
  });

  after(stopServers);

  it('of the largest size on every slot at once stay within /tmp and the memory, and reach the bucket', async () => {
    const { slots } = system.plan.gunicorn;
    const { largestMiB } = system.plan.uploads;
    const task = await startTask(system.plan.task.tmpfsMiB);
    // A worker also accepts what its threads have no time for, so there are more uploads than slots.
    const uploads: Upload[] = [];
    await until('every slot holds an upload', 60, () => {
      if (usedMiB(task) > slots * largestMiB - slots) return true;
      if (uploads.length < 8 * slots) uploads.push(post(task, file(largestMiB, `${uploads.length}.bin`)));
      return false;
    });
    const [tmpMiB, memoryMiB] = [usedMiB(task), highWaterMiB(task)];
    for (const { finish } of uploads) finish();
    const statuses = await Promise.all(uploads.map(({ status }) => status));
    assert.deepEqual(
      statuses,
      statuses.map(() => 200),
      task.server.output,
    );
    assert.equal((await s3.keys()).length, uploads.length);
    assert.equal((await s3.read('0.bin')).length, largestMiB * mib);
    assert.ok(usedMiB(task) < 1, `${usedMiB(task)} MiB are left in /tmp`);
    assert.ok(tmpMiB + Math.max(memoryMiB, highWaterMiB(task)) <= system.plan.task.memoryMiB);
    const [connections = ''] = await postgres.sql(
      "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'shop' AND backend_type = 'client backend'",
    );
    assert.ok(Number(connections) <= slots, connections);
    printFigures(
      `${slots} uploads of ${largestMiB} MiB: ${tmpMiB.toFixed(0)} of ${system.plan.task.tmpfsMiB} MiB in /tmp, processes ` +
        `${highWaterMiB(task).toFixed(0)} of ${system.plan.task.memoryMiB} MiB, ${connections} connections`,
    );
    await task.server.stop('SIGTERM');
  });

  it('do not fit into a /tmp that was sized for one slot less: the numbers belong together', async () => {
    const { slots } = system.plan.gunicorn;
    const { largestMiB } = system.plan.uploads;
    const task = await startTask((slots - 1) * largestMiB);
    const [uploads, answers]: [Upload[], number[]] = [[], []];
    // The first answer comes before the last byte of anything.
    await until('an upload fails', 60, () => {
      if (answers.length > 0) return true;
      if (uploads.length < 8 * slots) {
        const upload = post(task, file(largestMiB, `small-${uploads.length}.bin`));
        upload.status.then((status) => answers.push(status), assert.fail);
        uploads.push(upload);
      }
      return false;
    });
    assert.equal(answers[0], 500);
    await logs(task, /No space left on device/u);
    for (const { finish } of uploads) finish();
    await Promise.all(uploads.map(({ status }) => status));
    await task.server.stop('SIGTERM');
  });

  it('of 70 MB by anybody are answered with 413 and fill nothing, also behind the proxy', async () => {
    const task = await startTask(system.plan.task.tmpfsMiB);
    const proxy = await system.startProxy();
    await proxy.register(task.port);
    for (const { port } of [task, { port: Number(new URL(proxy.url).port) }]) {
      const large = post(
        { port },
        { length: 70 * mib, target: '/admin/login/', type: `multipart/form-data; boundary=${boundary}` },
      );
      assert.equal(await large.status, 413);
      const json = post({ port }, { length: 70 * mib, target: '/no/such/page', type: 'application/json' });
      assert.equal(await json.status, 413);
    }
    assert.ok(usedMiB(task) < 1);
    assert.equal((await task.get('/plain')).status, 200);
    await task.server.stop('SIGTERM');
  });

  it('of 70 MB would fill /tmp without the limit', async () => {
    const task = await startTask(system.plan.task.tmpfsMiB, { TEST_LARGEST_UPLOAD_MIB: '1000' });
    const { status } = post(task, file(70, 'large.bin'));
    assert.equal(await status, 500);
    await logs(task, /No space left on device/u);
    await task.server.stop('SIGTERM');
  });

  it('of larger files go from the browser to the bucket, by the code of docs/uploads.md', async () => {
    const blocks = [
      ...readFileSync(path.join(root, 'docs', 'uploads.md'), 'utf8').matchAll(/^```(\w+)\n([^]*?)^```$/gmu),
    ];
    const [python = '', html = ''] = ['python', 'html'].map(
      (kind) => blocks.find(([, found]) => found === kind)?.[2] ?? '',
    );
    const folder = serverFolder('videos');
    const app = path.join(folder, 'videos');
    mkdirSync(path.join(app, 'templates', 'videos'), { recursive: true });
    writeFileSync(path.join(app, '__init__.py'), '');
    writeFileSync(path.join(app, 'models.py'), videoModel);
    writeFileSync(path.join(app, 'views.py'), python);
    writeFileSync(path.join(app, 'templates', 'videos', 'new.html'), html);
    const { PATH, PYTHONPATH = '' } = taskEnvironment(system.repository, 'web', postgres);
    const env = {
      ...{ PATH, PYTHONPATH: [system.repository, PYTHONPATH, folder].join(':'), PYTHONDONTWRITEBYTECODE: '1' },
      ...{ ...s3.environment, MEDIA_BUCKET: s3.bucket, DJANGO_SETTINGS_MODULE: 'videotest.settings' },
    };
    const { stdout } = await runOk(system.python, ['-m', 'videotest.walk'], { cwd: system.repository, env });
    const { name, url, ...walk } = JSON.parse(stdout) as Readonly<Record<string, string>>;
    const answers = { anonymous: 302, status: 303, stranger: 404, before: 0, after: 302, missing: 404 };
    assert.deepEqual(walk, { ...answers, owner: 'ada', size: 6000 });
    assert.match(String(name), /^videos\/1\/[0-9a-f-]{36}\.mp4$/u);
    assert.equal((await s3.read(String(name))).length, 6000);
    assert.equal(await (await fetch(String(url))).text(), 'moving'.repeat(1000));
  });

  /** A task whose /tmp is a tmpfs of this size, in a mount namespace of its own. */
  async function startTask(
    tmpMiB: number,
    changes: Readonly<Record<string, string>> = {},
  ): Promise<Service & { readonly tmp: string }> {
    const folder = serverFolder('uploads');
    const user = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
    const script = `mount -t tmpfs -o size=${tmpMiB}m,mode=1777 tmpfs "$0" && exec "$@"`;
    const environment = {
      ...s3.environment,
      ...changes,
      DJANGO_SETTINGS_MODULE: settingsWithViews,
      MEDIA_BUCKET: s3.bucket,
      TMPDIR: folder,
    };
    const task = await Service.start({
      repository: system.repository,
      python: system.python,
      environment: taskEnvironment(system.repository, 'web', postgres, environment),
      prefix: ['unshare', ...user, '--mount', '--', 'sh', '-c', script, folder],
    });
    return Object.assign(task, { tmp: `/proc/${task.server.pid}/root${folder}` });
  }
});

/** Waits for a line: it is written after the answer. */
async function logs({ server }: Service, line: RegExp): Promise<void> {
  await until(`the log has ${line}`, 10, () => line.test(server.output));
}

/** What is in use of a task's /tmp. */
function usedMiB({ tmp }: { readonly tmp: string }): number {
  const { blocks, bfree, bsize } = statfsSync(tmp);
  return ((blocks - bfree) * bsize) / mib;
}

/** The most that the processes of a task have had in memory, shared pages counted in each. */
function highWaterMiB({ server }: Service): number {
  return [server.pid, ...childrenOf(server.pid)]
    .map((pid) => /VmHWM:\s+(\d+) kB/u.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
    .reduce((sum, kib) => sum + Number(kib ?? 0) / 1024, 0);
}

interface Body {
  readonly length: number;
  readonly target: string;
  readonly type: string;
  readonly head?: string;
  readonly tail?: string;
}

/** A form with one file. */
function file(sizeMiB: number, name: string): Body {
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: application/octet-stream\r\n\r\n`;
  const tail = `\r\n--${boundary}--\r\n`;
  const length = head.length + sizeMiB * mib + tail.length;
  return { length, head, tail, target: '/upload', type: `multipart/form-data; boundary=${boundary}` };
}

/** Sends a body but for its last byte. */
function post({ port }: { readonly port: number }, { length, target, type, head = '', tail = '' }: Body): Upload {
  const socket: Socket = connect(port, '127.0.0.1');
  const last = tail.at(-1) ?? 'x';
  const filler = Buffer.alloc(length - head.length - Math.max(tail.length, 1), 'x');
  const status = new Promise<number>((resolve, reject) => {
    let answer = '';
    const read = () => resolve(Number(/^HTTP\/1\.1 (?!100)(\d{3})/mu.exec(answer)?.[1] ?? Number.NaN));
    socket.on('data', (data) => {
      answer += data.toString('latin1');
      if (/^HTTP\/1\.1 (?!100)\d{3}[^]*\r\n\r\n/mu.test(answer)) read();
    });
    socket.on('close', read);
    // Who is answered early may still be sending when the connection ends.
    socket.on('error', (error) => (answer === '' ? reject(error) : read()));
  });
  socket.write(
    `POST ${target} HTTP/1.1\r\nHost: ${host}\r\nX-Forwarded-Proto: https\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\n\r\n`,
  );
  socket.write(head);
  socket.write(filler);
  socket.write(tail.slice(0, -1));
  return { status: status.finally(() => socket.destroy()), finish: () => socket.write(last) };
}
