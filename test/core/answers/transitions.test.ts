import assert from 'node:assert/strict';
import { judgeTransition } from '../../../core/answers/transitions.ts';
import { renderText } from '../../support/renderText.ts';
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
    [
      'another name',
      { projectName: 'shop' },
      { projectName: 'store' },
      /^projectName shop -> store: .* Keep shop \(--project-name, --answers or \.yo-rc\.json\), or write a new/,
    ],
    [
      "a user model of one's own where Django's is",
      { user: 'django' },
      { user: 'custom' },
      /^--user django -> custom: .* InconsistentMigrationHistory\. Keep django, or write a new repository with --user custom .* undo/,
    ],
    [
      "Django's user model where there is one's own",
      { user: 'custom' },
      { user: 'django' },
      /^--user custom -> django: AUTH_USER_MODEL cannot change once/,
    ],
    [
      'an older major version',
      { rdsEngineVersion: '18' },
      { rdsEngineVersion: '17' },
      /18 -> 17: .* If PostgreSQL 18 was never deployed, undo the run that wrote it: --undo/,
    ],
    [
      'an older minor version',
      { rdsEngineVersion: '17.11' },
      { rdsEngineVersion: '17.9' },
      /17\.11 or newer, or 17\. If PostgreSQL 17\.11 was never deployed, undo .* --undo, or git\.$/,
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
        /^PostgreSQL 17 -> 18 is a separate step: it needs a snapshot, AllowMajorVersionUpgrade/,
        /^compose\.yaml: .* starts empty/,
      ],
    ],
    [
      'a new major version where somebody else sets it up',
      { infrastructure: 'none' },
      { infrastructure: 'none', rdsEngineVersion: '18.6' },
      [/^(?!.*stack).* 17 -> 18 is a separate step: it needs a snapshot, a new parameter group/, /^compose\.yaml/],
    ],
    [
      'a minor version to hold',
      {},
      { rdsEngineVersion: '17.11' },
      [/^PostgreSQL 17\.11 pins .* refuses a version that is older/],
    ],
    ['another region', {}, { region: 'eu-central-1' }, [/^region us-east-1 -> eu-central-1 moves nothing/]],
    [
      'another architecture',
      {},
      { architecture: 'ARM64' },
      [/^architecture X86_64 -> ARM64: existing images do not start/],
    ],
    ['another class', {}, { rdsClass: 'db.m7g.large' }, [/^db\.t4g\.small -> db\.m7g\.large stops the database/]],
    [
      'no bucket any more',
      { static: 's3' },
      {},
      [
        /^the stack shop-static stays .* after the next release: aws cloudformation delete-stack --stack-name shop-static\. It retains the bucket .* "Take it all down"/,
      ],
    ],
    [
      'no worker any more',
      { broker: 'sqs' },
      {},
      [/^the stack shop-broker stays .* --stack-name shop-broker\. It retains the two/],
    ],
    [
      'no worker on Valkey any more',
      { broker: 'redis' },
      {},
      [/ --stack-name shop-broker\. It retains the secret and a last snap/],
    ],
    [
      'a name with underscores',
      { projectName: 'my_shop', pooler: 'pgbouncer' },
      { projectName: 'my_shop' },
      [/ --stack-name my-shop-pgbouncer$/],
    ],
    [
      'no worker and no PgBouncer where somebody else sets it up',
      { infrastructure: 'none', broker: 'sqs', pooler: 'pgbouncer' },
      { infrastructure: 'none' },
      [/^(?!.*stack)the workers and the queues that you set up stay/, /^(?!.*stack)PgBouncer's service.* stay/],
    ],
    [
      'a minor version to hold where somebody else sets it up',
      { infrastructure: 'none' },
      { infrastructure: 'none', rdsEngineVersion: '17.11' },
      [/^PostgreSQL 17\.11 does not pin an existing database.* --no-auto-minor-version-upgrade/],
    ],
    [
      'another region where somebody else sets it up',
      { infrastructure: 'none' },
      { infrastructure: 'none', region: 'eu-central-1' },
      [/^(?!.*(?:stack|bootstrap)).* moves nothing: .* by hand, and what was set up in us-east-1 stays with/],
    ],
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

  it('dumps the local database as the role and by the name that compose.yaml gives it', async () => {
    const compose = (await renderText({})).get('compose.yaml') ?? '';
    const valueOf = (name: string): string => new RegExp(`^ +${name}: (\\S+)$`, 'm').exec(compose)?.[1] ?? '';
    const names = `--username=${valueOf('POSTGRES_USER')} ${valueOf('POSTGRES_DB')}`;
    const { told: found } = judge({}, { rdsEngineVersion: '18' });
    assert.ok(found[1]?.endsWith(`: docker compose exec -T db pg_dump ${names} > dump.sql`), found[1]);
  });

  it('says of a stack what it keeps where its template has something kept, and where to read how that goes', async () => {
    for (const [stack, before] of [
      ['static', { static: 's3' }],
      ['broker', { broker: 'sqs' }],
      ['broker', { broker: 'redis' }],
      ['pgbouncer', { pooler: 'pgbouncer' }],
    ] as const) {
      const rendered = await renderText(before);
      const template = rendered.get(`deploy/cloudformation/${stack}.yaml`) ?? assert.fail(stack);
      const { told: found } = judge(before, {});
      assert.equal(found.join().includes('It retains'), /DeletionPolicy: (?:Retain|Snapshot)/.test(template), stack);
      assert.match(rendered.get('deploy/README.md') ?? '', /^## Take it all down$/m);
    }
  });

  it('lets a held minor version go, and move on', () => {
    assert.deepEqual(judge({ rdsEngineVersion: '17.9' }, { rdsEngineVersion: '17' }), { refused: [], told: [] });
    assert.deepEqual(judge({ rdsEngineVersion: '17.9' }, { rdsEngineVersion: '17.11' }), { refused: [], told: [] });
  });
});
