import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { declarations } from '../../../core/answers/declarations.ts';
import { readAnswersFile, readStored, storageKey } from '../../../core/answers/files.ts';
import { readCommandLine } from '../../../core/answers/flags.ts';
import { parseAnswers, resolveAnswers } from '../../../core/answers/resolve.ts';
import type { AnswerKey } from '../../../core/answers/types.ts';
import { door, resolve, validValues } from './sample.ts';
import { defaultAnswers } from '../../support/defaults.ts';

type Given = Readonly<Partial<Record<AnswerKey, unknown>>>;

const keys = declarations.map(({ key }) => key);

/** Valid values for some of the answers. */
const someAnswers: fc.Arbitrary<Given> = fc
  .subarray(keys)
  .chain((chosen) => fc.record(Object.fromEntries(chosen.map((key) => [key, fc.constantFrom(...validValues[key])]))));

describe('core/answers/resolve: precedence', () => {
  it('flag > --answers > .yo-rc.json > environment > default, for every answer by itself', () => {
    fc.assert(
      fc.property(someAnswers, someAnswers, someAnswers, someAnswers, (flags, file, stored, environment) => {
        const options = Object.fromEntries(
          Object.entries(flags).map(([key, value]) => [
            declarations.find((one) => one.key === key)?.flag ?? key,
            value,
          ]),
        );
        const doors = [
          readCommandLine([], options, { answers: declarations, controls: [] }).answers,
          readAnswersFile(file, 'answers.json'),
          readStored({ [storageKey]: stored }, '.yo-rc.json'),
          door(environment, 'environment'),
        ];
        const { answers, given } = parseAnswers(doors, { projectName: 'from_the_folder' });
        for (const { key, default: value } of declarations) {
          const strongest = [flags, file, stored, environment].find((source) => Object.hasOwn(source, key));
          const expected =
            strongest === undefined ? (key === 'projectName' ? 'from_the_folder' : value) : strongest[key];
          assert.deepEqual(answers[key], expected, key);
          assert.equal(given.has(key), strongest !== undefined, key);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('a default of the place beats the conventional one, and any door beats both', () => {
    assert.equal(parseAnswers([], { region: 'eu-west-1' }).answers.region, 'eu-west-1');
    assert.equal(parseAnswers([door({ region: 'eu-west-2' })], { region: 'eu-west-1' }).answers.region, 'eu-west-2');
    assert.equal(parseAnswers([], {}).answers.region, 'us-east-1');
  });

  it('false and 0 are answers like any other', () => {
    const strong = door({ multiAz: false, waitMs: 0 });
    const weak = door({ multiAz: true, waitMs: 70 }, '.yo-rc.json');
    const { answers } = parseAnswers([strong, weak], { projectName: 'shop' });
    assert.deepEqual([answers.multiAz, answers.waitMs], [false, 0]);
  });

  it('a bad value in the strongest door is refused, though a weaker door has a good one', () => {
    const doors = [door({ vcpu: 3 }), door({ vcpu: 2 }, '.yo-rc.json')];
    assert.throws(() => parseAnswers(doors, { projectName: 'shop' }), /^UserError: --vcpu 3:/);
  });

  it('a bad value in a weaker door does not matter where a stronger one decides', () => {
    const doors = [door({ vcpu: 2 }), door({ vcpu: 3 }, '.yo-rc.json')];
    assert.equal(parseAnswers(doors, { projectName: 'shop' }).answers.vcpu, 2);
  });

  it('names the door of a bad value', () => {
    const doors = [readAnswersFile({ ci: 'x' }, 'a.json'), readStored({ [storageKey]: { vcpu: 3 } }, '.yo-rc.json')];
    assert.throws(
      () => parseAnswers(doors, { projectName: 'shop' }),
      (error: Error) => {
        const [first = '', second = '', ...more] = error.message.split('\n');
        assert.match(first, /^\.yo-rc\.json \(generator-django-fargate\): vcpu 3: /);
        assert.match(second, /^a\.json: ci x: /);
        return more.length === 0;
      },
    );
  });
});

describe('core/answers/resolve', () => {
  it('gives the defaults', () => {
    const { answers, given } = resolve();
    const computed = { memoryMiB: undefined, maxTasks: undefined, rdsMaxConnections: undefined, domain: undefined };
    const uploads = { largestUploadMiB: undefined };
    const ofMail = ['mailFrom', 'serverEmail', 'mailHost', 'mailPort', 'mailUser'];
    const mail = Object.fromEntries(ofMail.map((key) => [key, undefined]));
    assert.deepEqual({ ...answers }, { ...defaultAnswers, ...computed, ...uploads, ...mail });
    assert.equal(given.size, 0);
  });

  it('gives defaults that depend on other answers, unless they are given', () => {
    assert.equal(resolve({ infrastructure: 'none' }).answers.media, 'none');
    assert.equal(resolve({ infrastructure: 'none', media: 's3' }).answers.media, 's3');
    assert.equal(resolve({ media: 'none' }).answers.media, 'none');
    assert.equal(resolve({ infrastructure: 'none', media: 'default' }).answers.media, 'none');
    const doors = [door({ infrastructure: 'none' }), door({ media: 's3' }, '.yo-rc.json')];
    assert.equal(resolveAnswers(doors, { projectName: 'shop' }).answers.media, 's3');
  });

  it('takes the values of a command line, texts or numbers', () => {
    const texts = resolve({
      vcpu: '2',
      memoryMiB: '4096',
      minTasks: '3',
      multiAz: 'true',
      django: 5.2,
      python: 3.14,
      rdsEngineVersion: 17,
    });
    const numbers = resolve({
      vcpu: 2,
      memoryMiB: 4096,
      minTasks: 3,
      multiAz: true,
      django: '5.2',
      python: '3.14',
      rdsEngineVersion: '17',
    });
    assert.deepEqual(texts, numbers);
  });

  it('takes the edges: an average request as long as the slowest, the ceiling at the floor, every pair', () => {
    assert.doesNotThrow(() => resolve({ slowestRequestSeconds: 1, cpuMs: 600, waitMs: 400 }));
    assert.doesNotThrow(() => resolve({ minTasks: 5, maxTasks: 5 }));
    assert.doesNotThrow(() => resolve({ vcpu: 16, memoryMiB: 122_880 }));
  });

  it('leaves the doors alone and gives the same for the same', () => {
    const given = door({ vcpu: '2', domain: 'example.com' });
    const before = [...given];
    const once = resolveAnswers([given], { projectName: 'shop' });
    assert.deepEqual(resolveAnswers([given], { projectName: 'shop' }), once);
    assert.deepEqual([...given], before);
  });
});
