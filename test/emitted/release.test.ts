import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { renderText } from '../support/renderText.ts';
import { run } from '../support/run.ts';
import { runtimeCases, runtimeFolder, venvOf } from '../support/runtime.ts';

type Changes = Parameters<typeof renderText>[0];

const byHand: Changes = { infrastructure: 'none' };
const sqs: Changes = { broker: 'sqs', beat: true };
const redis: Changes = { broker: 'redis', celeryLongestTaskSeconds: 600 };
const pgbouncer: Changes = { pooler: 'pgbouncer' };

const repositories: Readonly<Record<string, Changes>> = {
  'the default answers': {},
  'GitLab, a worker on SQS and beat, PgBouncer, a domain': {
    ...{ ci: 'gitlab', domain: 'example.com', region: 'eu-central-1' },
    ...sqs,
    ...pgbouncer,
  },
  'Bitbucket, a worker on Valkey with long tasks, static files on S3': { ci: 'bitbucket', ...redis, static: 's3' },
  'CodeBuild, ARM64': { ci: 'codebuild', architecture: 'ARM64' },
  'no CI, PgBouncer': { ci: 'none', ...pgbouncer },
  'no stacks': byHand,
  'no stacks, a worker on Valkey with long tasks': { ...byHand, ...redis },
  'no stacks, a worker on SQS and beat, PgBouncer': { ...byHand, ...sqs, ...pgbouncer },
};

/** What to change in a file, and which test must notice. */
type Fault = readonly [what: string, file: string, search: RegExp, by: string, notices: string];

const faults: readonly Fault[] = [
  [
    'a word that nothing fills in',
    'deploy/ecs/web.json',
    /"DB_PORT",\s*"value": "5432"/u,
    '"DB_PORT", "value": "GIT_SHA-RDS_ENDPOINT_PORT"',
    'no_word_is_left',
  ],
  [
    'a stack whose parameters are in another form',
    'deploy/cloudformation/service.yaml',
    /^Parameters:$/mu,
    'Parameters: # all of them',
    'every_stack',
  ],
  [
    'a parameter for which there is no revision yet',
    'deploy/cloudformation/service.yaml',
    /(Revision:\n +Type: String\n) +Default: ""\n/u,
    '$1',
    'every_stack',
  ],
  [
    'a name that is not read',
    'deploy/cloudformation/platform.yaml',
    /Name: shop\/django$/mu,
    'Name: !Ref Name',
    'names_of_this_repository',
  ],
  [
    'a role for an hour',
    'deploy/cloudformation/platform.yaml',
    /MaxSessionDuration: 7200/u,
    'MaxSessionDuration: 3600',
    'role_of_the_stacks',
  ],
  [
    'a job for three hours',
    '.github/workflows/deploy.yml',
    /role-duration-seconds: 7200/u,
    'role-duration-seconds: 10800',
    'no_job_takes_longer',
  ],
  ['a first stage without a name', 'Dockerfile', / AS build$/mu, ' AS other', 'the_cache_is_the_stage'],
];

describe('an emitted repository and the release program', function () {
  this.timeout(120_000);
  let folder = '';
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'repositories-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Writes a repository, with a change of one file. */
  async function write(name: string, changes: Changes, change = (_: string, text: string) => text): Promise<string> {
    const repository = path.join(folder, name);
    for (const [file, text] of await renderText(changes)) {
      const target = path.join(repository, file);
      mkdirSync(path.dirname(target), { recursive: true });
      writeFileSync(target, change(file, text));
    }
    return repository;
  }

  async function check(python: string, repository: string) {
    const args = ['-m', 'pytest', '-p', 'no:cacheprovider', '--quiet', '--tb', 'line', 'tests/repository'];
    const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1', REPOSITORY: repository };
    return run(python, args, { cwd: runtimeFolder, env });
  }

  const [example] = runtimeCases.filter(({ tests }) => tests === 'release');
  assert.ok(example !== undefined);

  for (const [name, changes] of Object.entries(repositories)) {
    it(`fit together: ${name}`, async function () {
      const python = await venvOf(this, example);
      const { code, output } = await check(python, await write(name, changes));
      assert.equal(code, 0, output);
      assert.match(output, /\b[1-9]\d* passed\b/u);
    });
  }

  for (const [index, [what, file, search, by, notices]] of faults.entries()) {
    it(`do not with ${what}, planted in it`, async function () {
      const python = await venvOf(this, example);
      const changed = await write(`planted-${index}`, {}, (name, text) => {
        if (name !== file) return text;
        assert.notEqual(text.replace(search, by), text, 'nothing was planted');
        return text.replace(search, by);
      });
      const { code, output } = await check(python, changed);
      assert.equal(code, 1, output);
      assert.match(output, new RegExp(`FAILED \\S*${notices}`, 'u'));
    });
  }
});
