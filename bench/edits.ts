import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

/** Something that a user did to a repository, and how to see whether it is still done. */
export interface Edit {
  /** For the report: what was done, and what the new version does there. */
  readonly title: string;
  readonly path: string;
  readonly make: (folder: string) => void;
  /** Whether it still stands; `twice`: beside another value in its place, and nobody can tell which one counts. */
  readonly stands: (folder: string) => boolean | 'twice';
}

const read = (folder: string, file: string): string => readFileSync(path.join(folder, file), 'utf8');

function write(folder: string, file: string, content: string | Uint8Array): void {
  mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
  writeFileSync(path.join(folder, file), content);
}

/** A text in the place of another, which must be there once. */
function replacing(title: string, file: string, [from, to]: readonly [string, string], mine: string): Edit {
  return {
    title,
    path: file,
    make: (folder) => {
      const parts = read(folder, file).split(from);
      if (parts.length !== 2) throw new Error(`${file} holds ${JSON.stringify(from)} ${parts.length - 1} times`);
      write(folder, file, parts.join(to));
    },
    stands: (folder) => existsSync(path.join(folder, file)) && read(folder, file).includes(mine),
  };
}

function deleting(title: string, file: string): Edit {
  return {
    title,
    path: file,
    make: (folder) => rmSync(path.join(folder, file)),
    stands: (folder) => !existsSync(path.join(folder, file)),
  };
}

function putting(title: string, file: string, content: string | Uint8Array): Edit {
  return {
    title,
    path: file,
    make: (folder) => write(folder, file, content),
    stands: (folder) => {
      const now = readFileSync(path.join(folder, file));
      return now.equals(Buffer.from(content)) || (isConflicted(now.toString()) && now.includes(Buffer.from(content)));
    },
  };
}

const header = 'limit_request_field_size = 16384';
const section = '## On call\r\n\r\nThe rota is in the wiki.\r\n';
const role = 'arn:aws:iam::123456789012:role/platform-ecs-execution';
const origin = 'https://staging.example.com';
const target = '.PHONY: seed\nseed: ## Fill the database with examples\n\t$(PY) manage.py loaddata examples\n';
const scan = '      - run: make scan-licences\n';
const excluded = 'extend-exclude = ["migrations"]';

/** Bytes as those of a certificate in DER: no text. */
const der = Uint8Array.from({ length: 1500 }, (_, index) => (index * 73 + (index >> 3)) % 256);

/** What is done to a new repository before it is resized; each at a place of its own. */
export const edits: readonly Edit[] = [
  replacing(
    'gunicorn.conf.py: lines added; the new version changes others',
    'gunicorn.conf.py',
    ['\n# Network.\n', `\n# The reports' filters make long query strings.\n${header}\n\n# Network.\n`],
    header,
  ),
  {
    title: 'README.md: saved with CRLF, section added; the new version changes lines',
    path: 'README.md',
    make: (folder) => write(folder, 'README.md', `${read(folder, 'README.md').replaceAll('\n', '\r\n')}\r\n${section}`),
    stands: (folder) => read(folder, 'README.md').replaceAll('\r', '').includes(section.replaceAll('\r', '')),
  },
  replacing(
    'compose.yaml: value changed; the new version changes it too',
    'compose.yaml',
    ['max_connections=178', 'max_connections=300'],
    'max_connections=300',
  ),
  replacing(
    'deploy/ecs/web.json: value changed; the new version changes the line above',
    'deploy/ecs/web.json',
    ['arn:aws:iam::ACCOUNT:role/shop-ecs-execution', role],
    role,
  ),
  {
    ...replacing(
      'deploy/ecs/migrate.json: a variable added to a list; the new version adds it elsewhere with another value',
      'deploy/ecs/migrate.json',
      [
        '{ "name": "DB_USER", "value": "shop_app" },\n',
        `{ "name": "DB_USER", "value": "shop_app" },\n        { "name": "CSRF_TRUSTED_ORIGINS", "value": "${origin}" },\n`,
      ],
      origin,
    ),
    stands: (folder) => {
      const text = read(folder, 'deploy/ecs/migrate.json');
      const isTwice = text.split('"CSRF_TRUSTED_ORIGINS"').length > 2 && !isConflicted(text);
      return isTwice ? 'twice' : text.includes(origin);
    },
  },
  replacing(
    'deploy/ecs/ops.json: value changed; the new version changes it too',
    'deploy/ecs/ops.json',
    ['"memory": "1024"', '"memory": "8192"'],
    '"memory": "8192"',
  ),
  replacing(
    'pyproject.toml: key added; the new version leaves the file as it was',
    'pyproject.toml',
    ['line-length = 100\n', `line-length = 100\n${excluded}\n`],
    excluded,
  ),
  replacing(
    'Makefile: target added; the new version leaves the file as it was',
    'Makefile',
    ['\n.PHONY: clean\n', `\n${target}\n.PHONY: clean\n`],
    target,
  ),
  replacing(
    '.github/workflows/ci.yml: step added; the new version drops the file',
    '.github/workflows/ci.yml',
    ['      - run: make test\n', `      - run: make test\n${scan}`],
    scan,
  ),
  deleting('deploy/sizing.json: deleted; the new version changes it', 'deploy/sizing.json'),
  deleting('tests/test_health.py: deleted; the new version leaves it as it was', 'tests/test_health.py'),
  putting(
    'django_fargate/certs/rds-global-bundle.pem: replaced by a binary file; the new version leaves it as it was',
    'django_fargate/certs/rds-global-bundle.pem',
    der,
  ),
  putting(
    '.env.example: written anew in UTF-16, as PowerShell does; the new version changes a line',
    '.env.example',
    Buffer.from('\uFEFFSECRET_KEY=\r\nDB_HOST=localhost\r\nPAYMENTS_URL=\r\n', 'utf16le'),
  ),
  putting(
    'renovate.json: added; the new version adds it too',
    'renovate.json',
    '{ "extends": ["local>shop/renovate"] }\n',
  ),
  {
    title: 'deploy/README.md: moved to docs/, a link left; the new version changes lines',
    path: 'deploy/README.md',
    make: (folder) => {
      mkdirSync(path.join(folder, 'docs'));
      renameSync(path.join(folder, 'deploy/README.md'), path.join(folder, 'docs/runbook.md'));
      symlinkSync('../docs/runbook.md', path.join(folder, 'deploy/README.md'));
    },
    stands: (folder) =>
      lstatSync(path.join(folder, 'deploy/README.md')).isSymbolicLink() &&
      existsSync(path.join(folder, 'docs/runbook.md')),
  },
  {
    title: 'manage.py: no longer executable; the new version leaves it as it was',
    path: 'manage.py',
    make: (folder) => chmodSync(path.join(folder, 'manage.py'), 0o644),
    stands: (folder) => (statSync(path.join(folder, 'manage.py')).mode & 0o111) === 0,
  },
  putting('shop/orders/models.py: a file of their own', 'shop/orders/models.py', 'from django.db import models\n'),
  putting('.env: a file of their own that git ignores', '.env', 'SECRET_KEY=only-here\n'),
];

/** Whether a text holds conflict markers. */
export function isConflicted(text: string): boolean {
  return /^(?:<{7}|>{7}) /mu.test(text);
}
