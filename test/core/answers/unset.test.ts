import assert from 'node:assert/strict';
import { declarations } from '../../../core/answers/declarations.ts';
import { toStored } from '../../../core/answers/files.ts';
import { resolveAnswers } from '../../../core/answers/resolve.ts';
import { door, resolve, validValues } from './sample.ts';

const fresh = resolve();
/** Where the values that go with every other answer are the default alone. */
const others: Readonly<Partial<Record<string, string>>> = {
  static: 's3',
  infrastructure: 'none',
  errors: 'sentry',
};
const stored = (values: Parameters<typeof door>[0]) => door(values, '.yo-rc.json');

describe('core/answers: an answer that is taken back', () => {
  for (const { key, kind, flag } of declarations.filter((declaration) => declaration.key !== 'projectName')) {
    const value = others[key] ?? validValues[key].find((one) => one !== fresh.answers[key]);
    const word = kind === 'boolean' ? false : 'default';

    it(`--${kind === 'boolean' ? `no-${flag}` : `${flag} default`} is as if it had never been given`, () => {
      assert.ok(value !== undefined, 'a value that is not the default');
      // A broker, for what only a worker has.
      const around = key === 'beat' ? { broker: 'sqs' } : {};
      const taken = resolveAnswers([door({ [key]: word }), stored({ ...around, [key]: value })], {
        projectName: 'shop',
      });
      assert.deepEqual(toStored(taken), toStored(resolve(around)));
      assert.deepEqual(taken.answers, resolve(around).answers);
    });
  }

  it('of a domain is said with none, too', () => {
    const taken = resolveAnswers([door({ domain: 'none' }), stored({ domain: 'shop.example.com' })], {
      projectName: 'shop',
    });
    assert.equal(taken.answers.domain, undefined);
    assert.ok(!('domain' in toStored(taken)));
  });

  it('takes with it what depends on it', () => {
    const worker = { broker: 'sqs', beat: true, celeryMinTasks: 0 };
    const taken = resolveAnswers([door({ broker: 'none' }), stored(worker)], { projectName: 'shop' });
    assert.equal(taken.answers.beat, false);
    assert.deepEqual(toStored(taken), toStored(fresh));
  });

  it('contradicts what came with it, which the refusal says how to take back', () => {
    assert.throws(() => resolve({ broker: 'none', beat: true }), /--beat: .* or --no-beat\.$/);
    assert.throws(
      () => resolveAnswers([stored({ broker: 'none', beat: true })], { projectName: 'shop' }),
      /or --no-beat/,
    );
    assert.throws(() => resolve({ memoryMiB: 512 }), /or default to compute it; nearest: 1024/);
    assert.throws(() => resolve({ minTasks: 4, maxTasks: 2 }), /--max-tasks default computes it\.$/);
  });
});
