import assert from 'node:assert/strict';
import { parseAnswers } from '../../../core/answers/resolve.ts';
import type { Answers } from '../../../core/answers/types.ts';
import { findDrift } from '../../../core/drift/findDrift.ts';
import { places } from '../../../core/drift/places.ts';
import { solve } from '../../../core/plan/solve.ts';
import type { Item } from '../../../core/plan/item.ts';
import type { Plan } from '../../../core/plan/types.ts';
import { ownRelease } from '../../../generators/release.ts';

const cases: readonly Readonly<Record<string, unknown>>[] = [
  {
    broker: 'sqs',
    beat: true,
    celeryLongestTaskSeconds: 600,
    domain: 'shop.example.com',
    static: 's3',
    ci: 'gitlab',
    mail: 'ses',
  },
  { broker: 'redis', pooler: 'pgbouncer', rdsClass: 'db.m7g.large', ci: 'codebuild', errors: 'sentry' },
  { broker: 'sqs', beat: true, pooler: 'pgbouncer', infrastructure: 'none', ci: 'bitbucket' },
];

function answersOf(given: Readonly<Record<string, unknown>>): Answers {
  const all = Object.entries({ projectName: 'shop', ...given });
  return parseAnswers([new Map(all.map(([key, value]) => [key, { value, origin: key }]))], {}).answers;
}

/** A text without its prose: comments, and the descriptions of alarms. */
function withoutProse(text: string): string {
  return text
    .split('\n')
    .filter((line) => !/^\s*(?:#(?!GUNICORN_)|AlarmDescription:)/u.test(line))
    .join('\n');
}

type Sections = Readonly<Record<string, Readonly<Record<string, Item>>>>;

describe('core/drift/places', function () {
  this.timeout(120_000);

  it('names every place of an emitted file that follows a number of the plan, and no other', async () => {
    const { render } = await ownRelease();
    const used = new Set<string>();
    for (const given of cases) {
      const answers = answersOf(given);
      const plan = solve(answers);
      const before = new Map(render(answers, plan).map(({ path, bytes }) => [path, Buffer.from(bytes).toString()]));
      const { cost: _cost, warnings: _warnings, ...sections } = plan;
      for (const [section, items] of Object.entries(sections as unknown as Sections)) {
        for (const [name, item] of Object.entries(items)) {
          const other = { ...plan, [section]: { ...items, [name]: { ...item, value: item.value + 1 } } };
          for (const { path, bytes } of render(answers, other as unknown as Plan)) {
            const [was, is] = [before.get(path) ?? '', Buffer.from(bytes).toString()];
            if (was === is || path.endsWith('.md')) continue;
            const drift = findDrift({ path, key: path, projectName: 'shop', yours: was, next: is });
            const what = `${path}: ${section}.${name}`;
            assert.deepEqual(
              new Set(drift.map((one) => one.item)),
              new Set(drift.length > 0 ? [`${section}.${name}`] : []),
              what,
            );
            for (const { where } of drift) used.add(`${path} ${where} ${section}.${name}`);
            const [old, now] = [withoutProse(was).split('\n'), withoutProse(is).split('\n')];
            assert.equal(old.length, now.length, what);
            const changed = old.filter((line, index) => line !== now[index]).length;
            assert.equal(drift.length, changed, `${what}: ${changed} places follow it, ${drift.length} are named`);
          }
        }
      }
    }
    const other = answersOf({ rdsClass: 'db.r7g.large', multiAz: true });
    for (const answers of ['rdsClass', 'multiAz'] as const) {
      const plain = answersOf({});
      const path = 'deploy/cloudformation/data.yaml';
      const [yours = '', next = ''] = [plain, { ...plain, [answers]: other[answers] }].map((one) =>
        Buffer.from(render(one, solve(plain)).find((file) => file.path === path)?.bytes ?? []).toString(),
      );
      for (const { where, item } of findDrift({ path, key: path, projectName: 'shop', yours, next })) {
        assert.equal(item, answers);
        used.add(`${path} ${where} ${item}`);
      }
    }
    const named = Object.entries(places).flatMap(([file, rows]) =>
      rows.map(([where, item]) => `${file.replace(/^project\//u, 'shop/')} ${where} ${item}`),
    );
    assert.deepEqual(
      named.filter((place) => !used.has(place)),
      [],
      'no place is named in vain',
    );
    assert.equal(new Set(named).size, named.length);
  });
});
