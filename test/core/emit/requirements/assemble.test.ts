import assert from 'node:assert/strict';
import { assembleDeclared, assembleLock } from '../../../../core/emit/requirements/assemble.ts';
import type { RequirementsData } from '../../../../core/emit/requirements/data.ts';
import { simplifyMarker } from '../../../../core/emit/requirements/markers.ts';

const hash = (digit: string): string => digit.repeat(64);

const data: RequirementsData = {
  declared: { service: ['gunicorn>=27,<28'], sqs: ['celery[sqs]>=5.7,<6'], dev: ['pytest>=9,<10', 'pytest-django>=4'] },
  packages: [
    { name: 'boto3', version: '1.44.8', neededBy: { sqs: '', dev: '', deploy: '' }, sha256: [hash('a'), hash('b')] },
    { name: 'django', version: '5.2.19', neededBy: { 'django-5-2': '' }, sha256: [hash('c')] },
    {
      name: 'django',
      version: '6.1.3',
      neededBy: { 'django-6-1': "python_full_version >= '3.12'" },
      sha256: [hash('d')],
    },
    {
      name: 'pycurl',
      version: '7.49.0',
      neededBy: { sqs: "platform_python_implementation == 'CPython' and sys_platform != 'win32'" },
      sha256: [hash('e')],
    },
    {
      name: 'typing-extensions',
      version: '4.16.0',
      neededBy: { service: "python_full_version < '3.13'", sqs: '' },
      sha256: [hash('f')],
    },
  ],
};

describe('assembleLock()', () => {
  it('writes what is needed, with its marker and its hashes, as uv prints it', () => {
    assert.equal(
      assembleLock(data, ['service', 'django-5-2'], '3.11'),
      `django==5.2.19 \\
    --hash=sha256:${hash('c')}
typing-extensions==4.16.0 ; python_full_version < '3.13' \\
    --hash=sha256:${hash('f')}
`,
    );
  });

  it('leaves out a marker that another need does not have, and what the lowest Python decides', () => {
    assert.equal(
      assembleLock(data, ['service', 'django-6-1', 'sqs'], '3.12'),
      `boto3==1.44.8 \\
    --hash=sha256:${hash('a')} \\
    --hash=sha256:${hash('b')}
django==6.1.3 \\
    --hash=sha256:${hash('d')}
pycurl==7.49.0 ; platform_python_implementation == 'CPython' and sys_platform != 'win32' \\
    --hash=sha256:${hash('e')}
typing-extensions==4.16.0 \\
    --hash=sha256:${hash('f')}
`,
    );
    assert.equal(assembleLock(data, ['service'], '3.13'), '');
  });

  it('takes a new extra from the data alone', () => {
    const media: RequirementsData = {
      declared: { ...data.declared, media: ['django-storages[s3]>=1.14,<2'] },
      packages: data.packages.map((locked) =>
        locked.name === 'boto3' ? { ...locked, neededBy: { ...locked.neededBy, media: '' } } : locked,
      ),
    };
    assert.match(assembleLock(media, ['service', 'media'], '3.12'), /^boto3==1\.44\.8 /u);
    assert.equal(assembleDeclared(media, ['service', 'media']), 'django-storages[s3]>=1.14,<2\ngunicorn>=27,<28\n');
    assert.doesNotMatch(assembleLock(media, ['service'], '3.12'), /boto3/u);
  });

  it('refuses markers of which neither holds always', () => {
    const [, , , , locked] = data.packages;
    assert.ok(locked);
    const several = { ...data, packages: [{ ...locked, neededBy: { service: "a == 'b'", sqs: "a == 'c'" } }] };
    assert.equal(assembleLock(several, ['sqs'], '3.11').split('\n').length, 3);
    assert.throws(() => assembleLock(several, ['service', 'sqs'], '3.11'), /typing-extensions has several markers/u);
  });
});

describe('assembleDeclared()', () => {
  it('orders what is declared as sort does, one a line', () => {
    assert.equal(
      assembleDeclared(data, ['service', 'sqs', 'dev']),
      'celery[sqs]>=5.7,<6\ngunicorn>=27,<28\npytest-django>=4\npytest>=9,<10\n',
    );
  });
});

describe('simplifyMarker()', () => {
  const cases: readonly (readonly [string, string, string | undefined])[] = [
    ['', '3.12', ''],
    ["python_full_version >= '3.12'", '3.12', ''],
    ["python_full_version >= '3.12'", '3.11', "python_full_version >= '3.12'"],
    ["python_full_version < '3.12'", '3.12', undefined],
    ["python_full_version < '3.11.3'", '3.11', "python_full_version < '3.11.3'"],
    ["python_full_version < '3.11.3'", '3.12', undefined],
    ["python_full_version < '3.9'", '3.13', undefined],
    ["python_full_version >= '3.12' and sys_platform == 'win32'", '3.12', "sys_platform == 'win32'"],
    // Correct as it is, and of no package so far.
    [
      "python_full_version < '3.12' or sys_platform == 'win32'",
      '3.12',
      "python_full_version < '3.12' or sys_platform == 'win32'",
    ],
  ];
  for (const [marker, minimum, expected] of cases) {
    it(`${marker || 'nothing'} from ${minimum}`, () => {
      assert.equal(simplifyMarker(marker, minimum), expected);
    });
  }
});
