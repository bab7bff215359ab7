import assert from 'node:assert/strict';
import semver from 'semver';
import { declarations } from '../../../core/answers/declarations.ts';
import { beforeTheQuestion, migrateAnswers, migrations, refuseDowngrade } from '../../../core/answers/migrations.ts';
import type { Migration } from '../../../core/answers/migrations.ts';
import { renamedAnswers } from '../../../core/answers/renamed.ts';
import { UserError } from '../../../core/errors.ts';

describe('core/answers/migrations', () => {
  const steps: readonly Migration[] = [
    { since: '0.10.0', migrate: ({ size, ...rest }) => ({ ...rest, vcpu: size }) },
    { since: '0.2.0', migrate: ({ cpu, ...rest }) => ({ ...rest, size: cpu }) },
  ];

  it('are applied in the order of their versions, each once, from the version that stored the answers', () => {
    assert.deepEqual(migrateAnswers({ cpu: 2 }, '0.1.0', steps), { ...beforeTheQuestion, vcpu: 2 });
    assert.deepEqual(migrateAnswers({ size: 2 }, '0.2.0', steps), { ...beforeTheQuestion, vcpu: 2 });
    assert.deepEqual(migrateAnswers({ vcpu: 2 }, '0.10.0', steps), { ...beforeTheQuestion, vcpu: 2 });
  });

  it('do not touch the answers of a folder that was not written to yet', () => {
    assert.deepEqual(migrateAnswers({ cpu: 2 }, undefined, steps), { cpu: 2 });
  });

  it('bring no repository what it was not asked about, and leave a stored answer', () => {
    assert.deepEqual(migrateAnswers({ vcpu: 2 }, '0.2.0'), { ...beforeTheQuestion, vcpu: 2 });
    assert.equal(migrateAnswers({ vcpu: 2 }, '0.1.0')['user'], 'django');
    assert.equal(migrateAnswers({ vcpu: 2 }, '0.1.0')['media'], 'none');
    assert.equal(migrateAnswers({ user: 'custom' }, '0.2.0')['user'], 'custom');
    assert.deepEqual(migrateAnswers({}, '0.2.0'), {});
    assert.deepEqual(migrateAnswers({ vcpu: 2 }, undefined), { vcpu: 2 });
  });

  it('leave what was stored alone', () => {
    const stored = Object.freeze({ cpu: 2 });
    migrateAnswers(stored, '0.1.0', steps);
    assert.deepEqual(stored, { cpu: 2 });
  });

  it('give the answers of 0.1.0 their names of today, and keep the others', () => {
    const old = { vcpu: 1, workerVcpu: 2, minWorkerTasks: 0, maxWorkerTasks: 6, workerMemoryMiB: 300 };
    const times = { longestTaskSeconds: 300, queueDelaySeconds: 30, taskMs: 500 };
    assert.deepEqual(migrateAnswers({ ...old, ...times, unmanaged: ['a'] }, '0.1.0'), {
      ...beforeTheQuestion,
      ...{ vcpu: 1, celeryVcpu: 2, celeryMinTasks: 0, celeryMaxTasks: 6, workerMemoryMiB: 300 },
      ...{ celeryLongestTaskSeconds: 300, celeryQueueDelaySeconds: 30, celeryTaskMs: 500, unmanaged: ['a'] },
    });
    const keys = new Set<string>(declarations.map(({ key }) => key));
    for (const { was, key } of renamedAnswers) assert.ok(keys.has(key) && !keys.has(was), was);
  });

  it('of this version are in order', () => {
    const versions = migrations.map(({ since }) => since);
    assert.deepEqual(versions, versions.toSorted(semver.compare));
  });
});

describe('core/answers/refuseDowngrade', () => {
  it('refuses an older version than the one that wrote, and says what to install', () => {
    assert.throws(
      () => refuseDowngrade('0.10.0', '0.9.9'),
      (error) => error instanceof UserError && error.exitCode === 2 && /Install 0\.10\.0 or newer/.test(error.message),
    );
  });

  it('takes the same and a newer one, and a folder that was not written to', () => {
    refuseDowngrade('0.10.0', '0.10.0');
    refuseDowngrade('0.9.9', '0.10.0');
    refuseDowngrade(undefined, '0.1.0');
  });
});
