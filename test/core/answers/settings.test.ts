import assert from 'node:assert/strict';
import { UserError } from '../../../core/errors.ts';
import { readSettings } from '../../../core/answers/settings.ts';

describe('core/answers/settings', () => {
  it('are empty when nothing is set', () => {
    for (const section of [undefined, {}, { vcpu: 2 }]) {
      const { moved, isUnmanaged } = readSettings(section);
      assert.equal(moved.size, 0);
      assert.equal(isUnmanaged('README.md'), false);
    }
  });

  for (const [globs, matched, others] of [
    [['README.md'], ['README.md'], ['docs/README.md', 'README.mdx', 'xREADME.md']],
    [['deploy'], ['deploy', 'deploy/README.md', 'deploy/ecs/web.json'], ['deployed', 'x/deploy']],
    [['deploy/'], ['deploy/README.md'], ['deployed']],
    [['deploy/*.json'], ['deploy/sizing.json'], ['deploy/ecs/web.json', 'deploy/sizing_json']],
    [['deploy/**/*.json'], ['deploy/sizing.json', 'deploy/ecs/web.json'], ['deploy/README.md']],
    [['**/README.md'], ['README.md', 'deploy/README.md'], ['READMEXmd']],
    [['test?'], ['tests/test_health.py'], ['test', 'testing']],
    [['a+(b)'], ['a+(b)'], ['aab']],
  ] as const) {
    it(`unmanaged ${JSON.stringify(globs)}`, () => {
      const { isUnmanaged } = readSettings({ unmanaged: [...globs] });
      for (const path of matched) assert.equal(isUnmanaged(path), true, path);
      for (const path of others) assert.equal(isUnmanaged(path), false, path);
    });
  }

  it('paths: where the user has moved files', () => {
    const { moved } = readSettings({ paths: { 'deploy/README.md': 'docs/runbook.md' } });
    assert.deepEqual([...moved], [['deploy/README.md', 'docs/runbook.md']]);
  });

  for (const section of [
    { paths: [] },
    { paths: { a: '../b' } },
    { paths: { '/a': 'b' } },
    { paths: { a: 1 } },
    { unmanaged: 'README.md' },
    { unmanaged: [1] },
  ]) {
    it(`refuses ${JSON.stringify(section)}`, () => {
      assert.throws(
        () => readSettings(section),
        (error) => error instanceof UserError && error.message.startsWith('.yo-rc.json: '),
      );
    });
  }
});
