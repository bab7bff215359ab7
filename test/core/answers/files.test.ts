import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { declarations } from '../../../core/answers/declarations.ts';
import { readAnswersFile, readStored, storageKey, toStored } from '../../../core/answers/files.ts';
import { renderYoRc } from '../../../core/answers/renderYoRc.ts';
import { parseAnswers } from '../../../core/answers/resolve.ts';
import { UserError } from '../../../core/errors.ts';
import { resolve, validValues } from './sample.ts';
import { defaultAnswers } from '../../support/defaults.ts';

function refused(read: () => unknown, ...messages: readonly (string | RegExp)[]): void {
  assert.throws(read, (error) => {
    assert.ok(error instanceof UserError, String(error));
    assert.equal(error.exitCode, 2);
    for (const message of messages) {
      assert.ok(
        typeof message === 'string' ? error.message.includes(message) : message.test(error.message),
        error.message,
      );
    }
    return true;
  });
}

const noObjects: readonly unknown[] = [null, [], [{ vcpu: 1 }], 'vcpu', 1, true];

describe('core/answers/files: --answers', () => {
  it('gives every value with the file and key it came from', () => {
    const values = Object.fromEntries(declarations.map(({ key }) => [key, validValues[key][0]]));
    const door = readAnswersFile(values, 'a.json');
    assert.deepEqual(
      [...door],
      Object.entries(values).map(([key, value]) => [key, { value, origin: `a.json: ${key}` }]),
    );
  });

  it('takes $schema, and nothing from it', () => {
    assert.equal(readAnswersFile({ $schema: './answers.schema.json' }, 'a.json').size, 0);
    assert.equal(readAnswersFile({}, 'a.json').size, 0);
  });

  for (const content of noObjects) {
    it(`refuses ${JSON.stringify(content)}: not an object`, () => {
      refused(() => readAnswersFile(content, 'a.json'), /^a\.json: not a JSON object of answers/);
    });
  }

  it('refuses a file that holds nothing', () => {
    refused(() => readAnswersFile(undefined, 'a.json'), /^a\.json: not a JSON object/);
  });

  it('refuses an unknown key, with the nearest and what is allowed', () => {
    refused(
      () => readAnswersFile({ vpcu: 1 }, 'a.json'),
      'a.json: "vpcu" is not an answer; nearest: vcpu; allowed: projectName, region',
    );
  });

  it('takes an old name for the one of today, and says where it stands', () => {
    const door = readAnswersFile({ workerVcpu: 2, taskMs: 500 }, 'a.json');
    assert.deepEqual(
      [...door],
      [
        ['celeryVcpu', { value: 2, origin: 'a.json: workerVcpu' }],
        ['celeryTaskMs', { value: 500, origin: 'a.json: taskMs' }],
      ],
    );
    refused(
      () => readAnswersFile({ workerVcpu: 2, celeryVcpu: 4 }, 'a.json'),
      'a.json: "workerVcpu" is the old name of "celeryVcpu"; give one of them.',
    );
  });

  it('leads from a flag to the key', () => {
    for (const { key, flag } of declarations.filter((declaration) => declaration.key !== declaration.flag)) {
      refused(() => readAnswersFile({ [flag]: 1 }, 'a.json'), `"${flag}" is not an answer; nearest: ${key};`);
    }
  });

  it('names every unknown key', () => {
    refused(() => readAnswersFile({ one: 1, vcpu: 1, two: 2 }, 'a.json'), /"one"[^\n]*\n[^\n]*"two"[^\n]*$/);
  });

  it('refuses names that every object has', () => {
    for (const text of ['{"__proto__": 1}', '{"constructor": 1}', '{"toString": 1}', '{"": 1}']) {
      refused(() => readAnswersFile(JSON.parse(text), 'a.json'), 'is not an answer');
    }
  });

  it('refuses null and arrays as values, when they are parsed', () => {
    for (const value of [null, [], [1], {}]) {
      refused(
        () => parseAnswers([readAnswersFile({ vcpu: value }, 'a.json')], { projectName: 'shop' }),
        'a.json: vcpu ',
        'allowed: 0.25',
      );
    }
  });
});

describe('core/answers/files: .yo-rc.json', () => {
  it('gives nothing where there is no file, or no part of ours', () => {
    assert.equal(readStored(undefined, '.yo-rc.json').size, 0);
    assert.equal(readStored({}, '.yo-rc.json').size, 0);
    assert.equal(readStored({ 'generator-node': { vpcu: 1 }, vcpu: 3 }, '.yo-rc.json').size, 0);
  });

  it('reads our part only', () => {
    const door = readStored({ 'generator-node': { vcpu: 1 }, [storageKey]: { vcpu: 2 } }, '.yo-rc.json');
    assert.deepEqual([...door.keys()], ['vcpu']);
    assert.equal(door.get('vcpu')?.value, 2);
  });

  for (const content of noObjects) {
    it(`refuses ${JSON.stringify(content)}: not an object`, () => {
      refused(
        () => readStored(content, '.yo-rc.json'),
        /^\.yo-rc\.json: not a JSON object; repair it or move it away\.$/,
      );
      refused(
        () => readStored({ [storageKey]: content }, '.yo-rc.json'),
        /^\.yo-rc\.json \(generator-django-fargate\): not a JSON object of answers/,
      );
    });
  }

  it('refuses an unknown key in our part, $schema too', () => {
    refused(() => readStored({ [storageKey]: { vpcu: 1 } }, '.yo-rc.json'), '"vpcu" is not an answer; nearest: vcpu');
    refused(() => readStored({ [storageKey]: { $schema: 'x' } }, '.yo-rc.json'), '"$schema" is not an answer');
  });

  it('is not fooled by a key that every object has', () => {
    assert.equal(readStored(Object.create({ [storageKey]: { vcpu: 3 } }), '.yo-rc.json').size, 0);
  });
});

describe('core/answers/files: what is stored', () => {
  it('keeps conventions always, computed answers only when given', () => {
    // What stands behind a choice is stored with it: nothing of Celery without a broker.
    const choices = ['assets', 'broker', 'beat', 'mail', 'pooler'];
    const conventions = Object.entries(defaultAnswers).filter(
      ([key]) => !choices.includes(key) && !key.startsWith('celery'),
    );
    assert.deepEqual(toStored(resolve()), Object.fromEntries(conventions));
    const computed = { memoryMiB: 2048, maxTasks: 12, rdsMaxConnections: 400, domain: 'example.com' };
    const stored = toStored(resolve(computed));
    assert.deepEqual({ ...stored, ...computed }, stored);
  });

  it('does not store a computed answer that came as a default of the place', () => {
    const resolved = parseAnswers([], { projectName: 'shop', maxTasks: 7 });
    assert.equal(Object.hasOwn(toStored(resolved), 'maxTasks'), false);
  });

  it('gives the same answers when it is read again', () => {
    const some = fc
      .subarray(declarations.map(({ key }) => key))
      .chain((chosen) =>
        fc.record(Object.fromEntries(chosen.map((key) => [key, fc.constantFrom(...validValues[key])]))),
      );
    fc.assert(
      fc.property(some, (chosen) => {
        // Without a broker the worker's answers are not stored, without mail those about it.
        const values = { ...chosen, broker: 'sqs', mail: 'smtp' };
        const first = parseAnswers([readAnswersFile(values, 'a.json')], { projectName: 'shop' });
        const text = renderYoRc(undefined, first);
        const again = parseAnswers([readStored(JSON.parse(text), '.yo-rc.json')], {
          projectName: 'other',
          maxTasks: undefined,
        });
        assert.deepEqual(again.answers, first.answers);
        assert.equal(renderYoRc(text, again), text);
      }),
    );
  });
});
