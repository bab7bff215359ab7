import assert from 'node:assert/strict';
import { djangoDefault, djangoVersions, findDjangoVersion } from '../../../core/facts/django.ts';
import { pythonDefault, pythonVersions } from '../../../core/facts/python.ts';

/** 3.9 comes before 3.13. */
function minor(python: string): number {
  assert.match(python, /^3\.\d+$/);
  return Number(python.slice(2));
}

describe('core/facts/django', () => {
  it('offers 5.2 LTS and 6.1, and takes the LTS by default', () => {
    assert.deepEqual(
      djangoVersions.map(({ version }) => version),
      ['5.2', '6.1'],
    );
    assert.equal(findDjangoVersion(djangoDefault)?.lts, true);
    assert.equal(findDjangoVersion('4.2'), undefined);
  });

  /** What `python_requires` of gunicorn 27.0.1 says. */
  const gunicornPythonMinimum = '3.10';

  it('runs on the default Python and from one that gunicorn has', () => {
    for (const { version, pythonMinimum, pythonMaximum, endOfSupport } of djangoVersions) {
      assert.ok(minor(pythonMinimum) <= minor(pythonDefault) && minor(pythonDefault) <= minor(pythonMaximum), version);
      assert.ok(pythonVersions.includes(pythonMaximum), version);
      assert.ok(minor(pythonMinimum) >= minor(gunicornPythonMinimum), version);
      assert.match(endOfSupport, /^20\d\d-(0[1-9]|1[0-2])$/);
    }
    assert.equal(findDjangoVersion('5.2')?.pythonMinimum, '3.11');
    assert.equal(findDjangoVersion('6.1')?.pythonMinimum, '3.12');
  });
});
