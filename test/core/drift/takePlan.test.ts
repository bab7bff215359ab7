import assert from 'node:assert/strict';
import { parseAnswers } from '../../../core/answers/resolve.ts';
import { findDrift } from '../../../core/drift/findDrift.ts';
import type { Drift } from '../../../core/drift/findDrift.ts';
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

function drift(path: string, yours: string, ours: string): readonly Drift[] {
  return findDrift({ path, key: path, projectName: 'shop', yours, ours });
}

function take(path: string, yours: string, ours: string): string | undefined {
  return takePlan({ path, key: path, projectName: 'shop', yours, ours }, drift(path, yours, ours));
}

describe('core/drift', function () {
  this.timeout(60_000);
  const extra = { broker: 'sqs', beat: true, pooler: 'pgbouncer', domain: 'shop.example.com' };
  const sizes = [
    { vcpu: 0.5, ...extra },
    { vcpu: 2, rdsClass: 'db.m7g.large', slowestRequestSeconds: 40, workerVcpu: 1, maxWorkerTasks: 6, ...extra },
  ];
  let small: ReadonlyMap<string, string>;
  let large: ReadonlyMap<string, string>;

  before(async () => {
    [small, large] = (await Promise.all(sizes.map(textsOf))) as [typeof small, typeof large];
  });

  it('finds the sizes of every file that was not resized, and takes the plan’s with their reasons', () => {
    let found = 0;
    for (const [path, ours] of large) {
      const yours = small.get(path) ?? '';
      const differing = drift(path, yours, ours);
      if (differing.length === 0) continue;
      found += differing.length;
      const taken = take(path, yours, ours);
      assert(taken !== undefined, path);
      assert.deepEqual(drift(path, taken, ours), [], path);
      // Where nothing but sizes differs, it is all of the new text.
      if (/^(?:gunicorn|deploy\/ecs)/u.test(path)) assert.equal(taken, ours, path);
    }
    assert(found > 60, String(found));
  });

  it('keeps every line of the user’s, a comment above a number included, and CRLF', () => {
    const path = 'gunicorn.conf.py';
    const ours = small.get(path) ?? '';
    const own = ours
      .replace(/^threads = .*$/mu, '# Ada asked for more.\nthreads = 8  # for the reports')
      .replace(/^workers = .*$/mu, 'workers = multiprocessing.cpu_count() * 2 + 1')
      .concat('# the end\n')
      .replaceAll('\n', '\r\n');
    assert.deepEqual(
      drift(path, own, ours).map(({ where, yours, plan }) => [where, yours, plan]),
      [
        ['workers', 'multiprocessing.cpu_count() * 2 + 1', '2'],
        ['threads', '8', /GUNICORN_THREADS", (\d+)/u.exec(ours)?.[1]],
      ],
    );
    const taken = take(path, own, ours) ?? '';
    assert.deepEqual(drift(path, taken, ours), []);
    assert.match(taken, /# Ada asked for more\.\r\n(?:# .*\r\n)+threads = \d+ {2}# for the reports\r\n/u);
    assert.match(taken, /\r\nworkers = 2\r\n/u);
    assert.match(taken, /# the end\r\n$/u);
    assert.equal(taken.replaceAll('\r\n', '').includes('\n'), false);
    const count = (text: string): number => text.split('# Never from cpu_count()').length - 1;
    assert.equal(count(taken), 1);
  });

  it('what was deleted, renamed or is not valid says no other size', () => {
    const ours = small.get('deploy/ecs/web.json') ?? '';
    assert.deepEqual(drift('deploy/ecs/web.json', ours.replace('"memory":', '"note":'), ours), []);
    assert.deepEqual(drift('deploy/ecs/web.json', ours.slice(0, -5), ours), []);
    assert.deepEqual(drift('README.md', 'other\n', ours), []);
  });
});
