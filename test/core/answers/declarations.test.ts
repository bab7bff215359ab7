import assert from 'node:assert/strict';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as fc from 'fast-check';
import { declarations, sizingDeclarations } from '../../../core/answers/declarations.ts';
import { answersSchema } from '../../../core/answers/schema.ts';
import type { AnswerKey, Declaration } from '../../../core/answers/types.ts';
import { declared, resolve, validValues } from './sample.ts';

const ajv = new Ajv2020({ strict: true });

/** What the JSON Schema cannot say: reserved names, the sizes of RDS, and which memory goes with which vCPU. */
const looserThanParse: ReadonlySet<AnswerKey> = new Set(['projectName', 'rdsClass']);
const stricterThanParse: ReadonlySet<AnswerKey> = new Set(['memoryMiB']);

/** Values near what is allowed, and everything else that JSON can hold. */
function candidates({ key }: Declaration): fc.Arbitrary<unknown> {
  const valid = validValues[key];
  const texts = valid.map(String);
  const { minimum = 0, maximum = 200_000 } = declared(key).schema as { minimum?: number; maximum?: number };
  const edge = fc.constantFrom(minimum, maximum).chain((end) => fc.integer({ min: end - 3, max: end + 3 }));
  const label = fc.stringMatching(/^[a-z0-9-]{1,8}$/);
  return fc.oneof(
    fc.constantFrom<unknown>(...valid, ...texts),
    fc.integer({ min: minimum, max: maximum }),
    edge,
    edge.map((value) => value / 2),
    fc.constantFrom<unknown>(
      null,
      true,
      false,
      [],
      {},
      '',
      ' ',
      '-',
      '0',
      '-1',
      '1e3',
      '0x10',
      '１',
      'NaN',
      Number.MAX_VALUE,
    ),
    fc.constantFrom(
      '14.1',
      '14.10',
      '14.100',
      '14.0',
      '19',
      '13',
      '18.',
      '17.11\n',
      'example.com.',
      'a.b',
      '.com',
      '127.0.0.1',
    ),
    fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.')),
    fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => labels.join('_')),
    // A valid text with something put into it.
    fc
      .tuple(fc.constantFrom(...texts), fc.nat({ max: 12 }), fc.string({ maxLength: 2 }))
      .map(([text, at, more]) => text.slice(0, at) + more + text.slice(at)),
    fc.string(),
    fc.jsonValue({ maxDepth: 1 }),
  );
}

describe('core/answers/declarations', () => {
  it('declares every answer once, with a flag of its own', () => {
    const keys = declarations.map(({ key }) => key);
    const flags = declarations.map(({ flag }) => flag);
    assert.deepEqual([...keys].toSorted(), Object.keys(validValues).toSorted());
    assert.equal(new Set(flags).size, flags.length);
    for (const flag of flags) {
      assert.match(flag, /^[a-z]+(-[a-z]+)*$/);
    }
  });

  it('asks for five answers: name, region, vCPU, class and CI', () => {
    const asked = declarations.filter((declaration) => declaration.asked);
    const always = asked.filter(({ partOf }) => partOf === undefined).map(({ key }) => key);
    assert.deepEqual(always, ['projectName', 'region', 'vcpu', 'rdsClass', 'ci']);
    // And, where mail is sent, whom it is from.
    const sometimes = asked.filter(({ partOf }) => partOf !== undefined).map(({ key, partOf }) => [partOf, key]);
    assert.deepEqual(sometimes, [
      ['mail', 'mailFrom'],
      ['mail', 'serverEmail'],
    ]);
  });

  it('leaves what a newer version would compute anew out of the stored answers, and keeps its conventions', () => {
    const computed = declarations.filter((declaration) => declaration.computed).map(({ key }) => key);
    const ofMail = ['mailFrom', 'serverEmail', 'mailHost', 'mailPort', 'mailUser'];
    assert.deepEqual(computed, ['memoryMiB', 'maxTasks', 'rdsMaxConnections', 'largestUploadMiB', 'domain', ...ofMail]);
    for (const { key, computed: isComputed, default: value } of declarations) {
      assert.equal(value === undefined, isComputed || key === 'projectName', key);
    }
  });

  for (const declaration of declarations) {
    const { key, flag, default: value, choices, schema } = declaration;
    describe(`--${flag}`, () => {
      it('says in words what it is, what is allowed and what the default is', () => {
        for (const text of [declaration.title, declaration.help, declaration.allowed, declaration.defaultText]) {
          assert.ok(text.trim() !== '' && !/undefined|NaN|\n|\|/.test(text), text);
        }
      });

      it('parses its own default and every choice to itself', () => {
        const values = [value, ...(choices?.('us-east-1') ?? []).map((choice) => choice.value), ...validValues[key]];
        for (const one of values.filter((candidate) => candidate !== undefined)) {
          assert.deepEqual(declaration.parse(one), { value: one });
        }
      });

      it('parses the text of every value that it parses', () => {
        for (const one of validValues[key]) {
          assert.deepEqual(declaration.parse(String(one)), { value: one });
        }
      });

      it('refuses null, arrays, objects and nothing with a problem', () => {
        for (const wrong of [null, undefined, [], ['shop'], [1], {}, { value: 1 }, '']) {
          const parsed = declaration.parse(wrong);
          assert.ok('problem' in parsed && parsed.problem !== '', JSON.stringify(wrong));
        }
      });

      it('has a schema that takes every value that it parses to', () => {
        const validate = ajv.compile(schema);
        fc.assert(
          fc.property(candidates(declaration), (candidate) => {
            const parsed = declaration.parse(candidate);
            assert.ok(
              stricterThanParse.has(key) || 'problem' in parsed || validate(parsed.value),
              `parsed, but not valid: ${JSON.stringify(candidate)}`,
            );
          }),
          { numRuns: 400 },
        );
      });

      it('parses every value that its schema takes, to itself', () => {
        const validate = ajv.compile(schema);
        fc.assert(
          fc.property(candidates(declaration), (candidate) => {
            if (validate(candidate)) {
              const parsed = declaration.parse(candidate);
              assert.ok(
                looserThanParse.has(key) || 'value' in parsed,
                `valid, but refused: ${JSON.stringify(candidate)}: ${JSON.stringify(parsed)}`,
              );
              if ('value' in parsed) {
                assert.equal(parsed.value, candidate);
              }
            }
          }),
          { numRuns: 400 },
        );
      });
    });
  }

  it('shows in the prompt what each choice decides', () => {
    assert.deepEqual(
      declared('vcpu')
        .choices?.('us-east-1')
        .map(({ name }) => name),
      [
        '0.25  0.5 to 2 GiB',
        '0.5   1 to 4 GiB',
        '1     2 to 8 GiB',
        '2     4 to 16 GiB',
        '4     8 to 30 GiB',
        '8     16 to 60 GiB',
        '16    32 to 120 GiB',
      ],
    );
    const [micro] = declared('rdsClass').choices?.('us-east-1') ?? [];
    assert.equal(micro?.value, 'db.t4g.micro');
    assert.match(micro.name, /^db\.t4g\.micro +1 GiB +~78 connections +~\$12\/month$/);
    assert.deepEqual(
      declared('egress')
        .choices?.('us-east-1')
        .map(({ name }) => name),
      [
        'nat        the internet, through one NAT gateway   ~$33/month and traffic',
        'endpoints  only AWS, through endpoints in two zones   ~$73/month and traffic',
      ],
    );
    assert.ok(
      declared('egress')
        .choices?.('sa-east-1')
        .every(({ name }) => !name.includes('$')),
    );
    const [elsewhere] = declared('rdsClass').choices?.('sa-east-1') ?? [];
    assert.match(elsewhere?.name ?? '', /^db\.t4g\.micro +1 GiB +~78 connections$/);
  });

  it('gives the plan only the answers that decide sizes or the cost', () => {
    const keys = sizingDeclarations.map(({ key }) => key);
    assert.equal(keys.length, declarations.length - 9);
    assert.ok(keys.includes('domain') && !keys.includes('ci') && keys.includes('egress'));
  });
});

describe('core/answers/schema', () => {
  const validate = ajv.compile(answersSchema());

  it('takes nothing, every default, every stored answer and $schema', () => {
    assert.ok(validate({}));
    assert.ok(validate({ $schema: './docs/answers.schema.json' }));
    assert.ok(
      validate({ ...resolve({ domain: 'example.com', maxTasks: 12 }).answers }),
      JSON.stringify(validate.errors),
    );
    for (const [key, values] of Object.entries(validValues)) {
      for (const value of values) {
        assert.ok(validate({ [key]: value }), `${key}: ${value}`);
      }
    }
  });

  it('takes no other key, and nothing but an object', () => {
    for (const wrong of [{ vcpus: 1 }, { 'rds-class': 'db.t4g.small' }, [], null, 'vcpu', 1, { $schema: 1 }]) {
      assert.equal(validate(wrong), false, JSON.stringify(wrong));
    }
  });

  it('names for every answer its title, what it decides and its default', () => {
    const { properties } = answersSchema() as { properties: Record<string, Record<string, unknown>> };
    for (const { key, title, help, default: value } of declarations) {
      assert.equal(properties[key]?.['title'], title);
      assert.equal(properties[key]?.['description'], help);
      assert.equal(properties[key]?.['default'], value);
    }
  });
});
