import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { parse as parseToml } from 'smol-toml';
import { parse as parseYaml } from 'yaml';
import yeomanAssert from 'yeoman-assert';
import { ciProviders } from '../../core/features/ci/providers.ts';
import type { Answers } from '../../core/answers/types.ts';
import { files as rows } from '../../core/emit/files.ts';
import { solve } from '../../core/plan/solve.ts';
import type { Plan } from '../../core/plan/types.ts';
import { generate, scratch } from '../support/generate.ts';
import { needPython } from '../support/need.ts';
import { faultsOf, pythonFaults, readRepository, shellBlocks, shellFaults } from './inspect.ts';
import type { RepositoryFile } from './inspect.ts';
import { answersOf, flagsOf, matrix, pathsOf, storedOf } from './matrix.ts';

const read = <T>(text: string) => JSON.parse(text) as T;

interface TaskDefinition {
  readonly family: string;
  readonly runtimePlatform: { readonly cpuArchitecture: string };
  readonly containerDefinitions: readonly [
    {
      readonly name: string;
      readonly image: string;
      readonly portMappings?: readonly { readonly containerPort: number }[];
      readonly environment: readonly { readonly name: string; readonly value: string }[];
      readonly logConfiguration: { readonly options: Readonly<Record<string, string>> };
    },
  ];
}

/** Every number at any depth, also one that is written as a text: by its path. */
function numbersIn(value: unknown, at = ''): Readonly<Record<string, number>> {
  if (typeof value === 'number' || (typeof value === 'string' && /^\d+$/u.test(value))) {
    return { [at]: Number(value) };
  }
  if (typeof value !== 'object' || value === null) {
    return {};
  }
  const named = Array.isArray(value) && value.every((item) => typeof item?.name === 'string' && 'value' in item);
  return Object.assign(
    {},
    ...Object.entries(value).map(([key, inner]) =>
      named ? numbersIn(inner.value, `${at}/${inner.name}`) : numbersIn(inner, `${at}/${key}`),
    ),
  ) as Record<string, number>;
}

/** The assignments of a number in gunicorn.conf.py. */
function numbersInPython(text: string): Readonly<Record<string, number>> {
  const assignments = text.matchAll(/^(\w+) = (?:positive\("\w+", )?(\d+)\)?$/gmu);
  return Object.fromEntries([...assignments].map(([, name = '', number]) => [name, Number(number)]));
}

function valuesOf(plan: Plan): unknown {
  const { cost: _cost, warnings: _warnings, ...sections } = plan;
  return Object.fromEntries(
    Object.entries(sections).map(([name, section]) => [
      name,
      Object.fromEntries(Object.entries(section).map(([key, { value, why }]) => [key, { value, why }])),
    ]),
  );
}

describe('the emitted repository', () => {
  const python = new Map<string, string>();
  const shell = new Map<string, string>();

  for (const example of matrix) {
    describe(`with ${example.name}`, () => {
      const answers = answersOf(example);
      const plan = solve(answers);
      const { gunicorn, task, service, database } = plan;
      const slug = answers.projectName.replaceAll('_', '-');
      let folder = '';
      let files: ReadonlyMap<string, RepositoryFile> = new Map();
      const text = (file: string) => files.get(file)?.text ?? assert.fail(`${file} was not written`);

      before(async () => {
        const cwd = scratch();
        folder = path.join(cwd, 'shop');
        const flags = { yes: true, ...flagsOf(example.given) };
        const { code, message } = await generate('app', { cwd, args: ['shop'], flags });
        assert.equal(code, 0, message);
        files = readRepository(folder);
        for (const [file, { text: content }] of files) {
          if (file.endsWith('.py')) {
            python.set(content, `${example.name}: ${file}`);
          }
          if (file.endsWith('.md')) {
            shellBlocks(content).forEach((block) => shell.set(block, `${example.name}: ${file}`));
          }
        }
        shell.set(text('.env.example'), `${example.name}: .env.example`);
      });

      after(() => rmSync(folder, { recursive: true, force: true }));

      it('holds exactly the files that it should', () => {
        assert.deepEqual([...files.keys()].toSorted(), pathsOf(answers));
        yeomanAssert.file(pathsOf(answers).map((file) => path.join(folder, file)));
      });

      it('has nothing wrong in any text', () => {
        assert.deepEqual(
          [...files].flatMap(([file, { text: content }]) => faultsOf(file, content)),
          [],
        );
      });

      it('marks only what is called by its name as executable', () => {
        const executable = [...files].filter(([, file]) => file.executable).map(([file]) => file);
        assert.deepEqual(executable, ['manage.py']);
        for (const file of executable) {
          assert.ok(text(file).startsWith('#!/usr/bin/env python'), file);
        }
      });

      it('tells where the sizes come from in gunicorn.conf.py and nowhere else', () => {
        const marker = 'Sizes computed by "yo django-fargate"; every number\'s reason stands beside it.';
        const marked = [...files]
          .filter(([file]) => file !== '.django-fargate/baseline.json')
          .filter(([, { text: content }]) => content.includes(marker));
        assert.deepEqual(
          marked.map(([file]) => file),
          ['gunicorn.conf.py'],
        );
      });

      it('has every number of gunicorn.conf.py from the plan, and its reason above it', () => {
        assert.deepEqual(numbersInPython(text('gunicorn.conf.py')), {
          workers: gunicorn.workers.value,
          threads: gunicorn.threads.value,
          SLOTS: gunicorn.slots.value,
          max_requests: gunicorn.maxRequests.value,
          max_requests_jitter: gunicorn.maxRequestsJitter.value,
          timeout: gunicorn.timeoutSeconds.value,
          graceful_timeout: gunicorn.gracefulTimeoutSeconds.value,
          keepalive: gunicorn.keepaliveSeconds.value,
        });
        // The comment lines above an assignment, as one sentence.
        const explained = text('gunicorn.conf.py')
          .split(/^(?=\w+ = )/mu)
          .map((part) => part.replaceAll(/\n?^# ?/gmu, ' '));
        for (const { why } of [gunicorn.workers, gunicorn.threads, gunicorn.maxRequests, gunicorn.keepaliveSeconds]) {
          assert.ok(
            explained.some((comment) => comment.includes(why)),
            `not there: ${why}`,
          );
        }
      });

      it('has every number of the task definitions from the plan', () => {
        const common = {
          '/cpu': task.cpuUnits.value,
          '/memory': task.memoryMiB.value,
          '/containerDefinitions/0/environment/DB_PORT': 5432,
          '/containerDefinitions/0/environment/HTTPS': answers.domain === undefined ? 0 : 1,
          '/containerDefinitions/0/environment/SECURE_HSTS_SECONDS': answers.domain === undefined ? 0 : 3600,
          ...(answers.broker === 'redis' ? { '/containerDefinitions/0/environment/REDIS_PORT': 6379 } : {}),
        };
        const isPooled = answers.pooler === 'pgbouncer';
        const limits = (statement: number, lock: number, idle: number) => ({
          '/containerDefinitions/0/environment/DB_STATEMENT_TIMEOUT_MS': statement,
          '/containerDefinitions/0/environment/DB_LOCK_TIMEOUT_MS': lock,
          '/containerDefinitions/0/environment/DB_IDLE_IN_TRANSACTION_TIMEOUT_MS': idle,
        });
        // With none, /tmp lies on the task's disk.
        const tmpfs =
          task.tmpfsMiB.value === 0
            ? {}
            : { '/containerDefinitions/0/linuxParameters/tmpfs/0/size': task.tmpfsMiB.value };
        const idle = database.idleInTransactionTimeoutMs.value;
        const migrationLock = database.migrationLockTimeoutMs.value;
        const webLimits = limits(database.statementTimeoutMs.value, database.lockTimeoutMs.value, idle);
        // A client of PgBouncer brings none along; they are those of its role, which the migrations set.
        const pooled = {
          '/containerDefinitions/0/environment/DB_PORT': 6432,
          '/containerDefinitions/0/environment/DB_POOLED': 1,
        };
        const ofRole = Object.entries(webLimits).map(([name, value]) => [name.replace('/DB_', '/DB_ROLE_'), value]);
        assert.deepEqual(numbersIn(JSON.parse(text('deploy/ecs/web.json'))), {
          ...common,
          ...(isPooled ? pooled : webLimits),
          ...tmpfs,
          '/containerDefinitions/0/portMappings/0/containerPort': 8000,
          '/containerDefinitions/0/stopTimeout': service.stopTimeoutSeconds.value,
          '/containerDefinitions/0/ulimits/0/softLimit': 65_535,
          '/containerDefinitions/0/ulimits/0/hardLimit': 65_535,
        });
        assert.deepEqual(numbersIn(JSON.parse(text('deploy/ecs/migrate.json'))), {
          ...common,
          ...limits(0, migrationLock, 0),
          ...tmpfs,
          ...(isPooled ? Object.fromEntries(ofRole) : {}),
          '/containerDefinitions/0/environment/DB_PLANNED_CONNECTIONS': database.plannedConnections.value,
        });
        assert.deepEqual(numbersIn(JSON.parse(text('deploy/ecs/ops.json'))), {
          ...common,
          ...limits(0, migrationLock, idle),
          '/containerDefinitions/0/command/1': 14_400,
        });
      });

      it('has every number of PgBouncer from the plan, and its reason above it', () => {
        const { pgbouncer } = plan;
        assert.equal(pgbouncer === undefined, !files.has('deploy/pgbouncer/pgbouncer.ini'));
        if (pgbouncer === undefined) return;
        assert.deepEqual(numbersIn(JSON.parse(text('deploy/ecs/pgbouncer.json'))), {
          '/cpu': pgbouncer.cpuUnits.value,
          '/memory': pgbouncer.memoryMiB.value,
          '/containerDefinitions/0/environment/DB_PORT': 5432,
          '/containerDefinitions/0/portMappings/0/containerPort': 6432,
          '/containerDefinitions/0/healthCheck/interval': 10,
          '/containerDefinitions/0/healthCheck/timeout': 5,
          '/containerDefinitions/0/healthCheck/retries': 3,
          '/containerDefinitions/0/healthCheck/startPeriod': 30,
          '/containerDefinitions/0/stopTimeout': pgbouncer.stopTimeoutSeconds.value,
          '/containerDefinitions/0/linuxParameters/tmpfs/0/size': 1,
          '/containerDefinitions/0/ulimits/0/softLimit': 65_535,
          '/containerDefinitions/0/ulimits/0/hardLimit': 65_535,
        });
        const ini = text('deploy/pgbouncer/pgbouncer.ini');
        const planned = {
          max_client_conn: pgbouncer.maxClientConnections,
          default_pool_size: pgbouncer.poolSize,
          query_wait_timeout: pgbouncer.queryWaitTimeoutSeconds,
          max_prepared_statements: pgbouncer.maxPreparedStatements,
        };
        for (const [name, { value, why }] of Object.entries(planned)) {
          const [, reason = ''] = new RegExp(`\n\n((?:; .*\n)+)${name} = ${value}\n`, 'u').exec(ini) ?? [];
          assert.equal(reason.replaceAll(/^; /gmu, '').trim().replaceAll('\n', ' '), why);
        }
        assert.match(ini, new RegExp(`^max_db_connections = ${pgbouncer.poolSize.value}$`, 'mu'));
      });

      it('has the whole plan in deploy/sizing.json', () => {
        assert.deepEqual(JSON.parse(text('deploy/sizing.json')), valuesOf(plan));
      });

      it('uses the names that everything else relies on', () => {
        const host = answers.pooler === 'none' ? 'RDS_ENDPOINT' : `pgbouncer.${slug}.internal`;
        for (const name of ['web', 'migrate', 'ops']) {
          const { family, runtimePlatform, containerDefinitions } = read<TaskDefinition>(
            text(`deploy/ecs/${name}.json`),
          );
          const [container] = containerDefinitions;
          assert.equal(family, `${slug}-${name}`);
          assert.equal(runtimePlatform.cpuArchitecture, answers.architecture);
          assert.equal(container.name, name);
          assert.equal(container.image, `ACCOUNT.dkr.ecr.${answers.region}.amazonaws.com/${slug}:GIT_SHA`);
          assert.equal(container.logConfiguration.options['awslogs-group'], `/ecs/${slug}-${name}`);
          assert.equal(container.logConfiguration.options['awslogs-region'], answers.region);
          const environment = Object.fromEntries(container.environment.map((one) => [one.name, one.value]));
          assert.equal(environment['DB_HOST'], name === 'web' ? host : 'RDS_ENDPOINT');
          assert.equal(environment['DJANGO_SETTINGS_MODULE'], `${answers.projectName}.settings.production`);
          assert.equal(
            environment['ALLOWED_HOSTS'],
            answers.domain === undefined ? 'ALB_DNS_NAME' : `.${answers.domain}`,
          );
        }
        const command = `CMD ["gunicorn", "${answers.projectName}.wsgi:application", "-c", "gunicorn.conf.py"]`;
        assert.ok(text('Dockerfile').trimEnd().endsWith(command));
        assert.match(text('Dockerfile'), /^FROM python:\$\{PYTHON_VERSION\}-slim$/mu);
        assert.match(text('gunicorn.conf.py'), /^bind = "0\.0\.0\.0:8000"$/mu);
      });

      it('uses the name as a text, whatever YAML could take it for', () => {
        for (const version of ['1.2', '1.1'] as const) {
          const compose = parseYaml(text('compose.yaml'), { version, merge: true }) as {
            readonly name: unknown;
            readonly services: Readonly<Record<string, { readonly image: unknown; readonly environment: object }>>;
          };
          assert.equal(compose.name, slug, `YAML ${version}`);
          const major = answers.rdsEngineVersion.split('.')[0];
          assert.equal(compose.services['db']?.image, `postgres:${major}`);
          assert.equal(compose.services['web']?.image, `${slug}:local`);
          const postgres = compose.services['db']?.environment;
          assert.deepEqual(
            { ...postgres, PGDATA: '' },
            {
              POSTGRES_DB: answers.projectName,
              POSTGRES_USER: `${answers.projectName}_app`,
              POSTGRES_PASSWORD: 'local-only',
              PGDATA: '',
            },
            `YAML ${version}`,
          );
          const web = compose.services['web']?.environment as Readonly<Record<string, unknown>>;
          assert.equal(web['DB_NAME'], answers.projectName, `YAML ${version}`);
        }
        const { project } = parseToml(text('pyproject.toml')) as { project: Record<string, unknown> };
        assert.equal(project['name'], slug);
        assert.equal(project['requires-python'], answers.django === '5.2' ? '>=3.11' : '>=3.12');
      });

      it('holds the requirements of the chosen Django', () => {
        const series = answers.django.replace('.', String.raw`\.`);
        assert.match(text('requirements.in'), new RegExp(`^django.*${series}`, 'imu'));
        assert.match(text('requirements.txt'), new RegExp(String.raw`^django==${series}(\.\d+)? \\$`, 'mu'));
      });

      it('names the chosen Python for the image and in every pipeline', () => {
        const pipelines = [
          '.github/',
          '.gitlab-ci.yml',
          'bitbucket-pipelines.yml',
          'buildspec.yml',
          'deploy/buildspec',
        ];
        const named = [...files.keys()]
          .filter((file) => file.endsWith('Dockerfile') || pipelines.some((name) => file.startsWith(name)))
          .flatMap((file) =>
            [...text(file).matchAll(/(?:PYTHON_VERSION=|python: ?"?|python:|python-version: ")(3\.\d+)/gu)].map(
              ([, version]) => `${file}: ${version}`,
            ),
          );
        assert.deepEqual([...new Set(named.map((line) => line.split(': ')[1]))], [answers.python], named.join('\n'));
        assert.equal(named.length > 1, answers.ci !== 'none' || answers.pooler !== 'none');
        assert.match(text('Makefile'), new RegExp(String.raw`\$\(PYTHON\) python${answers.python} `, 'u'));
      });

      it('serves the static files from one place: the tasks, or the bucket', () => {
        const isFromBucket = answers.static === 's3';
        const answered = new Set(['.yo-rc.json', '.django-fargate/baseline.json']);
        const named = [...files].filter(
          ([file, { text: content }]) => !answered.has(file) && /whitenoise/i.test(content),
        );
        const namedFiles = named.map(([file]) => file);
        assert.equal(namedFiles.includes('requirements.txt'), !isFromBucket);
        assert.equal(namedFiles.length > 0, !isFromBucket, namedFiles.join(' '));
        for (const name of ['web', 'migrate', 'ops']) {
          const [{ environment }] = read<TaskDefinition>(text(`deploy/ecs/${name}.json`)).containerDefinitions;
          const address = environment.find((variable) => variable.name === 'STATIC_URL')?.value;
          assert.equal(address, isFromBucket ? 'STATIC_URL' : undefined);
        }
      });

      it('holds nothing of another project, region or platform', () => {
        const strangers: readonly (readonly [string, RegExp, boolean])[] = [
          [
            'another name',
            /\bshop\b/i,
            answers.projectName === 'shop' || /\bshop\b/u.test(`${slug} ${answers.domain}`),
          ],
          ['another region', /us-east-1/u, answers.region === 'us-east-1'],
          ['another architecture', /X86_64|amd64/u, answers.architecture === 'X86_64'],
          ['another class', /db\.t4g\.small/u, answers.rdsClass === 'db.t4g.small'],
        ];
        // The runtime is the same everywhere: the release knows what each architecture is called.
        const knows = /baseline\.json$|requirements|\.pem$|^django_fargate\//u;
        for (const [what, pattern, isRight] of strangers) {
          const found = [...files]
            .filter(([file]) => !knows.test(file))
            .filter(([file, { text: content }]) => !isRight && pattern.test(`${file}\n${content}`));
          assert.deepEqual(
            found.map(([file]) => file),
            [],
            what,
          );
        }
      });

      it('stores what was answered, and no computed size', () => {
        const stored = read<Record<string, unknown>>(text('.yo-rc.json'));
        assert.deepEqual(stored, { 'generator-django-fargate': storedOf(answers) });
      });
    });
  }

  // Mocha runs a suite's own tests before those of the suites in it.
  describe('in every case', () => {
    it('is Python that parses, all of it', async function () {
      this.timeout(120_000);
      assert.ok(python.size > matrix.length, 'the cases ran');
      const { path: interpreter } = await needPython(this, '3.11');
      const named = [...python].map(([content, name]) => [name, content] as const);
      assert.deepEqual(await pythonFaults(interpreter, named), []);
    });

    it('is shell that parses, all of it', async function () {
      this.timeout(120_000);
      assert.ok(shell.size > matrix.length, 'the cases ran');
      assert.deepEqual(await shellFaults(shell), []);
    });
  });
});

describe('the matrix', () => {
  it('takes every choice, and the bounds of names', () => {
    const all = matrix.map(answersOf);
    const values = (key: keyof Answers) => [...new Set(all.map((answers) => answers[key]))];
    assert.deepEqual(values('ci').toSorted(), ciProviders.toSorted());
    assert.deepEqual(values('architecture').toSorted(), ['ARM64', 'X86_64']);
    assert.deepEqual(values('django').toSorted(), ['5.2', '6.1']);
    assert.deepEqual(values('python').toSorted(), ['3.12', '3.13', '3.14', '3.15']);
    assert.deepEqual(values('infrastructure').toSorted(), ['cloudformation', 'none']);
    assert.deepEqual(values('egress').toSorted(), ['endpoints', 'nat']);
    assert.deepEqual(values('static').toSorted(), ['s3', 'whitenoise']);
    assert.deepEqual(values('assets').toSorted(), ['node', 'none']);
    assert.deepEqual(values('user').toSorted(), ['custom', 'django']);
    assert.deepEqual(values('errors').toSorted(), ['none', 'sentry']);
    assert.deepEqual(values('pooler').toSorted(), ['none', 'pgbouncer']);
    assert.deepEqual(
      values('vcpu').toSorted((one, other) => Number(one) - Number(other)),
      [0.25, 0.5, 1, 2, 4, 8, 16],
    );
    const majors = values('rdsEngineVersion').map((version) => String(version).split('.')[0]);
    assert.deepEqual([...new Set(majors)].toSorted(), ['14', '15', '16', '17', '18']);
    const lengths = values('projectName').map((name) => String(name).length);
    assert.deepEqual([Math.min(...lengths), Math.max(...lengths)], [2, 24]);
  });

  it('reaches every template of the repository', () => {
    const emitted = new Set(matrix.map(answersOf).flatMap((answers) => pathsOf(answers)));
    assert.ok(rows.length > 40);
    for (const { path: file } of rows) {
      assert.ok(emitted.has(file.replace(/^project\//u, 'shop/')), `${file} is in no case`);
    }
  });
});
