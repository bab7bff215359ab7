import assert from 'node:assert/strict';
import { resolveAnswers } from '../../../core/answers/resolve.ts';
import type { AnswerKey } from '../../../core/answers/types.ts';
import { renderRelease } from '../../../core/emit/release.ts';
import { solve } from '../../../core/plan/solve.ts';

function release(changes: Partial<Record<AnswerKey, unknown>> = {}) {
  const door = new Map(Object.entries(changes).map(([key, value]) => [key, { value, origin: key }]));
  const { answers } = resolveAnswers([door], { projectName: 'my_shop' });
  const plan = solve(answers);
  return { plan, text: JSON.parse(renderRelease(answers, plan)) as Readonly<Record<string, unknown>> };
}

describe('core/emit/release', () => {
  it('says what a web service alone is', () => {
    const { text, plan } = release();
    assert.deepEqual(text, {
      slug: 'my-shop',
      region: 'us-east-1',
      partition: 'aws',
      domain: '',
      architecture: 'X86_64',
      egress: 'nat',
      stacks: ['network', 'platform', 'data', 'media', 'service'],
      services: [
        {
          name: 'web',
          parameter: 'Revision',
          tasks: plan.service.minTasks.value,
          peakTasks: plan.service.peakTasks.value,
        },
      ],
      pgbouncer: null,
      broker: 'none',
      static: 'whitenoise',
      words: {
        RDS_ENDPOINT: 'DatabaseEndpoint',
        ALB_DNS_NAME: 'LoadBalancerDnsName',
        MASTER_SECRET_ARN: 'MasterSecretArn',
      },
    });
  });

  it('says every service and every stack, in their order', () => {
    const { text, plan } = release({
      ...{ broker: 'redis', beat: true, celeryLongestTaskSeconds: 600, pooler: 'pgbouncer', static: 's3' },
      ...{ domain: 'shop.example.com', architecture: 'ARM64', rdsClass: 'db.m7g.large' },
    });
    const services = text['services'] as readonly Readonly<Record<string, unknown>>[];
    assert.deepEqual(text['stacks'], [
      'network',
      'platform',
      'data',
      'static',
      'media',
      'broker',
      'pgbouncer',
      'service',
    ]);
    assert.deepEqual(
      services.map(({ name, parameter }) => [name, parameter]),
      [
        ['web', 'Revision'],
        ['worker', 'WorkerRevision'],
        ['beat', 'BeatRevision'],
      ],
    );
    assert.ok(Number(services[1]?.['protectionMinutes']) > 0);
    assert.equal(services[1]?.['protectionMinutes'], plan.celery?.protectionMinutes?.value);
    assert.deepEqual(text['pgbouncer'], {
      tasks: plan.pgbouncer?.tasks.value,
      peakTasks: plan.pgbouncer?.peakTasks.value,
    });
    assert.deepEqual([text['domain'], text['architecture']], ['shop.example.com', 'ARM64']);
    const words = Object.keys(text['words'] as object);
    assert.deepEqual(words.slice(2), ['STATIC_URL', 'REDIS_ENDPOINT', 'MASTER_SECRET_ARN']);
  });

  it('says no stack where somebody else makes the infrastructure', () => {
    const { text } = release({ infrastructure: 'none', broker: 'sqs' });
    assert.deepEqual(text['stacks'], []);
    assert.deepEqual(Object.keys(text['words'] as object).slice(2), ['QUEUE_URL']);
  });
});
