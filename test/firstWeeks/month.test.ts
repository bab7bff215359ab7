import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import type { Provider } from '../support/aws/pipeline.ts';
import { needEngine } from '../support/engine/needEngine.ts';
import { need, needPython } from '../support/need.ts';
import { get } from '../support/servers/http.ts';
import { Postgres, databaseRole } from '../support/servers/postgres.ts';
import { stopServers } from '../support/servers/process.ts';
import { planOf } from '../support/servers/system.ts';
import { Browser } from './browser.ts';
import { Developer } from './developer.ts';
import { makeGitRepository } from './gitRepository.ts';
import type { GitRepository } from './gitRepository.ts';
import { ServedImage } from './image.ts';
import { changeModels, writePages, writeServices, writeTasks } from './month.ts';
import { pictureFile } from './picture.ts';
import { Production } from './production.ts';
import { master, Releases } from './release.ts';

const labels = fileURLToPath(new URL('files/labels', import.meta.url));

interface AnswersOfASet {
  readonly name: string;
  readonly flags: readonly string[];
  readonly python: 'lowest' | 'highest';
  readonly ci: Provider;
  /** Values of the secrets that the answers bring. */
  readonly secrets: Readonly<Record<string, string>>;
}

const mailServer = ['--mail', 'smtp', '--mail-host', 'smtp.example.com', '--mail-user', 'shop'];

const sets: readonly AnswersOfASet[] = [
  { name: 'every default', flags: [], python: 'lowest', ci: 'github', secrets: {} },
  {
    name: 'Django 6.1, Valkey, PgBouncer, a mail server, Sentry, static files from a bucket',
    flags: [
      ...['--django', '6.1', '--broker', 'redis', '--celery-longest-task', '600', '--pooler', 'pgbouncer'],
      ...[...mailServer, '--mail-from', 'shop@example.com', '--errors', 'sentry', '--static', 's3'],
      ...['--largest-upload', '40', '--ci', 'bitbucket'],
    ],
    python: 'highest',
    ci: 'bitbucket',
    secrets: { EMAIL_HOST_PASSWORD: 'of-the-mail', SENTRY_DSN: 'https://key@sentry.example.com/1' },
  },
  {
    name: "SQS, beat, SES, JavaScript, no way to the Internet, Django's own user",
    flags: [
      ...['--broker', 'sqs', '--beat', '--mail', 'ses', '--assets', 'node', '--egress', 'endpoints'],
      ...['--user', 'django', '--mail-from', 'noreply@example.com', '--ci', 'gitlab'],
    ],
    python: 'lowest',
    ci: 'gitlab',
    secrets: {},
  },
];

for (const { name, flags, python, ci, secrets } of sets) {
  describe(`the first weeks with ${name}`, function () {
    this.timeout(300_000);
    this.slow(60_000);
    this.bail(true);
    let developer: Developer;
    let git: GitRepository;
    /** The developer's own, and one as RDS makes it. */
    let development: Postgres;
    let database: Postgres;
    let programs: Readonly<Record<'moto' | 'openssl' | 'postgres' | 'redis', string>>;

    before(async function () {
      for (const tool of ['make', 'uv', 'file']) need(this, tool);
      programs = {
        moto: need(this, 'moto'),
        openssl: need(this, 'openssl'),
        postgres: need(this, 'postgres'),
        redis: need(this, 'redis-server'),
      };
      developer = await Developer.start(flags, await needPython(this, '3.12', python));
      const { maxConnections } = planOf(developer.folder).database;
      development = await Postgres.create({ ...programs, maxConnections });
      database = await Postgres.create({ ...programs, maxConnections, master });
    });

    after(stopServers);

    it('an app with pictures and a login page, served on SQLite', async () => {
      await writePages(developer);
      const { url, server } = await developer.serve();
      Object.assign(developer.variables, { DJANGO_SUPERUSER_PASSWORD: 'correct horse' });
      await developer.manage('createsuperuser', '--noinput', '--username=ada', '--email=ada@example.com');
      const browser = new Browser(url);
      await browser.logIn('/accounts/login/', 'ada', 'correct horse');
      await browser.submit('/admin/catalog/supplier/add/', { name: 'Thonet' });
      const form = { name: 'Chair', code: 'C1', supplier: '1', picture: pictureFile() };
      const added = await browser.submit('/add/', form);
      assert.equal(added.headers.location, '/', added.text);
      const [, address = ''] = /<img src="([^"]+)"/u.exec((await browser.get('/')).text) ?? [];
      assert.equal((await browser.get(address)).headers['content-type'], 'image/png', address);
      await server.stop('SIGTERM');
      assert.equal(await developer.untracked(), '');
    });

    it('mail, an API, a cache, a variable, a secret, packages', async () => {
      git = await makeGitRepository('shop-labels', labels);
      Object.assign(developer.variables, git.environment);
      await writeServices(developer, git.requirement);
      const { url, server } = await developer.serve();
      const browser = new Browser(url);
      const question = { email: 'grace@example.com', question: 'How high is it?' };
      assert.equal((await browser.submit('/ask/', question)).status, 302);
      await server.printed(/^To: grace@example\.com$/mu);
      await server.stop('SIGTERM');
    });

    it('changed models, on PostgreSQL', async () => {
      await development.sql('CREATE DATABASE development OWNER shop_app', 'postgres');
      await development.sql('ALTER ROLE shop_app CREATEDB', 'postgres');
      const password = encodeURIComponent(databaseRole.password);
      const address = `127.0.0.1:${development.port}/development`;
      developer.variables['DATABASE_URL'] = `postgresql://${databaseRole.user}:${password}@${address}`;
      await changeModels(developer);
      const { url, server } = await developer.serve();
      assert.equal((await new Browser(url).get('/')).status, 200);
      await server.stop('SIGTERM');
    });

    it('its image, with production settings on PostgreSQL: users, pages, uploads', async function () {
      const image = await ServedImage.start(await needEngine(this), developer, git);
      try {
        const { browser } = image;
        await image.manage(
          { DJANGO_SUPERUSER_PASSWORD: 'correct horse' },
          ...['createsuperuser', '--noinput', '--username=ada', '--email=ada@example.com'],
        );
        await browser.logIn('/accounts/login/', 'ada', 'correct horse');
        await browser.submit('/admin/catalog/supplier/add/', { name: 'Thonet' });
        const form = { name: 'Chair', code: 'C1', supplier: '1', picture: pictureFile() };
        assert.equal((await browser.submit('/add/', form)).headers.location, '/');
        const page = (await browser.get('/')).text;
        const [, address = ''] = /<img src="([^"]+)"/u.exec(page) ?? [];
        assert.equal((await fetch(address)).headers.get('content-type'), 'image/png', page);
        const [, sheet = ''] = /href="([^"]+catalog\/shop\.[0-9a-f]{12}\.css)"/u.exec(page) ?? [];
        assert.notEqual(sheet, '', page);
        // The packages with a C library and from Git are in the image.
        await image.compose.ok('exec', '-T', 'web', 'python', '-c', 'import magic, shop_labels');
      } finally {
        await image.stop();
      }
    });

    it('a larger size, a worker with a task of its own: all checks pass', async () => {
      await developer.generator('resize', '--vcpu', '1', '--yes');
      if (!developer.has('shop/celery.py')) {
        await developer.generator('celery', '--yes');
        // The lock files are the developer's, since there are packages of his own.
        await developer.make('lock');
        await developer.install();
      }
      await writeTasks(developer);
      await developer.make('format');
      await developer.make('lint', 'lint-migrations', 'check', 'test');
      assert.equal(await developer.untracked(), '');
    });

    it('production settings: uploads on S3, mail, a throttle by who asks', async () => {
      const variables = { SUPPORT_URL: 'https://support.example.com', WAREHOUSE_KEY: 'of-the-warehouse' };
      const production = await Production.start(developer, development, programs, variables);
      const browser = production.visitor('203.0.113.7');
      await browser.logIn('/accounts/login/', 'ada', 'correct horse');
      await browser.submit('/admin/catalog/supplier/add/', { name: 'Thonet' });
      const form = { name: 'Chair', code: 'C1', supplier: '1', picture: pictureFile() };
      assert.equal((await browser.submit('/add/', form)).headers.location, '/', production.log);
      const [key = ''] = await production.s3.keys();
      assert.match(key, /pictures\/chair\w*\.png$/u);
      const [, address = ''] = /<img src="([^"]+)"/u.exec((await browser.get('/')).text) ?? [];
      const signed = await fetch(address.replaceAll('&amp;', '&'));
      assert.equal(signed.headers.get('content-type'), 'image/png', address);

      const question = { email: 'grace@example.com', question: 'How high is it?' };
      const asked = await browser.submit('/ask/', question);
      const mails = `${production.smtp.mails.map(({ text }) => text).join()}${await production.sesMails()}`;
      if (flags.includes('--mail')) {
        assert.equal(asked.status, 302, production.log);
        assert.match(mails, /How high is it/u);
      } else {
        assert.equal(asked.status, 500);
      }

      const knock = (given: string) => browser.post('/stock/', {}, { 'X-Warehouse-Key': given });
      assert.deepEqual([(await knock('wrong')).status, (await knock('of-the-warehouse')).status], [403, 204]);

      const statuses: number[] = [];
      for (const spoofed of ['198.51.100.1', '198.51.100.2', '198.51.100.3', '198.51.100.4']) {
        statuses.push((await production.visitor(`${spoofed}, 203.0.113.8`).get('/api/products/')).status);
      }
      assert.deepEqual(statuses, [200, 200, 200, 429]);
      assert.equal((await production.visitor('203.0.113.9').get('/api/products/')).status, 200);
      await production.stop();
    });

    it('a release on the AWS stand-in, with the secret', async () => {
      const releases = await Releases.start(developer, {
        moto: programs.moto,
        postgres: database,
        ci,
        secrets: { WAREHOUSE_KEY: 'of-the-warehouse', ...secrets },
        environment: {},
      });
      await releases.release();
      const command = 'from django.conf import settings; print("the key:", settings.WAREHOUSE_KEY)';
      const output = await releases.inTask('python', 'manage.py', 'shell', '--no-imports', '--command', command);
      assert.match(output, /the key: of-the-warehouse/u);
      if (flags.includes('ses')) {
        await releases.inTask('python', 'manage.py', 'sendtestemail', 'grace@example.com');
        const other = `from django.core.mail import send_mail; send_mail("Hi", "", "a@example.org", ["grace@example.com"])`;
        await assert.rejects(
          releases.inTask('python', 'manage.py', 'shell', '--no-imports', '--command', other),
          /AccessDenied.*ses:SendEmail/u,
        );
      }
      const answer = await get(`${releases.account.url}/api/products/`);
      assert.deepEqual([answer.status, answer.body], [200, '[]']);
    });
  });
}
