import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { nameReason } from '../../../core/answers/nameReason.ts';

describe('core/facts/reservedNames', () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['class', /keyword of Python/],
    ['None', /keyword of Python/],
    ['test', /standard library/],
    ['json', /standard library/],
    ['site', /standard library/],
    ['distutils', /standard library/],
    ['compression', /standard library/],
    ['django', /Django itself/],
    ['gunicorn', /installs/],
    ['psycopg_binary', /installs/],
    ['celery', /installs/],
    ['sentry_sdk', /installs/],
    // pycurl installs a second package under this name.
    ['curl', /installs/],
    ['auth', /Django's own applications/],
    ['messages', /Django's own applications/],
    ['tests', /repository uses/],
    ['deploy', /repository uses/],
    ['django_fargate', /repository uses/],
    ['manage', /repository uses/],
    ['staticfiles', /applications|repository uses/],
    ['docs', /repository uses/],
    ['postgres', /PostgreSQL or RDS keeps/],
    ['rdsadmin', /PostgreSQL or RDS keeps/],
    ['pgbouncer', /a database that PgBouncer keeps/],
    ['template1', /PostgreSQL or RDS keeps/],
    ['user', /SQL key word/],
    ['order', /SQL key word/],
    ['left', /SQL key word/],
    ['pg_shop', /PostgreSQL keeps pg_/],
    ['rds_shop', /RDS keeps rds_/],
    ['internal_tools', /internal-/],
    ['sthree_shop', /S3/],
  ];
  for (const [name, reason] of cases) {
    it(`refuses ${name}: ${reason.source}`, () => {
      assert.match(nameReason(name) ?? 'allowed', reason);
    });
  }

  it('allows what people call their projects', () => {
    const names = [
      'shop',
      'my_shop',
      'mysite',
      'api',
      'app',
      'backend',
      'blog',
      'config',
      'core',
      'crm',
      'example',
      'web',
    ];
    for (const name of [
      ...names,
      'internals',
      'pgadmin',
      'rdsadministration',
      'testing',
      'jsonapi',
      'djangoapp',
      'sites2',
    ]) {
      assert.equal(nameReason(name), undefined, name);
    }
  });

  it('is not fooled by properties that every object has', () => {
    for (const name of ['valueOf', 'toString', '__proto__', 'hasOwnProperty', '']) {
      assert.equal(nameReason(name), undefined, name);
    }
  });

  it('knows every keyword and public module of the Python that is installed', () => {
    const script = 'import keyword, sys; print(*keyword.kwlist, *sys.stdlib_module_names)';
    const names = execFileSync('python3', ['-c', script], { encoding: 'utf8' }).trim().split(' ');
    const missing = names.filter((name) => !name.startsWith('_') && nameReason(name) === undefined);
    assert.ok(names.length > 250);
    assert.deepEqual(missing, []);
  });

  it('knows the import name of every distribution in the lock that requirements are exported from', () => {
    const lock = readFileSync(new URL('../../../templates/versions/uv.lock', import.meta.url), 'utf8');
    const virtual = /^name = "([^"]+)"\n.*\nsource = \{ virtual = /m.exec(lock)?.[1];
    const distributions = [...lock.matchAll(/^name = "([^"]+)"$/gm)].map((match) => match[1] ?? '');
    assert.ok(distributions.includes('django') && distributions.length > 10);
    // Where the import name is not the distribution's with `_` for `-`.
    const importNames: Readonly<Record<string, string>> = {
      'django-storages': 'storages',
      'django-timezone-field': 'timezone_field',
      'python-crontab': 'crontab',
      'python-dateutil': 'dateutil',
      pyyaml: 'yaml',
    };
    const missing = distributions
      .filter((name) => name !== virtual)
      .map((name) => importNames[name] ?? name.replaceAll('-', '_'))
      .filter((name) => nameReason(name) === undefined);
    assert.deepEqual(missing, []);
  });
});
