import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { emittedCases, repositoryOf } from '../support/emit.ts';
import { need, needPython } from '../support/need.ts';
import { get } from '../support/servers/http.ts';
import { freePort } from '../support/servers/ports.ts';
import { Moto } from '../support/servers/moto.ts';
import { Server, stopServers, until } from '../support/servers/process.ts';
import { Silent } from '../support/servers/silent.ts';
import { Smtp } from '../support/servers/smtp.ts';
import { planOf } from '../support/servers/system.ts';
import type { Plan } from '../support/servers/system.ts';
import { venvFor } from '../support/venvs.ts';

const extraPython = fileURLToPath(new URL('../support/servers/python', import.meta.url));

/** The two ways of sending, each as Django's other version has its settings. */
const ways = {
  ses: {
    ends: 'mail by SES',
    sender: 'noreply@example.com',
    // Keys that boto3 takes; on ECS it finds the role's.
    to: (port: number) => ({ AWS_ENDPOINT_URL_SESV2: `http://127.0.0.1:${port}`, ...keys }),
  },
  smtp: {
    ends: 'mail by SMTP',
    sender: 'Shop & Co <noreply@example.com>',
    to: (port: number) => ({ EMAIL_HOST: '127.0.0.1', EMAIL_PORT: String(port), EMAIL_TLS: '0' }),
  },
} as const;

const keys = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: 'us-east-1' };

/** The user of the repository, and what its examples make up as a password. */
const user = { name: 'shop', password: 'p@ss/w:rd?#[%20]' };

for (const [way, { ends, sender, to }] of Object.entries(ways)) {
  describe(`mail of the emitted service by ${way}`, function () {
    this.timeout(120_000);
    this.slow(30_000);
    let repository = '';
    let python = '';
    let plan: Plan;
    let silent: Silent;

    before('a repository that sends mail', async function () {
      const example = emittedCases.find(({ name }) => name.endsWith(ends));
      assert.ok(example !== undefined);
      const interpreter = await needPython(this, example.pythonMinimum, example.python);
      repository = await repositoryOf(example);
      python = await venvFor(repository, interpreter);
      plan = planOf(repository);
    });

    beforeEach(async () => {
      silent = await Silent.start();
    });

    afterEach(() => silent.stop());
    after(stopServers);

    it('arrives', async function () {
      if (way === 'smtp') {
        const server = await Smtp.start({ user });
        const task = await start(to(server.port));
        assert.equal((await get(`${task.url}/send`)).body, 'sent', task.server.output);
        const [mail, ...others] = server.mails;
        assert.deepEqual([mail?.from, mail?.to, others], ['noreply@example.com', ['customer@example.com'], []]);
        assert.match(mail?.text ?? '', new RegExp(`^From: "?${sender.split(' <')[0]}"? <`, 'mu'));
        await task.server.stop('SIGTERM');
        await server.stop();
        return;
      }
      const moto = await Moto.start(need(this, 'moto'));
      const task = await start(to(Number(new URL(moto.url).port)));
      const answer = async (target: string) => (await get(task.url + target)).status;
      // SES knows only what was made in it. moto is slow at first, while it loads what it knows of SES.
      await until('SES refuses', 60, async () => (await answer('/send')) === 500);
      const body = JSON.stringify({ EmailIdentity: 'example.com' });
      await moto.ask('ses', '/v2/email/identities', { method: 'POST', body });
      assert.equal(await answer('/send'), 200, task.server.output);
      assert.equal(await answer('/send?from=shop@example.org'), 500);
      await task.server.stop('SIGTERM');
      await moto.server.stop('SIGTERM');
    });

    it('leaves the probe at 200 while the server never answers, in every slot and with as many waiting', async () => {
      const task = await start(to(silent.port));
      const { threads } = plan.gunicorn;
      const mails = sendAll(task, 2 * threads);
      await until('every slot waits for the server', 60, () => silent.open >= threads);
      // As the load balancer asks: again and again, each time with its own limit.
      const statuses: number[] = [];
      let isDone = false;
      void mails.then(() => (isDone = true));
      while (!isDone) {
        statuses.push(await probe(task));
      }
      assert.deepEqual([...new Set(statuses)], [200]);
      const answers = await mails;
      assert.ok(
        answers.every(({ status, body }) => status === 503 && body.startsWith('not sent: ')),
        JSON.stringify(answers),
      );
      // Who came when it was known did not wait.
      assert.ok(answers.some(({ body }) => body.includes('last attempt failed')));
      await task.server.stop('SIGTERM');
    });

    it('takes the probe with it by the backend of Django without a timeout, so the test above would show it', async () => {
      const hung = await Silent.start();
      const { threads } = plan.gunicorn;
      const task = await start({ ...to(hung.port), EMAIL_PORT: String(hung.port), STOCK_MAIL: '1' });
      const mails = sendAll(task, threads);
      await until('every slot waits for the server', 60, () => hung.open >= threads);
      assert.equal(await probe(task), 0);
      // It lets go, and gunicorn stops as it should.
      await hung.stop();
      await mails;
      await task.server.stop('SIGTERM');
    });

    async function start(environment: Readonly<Record<string, string>>) {
      const port = await freePort();
      const command = ['-m', 'gunicorn', 'shop.wsgi:application', '-c', 'gunicorn.conf.py'];
      // One worker: with two it is chance which of them takes how many requests.
      const variables = {
        GUNICORN_WORKERS: '1',
        DJANGO_SETTINGS_MODULE: 'systemtest.mail',
        HTTPS: '0',
        ...environment,
      };
      const given = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
      const server = new Server(
        'gunicorn',
        [python, '-m', 'django_fargate.examples', ...given, ...command, '--bind', `127.0.0.1:${port}`],
        { cwd: repository, env: { PATH: process.env['PATH'], PYTHONPATH: extraPython, PYTHONDONTWRITEBYTECODE: '1' } },
      );
      const task = { server, url: `http://127.0.0.1:${port}` };
      await until('/healthz answers', 60, async () => {
        assert.ok(server.isRunning, server.output);
        return (await probe(task)) === 200;
      });
      return task;
    }

    /** The status of the probe, 0 when there was none within what the load balancer waits. */
    async function probe({ url }: { readonly url: string }): Promise<number> {
      const { healthCheckTimeoutSeconds: timeoutSeconds } = plan.loadBalancer;
      const answer = await get(`${url}/healthz`, { timeoutSeconds }).catch(() => ({ status: 0 }));
      return answer.status;
    }

    function sendAll({ url }: { readonly url: string }, count: number) {
      const failed = { status: 0, body: '' };
      return Promise.all(
        Array.from({ length: count }, () => get(`${url}/send`, { timeoutSeconds: 60 }).catch(() => failed)),
      );
    }
  });
}
