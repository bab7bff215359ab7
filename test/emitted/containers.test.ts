import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse as parseYaml } from 'yaml';
import { emittedCases, readEmitted, repositoryOf } from '../support/emit.ts';
import { need } from '../support/need.ts';
import { root } from '../support/paths.ts';
import { run, runOk } from '../support/run.ts';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const taskDefinitions = ['web', 'migrate', 'ops'].map((name) => `deploy/ecs/${name}.json`);
const poolerDockerfile = 'deploy/pgbouncer/Dockerfile';

/** The cases in which the web tasks go through PgBouncer, by their number. */
const pooled = [...emittedCases.entries()].flatMap(([number, { flags }]) =>
  flags.includes('pgbouncer') ? [number] : [],
);

/** The task definitions of a case. */
const definitionsOf = (caseNumber: number): readonly string[] =>
  pooled.includes(caseNumber) ? [...taskDefinitions, 'deploy/ecs/pgbouncer.json'] : taskDefinitions;

interface Service {
  readonly image: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly profiles?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly stop_grace_period?: string;
  readonly init?: boolean;
  readonly read_only?: boolean;
  readonly tmpfs?: readonly string[];
  readonly cap_drop?: readonly string[];
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
}

interface Definition {
  readonly containerDefinitions: readonly [
    {
      readonly healthCheck: { readonly command: readonly string[] };
      readonly stopTimeout: number;
      readonly environment: readonly { readonly name: string }[];
      readonly secrets: readonly { readonly name: string }[];
    },
  ];
}

describe('the emitted container files', function () {
  this.timeout(120_000);
  let folder = '';

  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'containers-'));
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Writes a text beside the others and returns its path. */
  function put(name: string, text: string): string {
    const file = path.join(folder, name);
    writeFileSync(file, text);
    return file;
  }

  async function emitted(file: string, caseNumber = 0): Promise<string> {
    const example = emittedCases[caseNumber];
    assert.ok(example !== undefined);
    return readEmitted(await repositoryOf(example), file);
  }

  describe('Dockerfile', () => {
    it('is clean under hadolint', async function () {
      const hadolint = need(this, 'hadolint');
      for (const number of emittedCases.keys()) {
        await runOk(hadolint, ['--no-color', put('Dockerfile', await emitted('Dockerfile', number))]);
      }
    });

    it('of PgBouncer is as clean, and has a base image that a bot can raise', async function () {
      const hadolint = need(this, 'hadolint');
      assert.ok(pooled.length > 1);
      for (const number of pooled) {
        const text = await emitted(poolerDockerfile, number);
        await runOk(hadolint, ['--no-color', put('Dockerfile', text)]);
        const version = /^ARG PYTHON_VERSION=(\S+)$/mu.exec(await emitted('Dockerfile', number))?.[1];
        // The Debian is named, since PgBouncer's version is that of its release.
        assert.match(text, new RegExp(`^FROM python:${version}-slim-trixie$`, 'mu'));
      }
    });

    it('of PgBouncer copies only what .dockerignore lets in', async () => {
      for (const number of pooled) {
        const ignored = (await emitted('.dockerignore', number)).split('\n');
        const [, sources = ''] = /^COPY (.*) \/\S+\/$/mu.exec(await emitted(poolerDockerfile, number)) ?? [];
        assert.equal(sources.split(' ').length, 3, sources);
        for (const source of sources.split(' ')) assert.notEqual(await emitted(source, number), '');
        assert.ok(ignored.includes('!deploy/pgbouncer') && !ignored.includes('deploy'));
        assert.ok(ignored.indexOf('deploy/*') < ignored.indexOf('!deploy/pgbouncer'));
      }
    });

    it('is not, without the version of its base image', async function () {
      const hadolint = need(this, 'hadolint');
      const broken = (await emitted('Dockerfile')).replace(/^FROM python:\S+/mu, 'FROM python:latest');
      const { code, output } = await run(hadolint, ['--no-color', put('Dockerfile', broken)]);
      assert.equal(code, 1, output);
      assert.match(output, /DL3007/u);
    });
  });

  describe('compose.yaml', () => {
    const args = (file: string) => ['--builtin-schema', 'vendor.compose-spec', file];

    it('follows the Compose specification', async function () {
      const check = need(this, 'check-jsonschema');
      for (const number of emittedCases.keys()) {
        await runOk(check, args(put('compose.yaml', await emitted('compose.yaml', number))));
      }
    });

    it('runs PgBouncer as its task definition does, and the pooled web as the other web', async () => {
      for (const number of pooled) {
        const { services } = parseYaml(await emitted('compose.yaml', number), { merge: true }) as Compose;
        const [definition] = (JSON.parse(await emitted('deploy/ecs/pgbouncer.json', number)) as Definition)
          .containerDefinitions;
        const { pgbouncer, pooled: behind, web, db } = services;
        assert.ok(pgbouncer !== undefined && behind !== undefined && web !== undefined && db !== undefined);
        assert.deepEqual(pgbouncer.healthcheck?.test, definition.healthCheck.command);
        assert.equal(pgbouncer.stop_grace_period, `${definition.stopTimeout}s`);
        assert.deepEqual([pgbouncer.profiles, behind.profiles], [['pgbouncer'], ['pgbouncer']]);
        assert.equal(pgbouncer.read_only, true);
        const names = (service: Service) => Object.keys(service.environment);
        const inTask = [...definition.environment, ...definition.secrets].map(({ name }) => name);
        assert.deepEqual(names(pgbouncer).toSorted(), [...inTask, 'DB_SSLMODE'].toSorted());
        assert.deepEqual(names(behind).toSorted(), [...names(web), 'DB_POOLED'].toSorted());
        assert.deepEqual(
          [behind.image, behind.init, behind.read_only, behind.tmpfs, behind.cap_drop],
          [web.image, web.init, web.read_only, web.tmpfs, web.cap_drop],
        );
      }
    });

    it('does not, with a key that does not exist', async function () {
      const broken = (await emitted('compose.yaml')).replace(/read_only:/u, 'readonly:');
      const { code, output } = await run(need(this, 'check-jsonschema'), args(put('compose.yaml', broken)));
      assert.equal(code, 1, output);
      assert.match(output, /readonly/u);
    });
  });

  describe('task definitions', () => {
    const script = path.join(root, 'test', 'support', 'check_task_definition.py');
    /** Each changes a good definition into one that must be refused, by this check. */
    const faults: readonly {
      readonly name: string;
      readonly by: 'botocore' | 'cfn-lint';
      readonly says: RegExp;
      readonly change: (text: string) => string;
    }[] = [
      {
        name: 'an unknown key',
        by: 'botocore',
        says: /Unknown parameter in input: "networkmode"/u,
        change: (text) => text.replace('"networkMode"', '"networkmode"'),
      },
      {
        name: 'an unknown network mode',
        by: 'botocore',
        says: /'awsvpcc' is not one of/u,
        change: (text) => text.replace('"awsvpc"', '"awsvpcc"'),
      },
      {
        name: 'a number as cpu',
        by: 'botocore',
        says: /Invalid type for parameter cpu/u,
        change: (text) => text.replace(/"cpu": "(\d+)"/u, '"cpu": $1'),
      },
      {
        name: 'memory that Fargate does not pair',
        by: 'cfn-lint',
        says: /E3047/u,
        change: (text) =>
          text.replace(/"cpu": "\d+"/u, '"cpu": "4096"').replace(/"memory": "\d+"/u, '"memory": "1024"'),
      },
      {
        name: 'host networking',
        by: 'cfn-lint',
        says: /'host' is not one of/u,
        change: (text) => text.replace('"awsvpc"', '"host"'),
      },
    ];

    const byBotocore = (python: string, text: string) => run(python, [script, put('task.json', text)]);
    const byCfnLint = (cfnLint: string, text: string) =>
      run(cfnLint, ['--non-zero-exit-code', 'warning', put('template.json', asTemplate(text))]);

    it('are what RegisterTaskDefinition takes', async function () {
      const python = need(this, 'botocore');
      for (const number of emittedCases.keys()) {
        for (const file of definitionsOf(number)) {
          const { code, output } = await byBotocore(python, await emitted(file, number));
          assert.equal(code, 0, `${file}: ${output}`);
        }
      }
    });

    it('are clean under cfn-lint, as a template', async function () {
      const cfnLint = need(this, 'cfn-lint');
      for (const number of emittedCases.keys()) {
        const texts = await Promise.all(definitionsOf(number).map((file) => emitted(file, number)));
        const { code, output } = await byCfnLint(cfnLint, `[${texts.join(',')}]`);
        assert.equal(code, 0, `${emittedCases[number]?.name}: ${output}`);
      }
    });

    for (const { name, by, says, change } of faults) {
      it(`are not, with ${name}: ${by}`, async function () {
        const good = await emitted('deploy/ecs/web.json');
        assert.notEqual(change(good), good, 'nothing was planted');
        const outcome =
          by === 'botocore'
            ? await byBotocore(need(this, 'botocore'), change(good))
            : await byCfnLint(need(this, 'cfn-lint'), change(good));
        assert.notEqual(outcome.code, 0, outcome.output);
        assert.match(outcome.output, says);
      });
    }
  });
});

/** One or more task definitions as a CloudFormation template, with an account and values in the placeholders' place. */
function asTemplate(text: string): string {
  const definitions = [JSON.parse(text.replaceAll('ACCOUNT', '123456789012')) as Json].flat() as readonly Json[];
  const resources = definitions.map((definition, i) => [
    `Task${i}`,
    { Type: 'AWS::ECS::TaskDefinition', Properties: asProperties(definition) },
  ]);
  return JSON.stringify({ AWSTemplateFormatVersion: '2010-09-09', Resources: Object.fromEntries(resources) });
}

/** CloudFormation writes the API's keys with a capital, except in maps whose keys are the user's. */
function asProperties(value: Json): Json {
  if (Array.isArray(value)) {
    return value.map(asProperties);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key.charAt(0).toUpperCase() + key.slice(1),
      key === 'options' || key === 'dockerLabels' ? inner : asProperties(inner),
    ]),
  );
}
