import assert from 'node:assert/strict';
import { parse as parseYaml } from 'yaml';
import { resolveAnswers } from '../../../core/answers/resolve.ts';
import type { AnswerKey, Answers } from '../../../core/answers/types.ts';
import { emit } from '../../../core/emit/emit.ts';
import { solve } from '../../../core/plan/solve.ts';
import { readTemplates } from '../../../disk/package/readTemplates.ts';
import { cloudFormationTags } from '../../support/cloudFormation.ts';

type Changes = Partial<Record<AnswerKey, unknown>>;

interface Container {
  readonly environment: readonly { readonly name: string; readonly value: string }[];
}

const templates = await readTemplates();

function answersFor(changes: Changes): Answers {
  const door = new Map(Object.entries(changes).map(([key, value]) => [key, { value, origin: key }]));
  return resolveAnswers([door], { projectName: 'my_shop' }).answers;
}

function textsOf(changes: Changes): ReadonlyMap<string, string> {
  const answers = answersFor(changes);
  const files = emit(answers, solve(answers), templates);
  return new Map(files.map(({ path, bytes }) => [path, new TextDecoder().decode(bytes)]));
}

/** Answers that change the same files as the pooler does, together with it. */
const combinations: readonly Changes[] = ['none', 'sqs', 'redis'].flatMap((broker) =>
  ['cloudformation', 'none'].flatMap((infrastructure) =>
    ['whitenoise', 's3']
      .filter((server) => infrastructure === 'cloudformation' || server === 'whitenoise')
      .flatMap((server) =>
        [{}, { domain: 'example.com' }].map((domain) => ({
          ...{ broker, infrastructure, static: server, rdsClass: 'db.m7g.large', ...domain },
          ...(broker === 'redis' ? { beat: true } : {}),
        })),
      ),
  ),
);

function environmentOf(texts: ReadonlyMap<string, string>, task: string): Readonly<Record<string, string>> {
  const text = texts.get(`deploy/ecs/${task}.json`) ?? assert.fail(`there is no ${task}.json`);
  const { containerDefinitions } = JSON.parse(text) as { containerDefinitions: readonly [Container] };
  return Object.fromEntries(containerDefinitions[0].environment.map(({ name, value }) => [name, value]));
}

describe('core/emit with a pooler', () => {
  for (const changes of combinations) {
    const name = Object.values(changes).join(', ');

    it(`renders every file: ${name}`, () => {
      const texts = textsOf({ ...changes, pooler: 'pgbouncer' });
      for (const [file, text] of texts) {
        if (file.endsWith('.json')) JSON.parse(text);
        if (/\.ya?ml$/u.test(file)) parseYaml(text, { merge: true, customTags: [...cloudFormationTags] });
      }
      for (const file of ['deploy/pgbouncer/Dockerfile', 'deploy/pgbouncer/pgbouncer.ini']) {
        assert.ok(texts.has(file), file);
      }
    });

    it(`lets only the web tasks through: ${name}`, () => {
      const texts = textsOf({ ...changes, pooler: 'pgbouncer' });
      const { DB_HOST, DB_PORT, DB_POOLED, DB_SSLMODE } = environmentOf(texts, 'web');
      assert.deepEqual(
        { DB_HOST, DB_PORT, DB_POOLED, DB_SSLMODE },
        { DB_HOST: 'pgbouncer.my-shop.internal', DB_PORT: '6432', DB_POOLED: '1', DB_SSLMODE: 'require' },
      );
      const direct = ['dbinit', 'migrate', 'ops', 'worker', 'beat', 'pgbouncer'].filter((task) =>
        texts.has(`deploy/ecs/${task}.json`),
      );
      assert.ok(direct.length >= 3);
      for (const task of direct) {
        const environment = environmentOf(texts, task);
        assert.equal(environment['DB_HOST'], 'RDS_ENDPOINT', task);
        assert.equal(environment['DB_PORT'], '5432', task);
        assert.equal(environment['DB_POOLED'], undefined, task);
      }
    });

    it(`says nothing of it without one: ${name}`, () => {
      const texts = textsOf(changes);
      // But for the runtime, which is the same everywhere, and what it reads: that there is none.
      const found = [...texts].filter(
        ([file, text]) => !file.startsWith('django_fargate/') && /pgbouncer|pooled|DB_ROLE/iu.test(text),
      );
      assert.deepEqual(
        found.map(([file]) => file),
        ['deploy/release.json'],
      );
      assert.equal((JSON.parse(texts.get('deploy/release.json') ?? '') as { pgbouncer: unknown }).pgbouncer, null);
    });
  }

  it('changes only what it is about', () => {
    const [before, after] = [
      textsOf({ rdsClass: 'db.m7g.large' }),
      textsOf({ rdsClass: 'db.m7g.large', pooler: 'pgbouncer' }),
    ];
    const same = [...before].filter(([file, text]) => after.get(file) === text).map(([file]) => file);
    for (const file of ['Dockerfile', 'gunicorn.conf.py', 'deploy/ecs/ops.json', 'django_fargate/health.py']) {
      assert.ok(same.includes(file), file);
    }
    assert.deepEqual(
      [...before.keys()].filter((file) => !after.has(file)),
      [],
    );
  });
});
