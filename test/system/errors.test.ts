import assert from 'node:assert/strict';
import { emittedCases, repositoryOf } from '../support/emit.ts';
import { needPython } from '../support/need.ts';
import { stopServers } from '../support/servers/process.ts';
import { Service, settingsWithViews, taskEnvironment } from '../support/servers/service.ts';
import { Silent } from '../support/servers/silent.ts';
import { Sink } from '../support/servers/sink.ts';
import { venvFor } from '../support/venvs.ts';

/** Nothing of these tests reaches a database or a broker. */
const nowhere = { address: '127.0.0.1', port: 1, authority: 'system' };
const brokerNowhere = { REDIS_HOST: '127.0.0.1', REDIS_PASSWORD: 'none', STATIC_URL: '/static/' };

describe('errors of the running service, in Sentry', function () {
  this.timeout(120_000);
  let repository = '';
  let python = '';

  before('a repository with Sentry', async function () {
    const example = emittedCases.find(({ flags }) => flags.includes('sentry'));
    assert.ok(example !== undefined);
    const interpreter = await needPython(this, example.pythonMinimum, example.python);
    repository = await repositoryOf(example);
    python = await venvFor(repository, interpreter);
  });

  after(stopServers);

  function start(port: number, settings = settingsWithViews): Promise<Service> {
    const changes = {
      ...brokerNowhere,
      DJANGO_SETTINGS_MODULE: settings,
      HTTPS: '0',
      GIT_SHA: 'abc123',
      SENTRY_DSN: `http://key@127.0.0.1:${port}/7`,
    };
    const environment = taskEnvironment(repository, 'web', nowhere, changes);
    return Service.start({ repository, python, environment });
  }

  it('arrive from forked workers, the last one while its worker ends', async () => {
    const sink = await Sink.start();
    const task = await start(sink.port);
    const failed = 8;
    for (let i = 0; i < failed; i += 1) {
      assert.equal((await task.get(`/fail?card=4111&number=${i}`, { 'X-Amzn-Trace-Id': `Root=${i}` })).status, 500);
    }
    assert.deepEqual(await task.stop(), { code: 0, signal: null });
    assert.deepEqual(
      sink.requests.map(({ target }) => target),
      Array.from({ length: failed }, () => '/api/7/envelope/'),
    );
    const events = sink.requests.map(({ body }) => JSON.parse(body.split('\n')[2] ?? '') as Event);
    assert.deepEqual(
      events.map(({ tags }) => tags.trace).toSorted(),
      Array.from({ length: failed }, (_, i) => `Root=${i}`),
    );
    assert.ok(events.every(({ release, environment }) => release === 'abc123' && environment === 'production'));
    assert.ok(sink.requests.every(({ body }) => body.includes('planted') && !body.includes('4111')));
    await sink.stop();
  });

  it('cost nothing but themselves where Sentry does not answer', async () => {
    const silent = await Silent.start();
    const task = await start(silent.port);
    await failOften(task);
    assert.ok(silent.accepted > 0, 'the SDK waits for an answer');
    // ECS allows this service 45 s, and gunicorn has no request under way.
    assert.deepEqual(await task.stop(20), { code: 0, signal: null });
    await silent.stop();
  });

  it('would hold a worker that ends, without a bound: the control', async () => {
    const silent = await Silent.start();
    const task = await start(silent.port, 'systemtest.patient');
    await failOften(task);
    await assert.rejects(task.stop(15), /did not end within 15 s/u);
    await silent.stop();
  });

  /** More errors than the SDK's queue holds; each is answered, and so is what comes after them. */
  async function failOften(task: Service): Promise<void> {
    const answers = await Promise.all(Array.from({ length: 250 }, () => task.get('/fail')));
    assert.ok(answers.every(({ status }) => status === 500));
    assert.equal((await task.get('/plain')).status, 200);
  }
});

interface Event {
  readonly release: string;
  readonly environment: string;
  readonly tags: { readonly trace: string };
}
