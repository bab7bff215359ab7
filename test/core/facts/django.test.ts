import assert from 'node:assert/strict';
import { djangoDefault, djangoVersions, findDjangoVersion, pythonImage } from '../../../core/facts/django.ts';
import * as gunicorn from '../../../core/facts/gunicorn.ts';

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

  it('starts at a Python that the base image and gunicorn have', () => {
    for (const { version, pythonMinimum, endOfSupport } of djangoVersions) {
      assert.ok(minor(pythonMinimum) <= minor(pythonImage), version);
      assert.ok(minor(pythonMinimum) >= minor(gunicorn.pythonMinimum), version);
      assert.match(endOfSupport, /^20\d\d-(0[1-9]|1[0-2])$/);
    }
    assert.equal(findDjangoVersion('5.2')?.pythonMinimum, '3.11');
    assert.equal(findDjangoVersion('6.1')?.pythonMinimum, '3.12');
  });
});

describe('core/facts/gunicorn', () => {
  it('holds the defaults of the version that it names', () => {
    assert.equal(gunicorn.minimumVersion, '27.0.1');
    assert.deepEqual(gunicorn.defaults, {
      timeoutSeconds: 30,
      gracefulTimeoutSeconds: 30,
      keepaliveSeconds: 2,
      workerConnections: 1000,
      threads: 1,
      maxRequests: 0,
    });
    assert.deepEqual(gunicorn.threadsBounds, { minimum: 2, maximum: 16 });
  });
});
