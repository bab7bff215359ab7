import assert from 'node:assert/strict';
import { parseAnswers } from '../../../core/answers/resolve.ts';
import { findDrift, placesIn } from '../../../core/drift/findDrift.ts';
import type { Drift } from '../../../core/drift/findDrift.ts';
import { openPlaces } from '../../../core/drift/readPlaces.ts';
import { takePlan } from '../../../core/drift/takePlan.ts';
import { solve } from '../../../core/plan/solve.ts';
import { ownRelease } from '../../../generators/release.ts';

type Given = Readonly<Record<string, unknown>>;

/** The texts of a repository that is rendered for some answers, by path. */
async function textsOf(given: Given): Promise<ReadonlyMap<string, string>> {
  const all = Object.entries({ projectName: 'shop', ...given });
  const { answers } = parseAnswers([new Map(all.map(([key, value]) => [key, { value, origin: key }]))], {});
  const { render } = await ownRelease();
  return new Map(render(answers, solve(answers)).map(({ path, bytes }) => [path, Buffer.from(bytes).toString()]));
}

function drift(path: string, yours: string, next: string): readonly Drift[] {
  return findDrift({ path, key: path, projectName: 'shop', yours, next });
}

function take(path: string, yours: string, next: string): string {
  return takePlan({ path, key: path, projectName: 'shop', yours, next }, drift(path, yours, next));
}

describe('core/drift', function () {
  this.timeout(60_000);
  const extra = { broker: 'sqs', beat: true, pooler: 'pgbouncer', domain: 'shop.example.com' };
  const sizes = [
    { vcpu: 0.5, ...extra },
    { vcpu: 2, rdsClass: 'db.m7g.large', slowestRequestSeconds: 40, celeryVcpu: 1, celeryMaxTasks: 6, ...extra },
  ];
  let small: ReadonlyMap<string, string>;
  let large: ReadonlyMap<string, string>;

  before(async () => {
    [small, large] = (await Promise.all(sizes.map(textsOf))) as [typeof small, typeof large];
  });

  it('finds the sizes of every file that was not resized, and takes the plan’s with their reasons', () => {
    let found = 0;
    for (const [path, next] of large) {
      const yours = small.get(path) ?? '';
      const differing = drift(path, yours, next);
      if (differing.length === 0) continue;
      found += differing.length;
      const taken = take(path, yours, next);
      assert.deepEqual(drift(path, taken, next), [], path);
      // Where nothing but sizes differs, it is all of the new text.
      if (/^(?:gunicorn|deploy\/ecs)/u.test(path)) assert.equal(taken, next, path);
    }
    assert(found > 60, String(found));
  });

  it('keeps every line of the user’s, a comment above a number included, and CRLF', () => {
    const path = 'gunicorn.conf.py';
    const next = small.get(path) ?? '';
    const own = next
      .replace(/^threads = .*$/mu, '# Ada asked for more.\nthreads = 8  # for the reports')
      .replace(/^workers = .*$/mu, 'workers = multiprocessing.cpu_count() * 2 + 1')
      .concat('# the end\n')
      .replaceAll('\n', '\r\n');
    assert.deepEqual(
      drift(path, own, next).map(({ where, yours, plan }) => [where, yours, plan]),
      [
        ['workers', 'multiprocessing.cpu_count() * 2 + 1', '2'],
        ['threads', '8', /GUNICORN_THREADS", (\d+)/u.exec(next)?.[1]],
      ],
    );
    const taken = take(path, own, next);
    assert.deepEqual(drift(path, taken, next), []);
    assert.match(taken, /# Ada asked for more\.\r\n(?:# .*\r\n)+threads = \d+ {2}# for the reports\r\n/u);
    assert.match(taken, /\r\nworkers = 2\r\n/u);
    assert.match(taken, /# the end\r\n$/u);
    assert.equal(taken.replaceAll('\r\n', '').includes('\n'), false);
    const count = (text: string): number => text.split('# Never from cpu_count()').length - 1;
    assert.equal(count(taken), 1);
  });

  it('what was deleted, renamed or is not valid says no other size', () => {
    const next = small.get('deploy/ecs/web.json') ?? '';
    assert.deepEqual(drift('deploy/ecs/web.json', next.replace('"memory":', '"note":'), next), []);
    assert.deepEqual(drift('deploy/ecs/web.json', next.slice(0, -5), next), []);
    assert.deepEqual(drift('README.md', 'other\n', next), []);
  });

  it('a command that does not hold the number says nothing about it', () => {
    const path = 'compose.yaml';
    const next = small.get(path) ?? '';
    const own = next
      .replace(/"max_connections=\d+"/u, '"log_statement=all"')
      .replace('- --concurrency=', '- --autoscale=10,')
      .replace(/size=\d+m/u, 'size=1g');
    assert.notEqual(own, next);
    assert.deepEqual(drift(path, own, next), []);
    const release = small.get('deploy/release.json') ?? '';
    const alone = release.replace(/"services": \[[^]*?\n {2}\]/u, '"services": []');
    assert.notEqual(alone, release);
    assert.deepEqual(drift('deploy/release.json', alone, release), []);
  });

  it('the processes of a worker are read however Celery takes them', () => {
    for (const [path, pattern, option] of [
      ['compose.yaml', /- --concurrency=\d+/u, '- -c\n      - "4"'],
      ['compose.yaml', /- --concurrency=\d+/u, '- -c4'],
      ['deploy/ecs/worker.json', /"--concurrency",\s*"\d+"/u, '"-c", "4"'],
      ['deploy/ecs/worker.json', /"--concurrency",\s*"\d+"/u, '"--concurrency=4"'],
    ] as const) {
      const next = small.get(path) ?? '';
      assert.match(next, pattern);
      const own = next.replace(pattern, option);
      assert.deepEqual(
        drift(path, own, next).map(({ item, yours }) => [item, yours]),
        [['celery.concurrency', '4']],
      );
      const taken = take(path, own, next);
      assert.deepEqual(drift(path, taken, next), []);
      assert.equal(taken.split('\n').length, own.split('\n').length);
    }
  });

  it('a size that cannot be set by itself stays, and the others are taken', () => {
    const path = 'compose.yaml';
    const next = small.get(path) ?? '';
    const own = next
      .replace(/^( +web:\n(?:.*\n)*? +stop_grace_period: ).*$/mu, '$1*grace')
      .replace(/^x-app:/mu, 'x-grace: &grace 95s\nx-app:')
      .replace(/max_connections=\d+/u, 'max_connections=50');
    const left = [['services.web.stop_grace_period', '*grace']];
    const of = (text: string) => drift(path, text, next).map(({ where, yours }) => [where, yours]);
    assert.deepEqual(of(own), [...left, ['services.db.command', '50']]);
    const taken = take(path, own, next);
    assert.deepEqual(of(taken), left);
    assert.equal(taken.replace(/max_connections=\d+/u, 'max_connections=50'), own);
    const python = small.get('gunicorn.conf.py') ?? '';
    const broken = python.replace(/^keepalive = .*$/mu, 'keepalive = (\n    60\n    + 35\n)');
    assert.equal(take('gunicorn.conf.py', broken, python), broken);
  });

  it('a comment of the user’s stays as it is where no size differs', () => {
    const path = 'gunicorn.conf.py';
    const next = small.get(path) ?? '';
    const own = next.replace(/(?:^#.*\n)+(?=keepalive = )/mu, '# ALB\n').replace(/^SLOTS = .*$/mu, 'SLOTS = 99');
    assert.match(own, /^# ALB\nkeepalive = /mu);
    const taken = take(path, own, next);
    assert.deepEqual(drift(path, taken, next), []);
    assert.match(taken, /\n\n?# ALB\nkeepalive = /u);
    assert.doesNotMatch(taken, /# ALB\n#/u);
  });

  it('knows on which line a value of JSON and YAML begins', () => {
    let checked = 0;
    for (const [path, next] of large) {
      if (!/\.(?:json|ya?ml)$/u.test(path) || path === 'deploy/sizing.json') continue;
      const opened = openPlaces(path, next);
      for (const [where, , pattern] of placesIn(path, 'shop', next)) {
        const said = opened?.read(where);
        if (said === undefined || pattern !== undefined) continue;
        const line = next.split('\n')[opened?.lineOf(where) ?? -1];
        assert(line?.includes(said) === true, `${path} ${where}: ${line}`);
        checked += 1;
      }
    }
    assert(checked > 60, String(checked));
  });
});
