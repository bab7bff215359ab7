import assert from 'node:assert/strict';
import { judgeTransition } from '../../../core/answers/transitions.ts';
import { resolve } from './sample.ts';

type Given = Parameters<typeof resolve>[0];

const judge = (before: Given, after: Given) => judgeTransition(resolve(before).answers, resolve(after).answers);

describe('core/answers/transitions', () => {
  it('says nothing where nothing changes, or only what a release brings', () => {
    assert.deepEqual(judge({}, {}), { refused: [], told: [] });
    assert.deepEqual(judge({}, { vcpu: 2, maxTasks: 8, domain: 'shop.example.com', multiAz: true, ci: 'gitlab' }), {
      refused: [],
      told: [],
    });
    assert.deepEqual(judge({ multiAz: true }, {}), { refused: [], told: [] });
    assert.deepEqual(judgeTransition(undefined, resolve({}).answers), { refused: [], told: [] });
  });

  const refused: readonly (readonly [string, Given, Given, RegExp])[] = [
    ['another name', { projectName: 'shop' }, { projectName: 'store' }, /^projectName shop -> store: .*Put shop back/],
    ['an older major version', { rdsEngineVersion: '18' }, { rdsEngineVersion: '17' }, /18 -> 17: .* from a dump/],
    [
      'an older minor version',
      { rdsEngineVersion: '17.11' },
      { rdsEngineVersion: '17.9' },
      /17\.11 or newer, or 17\.$/,
    ],
  ];
  for (const [name, before, after, reason] of refused) {
    it(`refuses ${name}`, () => {
      const { refused: found } = judge(before, after);
      assert.equal(found.length, 1);
      assert.match(found[0] ?? '', reason);
    });
  }

  const told: readonly (readonly [string, Given, Given, readonly RegExp[]])[] = [
    [
      'a new major version',
      {},
      { rdsEngineVersion: '18' },
      [
        /^PostgreSQL 17 -> 18 is a step of its own: a snapshot first, and AllowMajorVersionUpgrade/,
        /^compose\.yaml: .* starts empty/,
      ],
    ],
    [
      'a new major version where somebody else sets it up',
      { infrastructure: 'none' },
      { infrastructure: 'none', rdsEngineVersion: '18.6' },
      [/^PostgreSQL 17 -> 18 is a step of its own: a snapshot first, and minutes/, /^compose\.yaml/],
    ],
    [
      'a minor version to hold',
      {},
      { rdsEngineVersion: '17.11' },
      [/^PostgreSQL 17\.11 holds .* refuses one that is older/],
    ],
    ['another region', {}, { region: 'eu-central-1' }, [/^region us-east-1 -> eu-central-1 moves nothing/]],
    ['another architecture', {}, { architecture: 'ARM64' }, [/^architecture X86_64 -> ARM64: images .* do not start/]],
    ['another class', {}, { rdsClass: 'db.m7g.large' }, [/^db\.t4g\.small -> db\.m7g\.large stops the database/]],
    ['no bucket any more', { static: 's3' }, {}, [/^the stack shop-static stays on AWS, and costs/]],
    ['no worker any more', { broker: 'sqs' }, {}, [/^the stack shop-broker stays/]],
    ['no PgBouncer any more', { pooler: 'pgbouncer' }, {}, [/^the stack shop-pgbouncer stays/]],
    ['another broker', { broker: 'sqs' }, { broker: 'redis' }, [/^--broker sqs -> redis: .* empty the queue first/]],
    ['no stacks any more', {}, { infrastructure: 'none' }, [/^--infrastructure none: the stacks shop-\* stay/]],
    ['stacks beside what there is', { infrastructure: 'none' }, {}, [/^--infrastructure cloudformation: .*beside/]],
  ];
  for (const [name, before, after, lines] of told) {
    it(`tells of ${name}`, () => {
      const { refused: none, told: found } = judge(before, after);
      assert.deepEqual(none, []);
      assert.equal(found.length, lines.length, found.join('\n'));
      lines.forEach((line, index) => assert.match(found[index] ?? '', line));
    });
  }

  it('lets a held minor version go, and move on', () => {
    assert.deepEqual(judge({ rdsEngineVersion: '17.9' }, { rdsEngineVersion: '17' }), { refused: [], told: [] });
    assert.deepEqual(judge({ rdsEngineVersion: '17.9' }, { rdsEngineVersion: '17.11' }), { refused: [], told: [] });
  });
});
