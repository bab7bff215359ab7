import type { Postgres } from '../support/servers/postgres.ts';
import { Moto } from '../support/servers/moto.ts';
import { Redis } from '../support/servers/redis.ts';
import { S3 } from '../support/servers/s3.ts';
import { host, Service, taskEnvironment } from '../support/servers/service.ts';
import { Sink } from '../support/servers/sink.ts';
import { Smtp } from '../support/servers/smtp.ts';
import { runOk } from '../support/run.ts';
import { Browser } from './browser.ts';
import type { Developer } from './developer.ts';

/** A developer's repository under production settings, started by the task definition, with all that it asks on this machine. */
export class Production {
  readonly s3: S3;
  readonly smtp: Smtp;
  /** Sentry's. */
  readonly sink: Sink;
  readonly #moto: Moto;
  readonly #service: Service;

  private constructor(servers: { moto: Moto; s3: S3; smtp: Smtp; sink: Sink }, service: Service) {
    this.#moto = servers.moto;
    this.s3 = servers.s3;
    this.smtp = servers.smtp;
    this.sink = servers.sink;
    this.#service = service;
  }

  /**
   * Collects the static files, migrates, adds a user and serves.
   *
   * @param programs `moto` is the Python in whose virtual environment it is
   * @param variables values of what deploy/environment.json declares
   */
  static async start(
    developer: Developer,
    postgres: Postgres,
    programs: { readonly moto: string; readonly redis: string; readonly openssl: string },
    variables: Readonly<Record<string, string>>,
  ): Promise<Production> {
    const { folder, python } = developer;
    const [moto, smtp, sink] = await Promise.all([
      Moto.start(programs.moto),
      Smtp.start({ user: { name: 'shop', password: 'of-the-mail' } }),
      Sink.start(),
    ]);
    const s3 = await S3.on(moto, 'shop-media');
    const web = developer.read('deploy/ecs/web.json');
    const redis = web.includes('REDIS_HOST') ? (await Redis.start(programs)).environment : {};
    const queue = web.includes('CELERY_QUEUE_URL') ? { CELERY_QUEUE_URL: await makeQueue(moto) } : {};
    await moto.ask('ses', '/v2/email/identities', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ EmailIdentity: 'example.com' }),
    });
    const changes: Record<string, string> = {
      ...{ ...redis, ...queue, ...moto.environment('S3', 'SES', 'SESV2', 'SQS') },
      ...{ MEDIA_BUCKET: s3.bucket, STATIC_URL: 'https://static.example.com/' },
      ...{ ...smtp.settings, EMAIL_TLS: '0', SENTRY_DSN: `http://key@127.0.0.1:${sink.port}/1` },
      // Throttles count in each process.
      ...{ GUNICORN_WORKERS: '1', ...variables },
    };
    const run = (task: string, ...args: readonly string[]) =>
      runOk(python, args, { cwd: folder, env: taskEnvironment(folder, task, postgres, changes) });
    await developer.manage('collectstatic', '--noinput', '--settings=shop.settings.build');
    await run('migrate', 'manage.py', 'migrate', '--noinput');
    changes['DJANGO_SUPERUSER_PASSWORD'] = 'correct horse';
    await run('ops', 'manage.py', 'createsuperuser', '--noinput', '--username=ada', '--email=ada@example.com');
    const environment = taskEnvironment(folder, 'web', postgres, changes);
    const service = await Service.start({ repository: folder, python, environment });
    return new Production({ moto, s3, smtp, sink }, service);
  }

  /** Somebody at an address, behind the load balancer. */
  visitor(address: string): Browser {
    const headers = { Host: host, Origin: `https://${host}`, 'X-Forwarded-Proto': 'https', 'X-Forwarded-For': address };
    return new Browser(this.#service.url, headers);
  }

  /** What SES was asked to send. */
  async sesMails(): Promise<string> {
    return (await this.#moto.ask('ses', '/moto-api/data.json')).text();
  }

  get log(): string {
    return this.#service.server.output;
  }

  async stop(): Promise<void> {
    await this.#service.stop();
    await this.smtp.stop();
    await this.sink.stop();
  }
}

async function makeQueue(moto: Moto): Promise<string> {
  const headers = { 'Content-Type': 'application/x-amz-json-1.0', 'X-Amz-Target': 'AmazonSQS.CreateQueue' };
  const body = JSON.stringify({ QueueName: 'shop-celery' });
  const response = await moto.ask('sqs', '/', { method: 'POST', headers, body });
  return ((await response.json()) as { readonly QueueUrl: string }).QueueUrl;
}
