import assert from 'node:assert/strict';
import { followModules, movedModules } from '../../../../core/merge/outcomes/followModules.ts';

const moved = movedModules(
  new Map([
    ['django_fargate/health.py', 'shop/health.py'],
    ['django_fargate/celery/__init__.py', 'shop/worker/__init__.py'],
    ['django_fargate/celery/logs.py', 'shop/worker/logs.py'],
    ['django_fargate/background/once.py', 'shop/background/once.py'],
    ['django_fargate/certs/rds.pem', 'shop/certs/rds.pem'],
    ['deploy/gunicorn.py', 'gunicorn.conf.py'],
  ]),
);

describe('core/merge/followModules', () => {
  const cases: readonly (readonly [path: string, before: string, after: string])[] = [
    ['a.py', 'import shop.health\n', 'import django_fargate.health\n'],
    ['a.py', 'from shop.health import answer\n', 'from django_fargate.health import answer\n'],
    ['a.py', '"shop.health.HealthMiddleware",\n', '"django_fargate.health.HealthMiddleware",\n'],
    ['a.py', 'from shop.worker import logs\n', 'from django_fargate.celery import logs\n'],
    ['a.py', 'import shop.worker.logs as logs\n', 'import django_fargate.celery.logs as logs\n'],
    ['shop/background/tasks.py', 'from .once import once\n', 'from django_fargate.background.once import once\n'],
    ['shop/background/__init__.py', 'from .once import once\n', 'from django_fargate.background.once import once\n'],
    ['shop/settings/base.py', 'from ..health import X\n', 'from django_fargate.health import X\n'],
    ['shop/orders/models.py', '    from ..worker.logs import X\n', '    from django_fargate.celery.logs import X\n'],
    ['shop/urls.py', 'from . import health\n', 'from . import health\n'],
    ['shop/orders/tasks.py', 'from .once import once\n', 'from .once import once\n'],
    [
      'a.py',
      'import myshop.health, shop.healthy, x.shop.health\n',
      'import myshop.health, shop.healthy, x.shop.health\n',
    ],
    ['a.py', '"-c gunicorn.conf.py"\n', '"-c gunicorn.conf.py"\n'],
    ['a.py', '"shop/certs/rds.pem"\r\n', '"shop/certs/rds.pem"\r\n'],
  ];
  for (const [path, before, after] of cases) {
    it(`${path}: ${before.trim()}`, () => assert.equal(followModules(path, before, moved), after));
  }

  it('leaves every text alone when nothing has moved', () => {
    assert.equal(followModules('a.py', 'import shop.health\n', new Map()), 'import shop.health\n');
  });
});
