import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { emitRepository } from '../support/emit.ts';
import { need } from '../support/need.ts';
import type { skip } from '../support/need.ts';
import { Rehearsal } from '../support/rehearsal.ts';
import type { Asked } from '../support/rehearsal.ts';
import { run } from '../support/run.ts';
import type { Outcome } from '../support/run.ts';

/** Variables that the user sets once, as deploy/README.md says. */
const roles = { AWS_BUILD_ROLE_ARN: 'arn:build', AWS_RELEASE_ROLE_ARN: 'arn:release' };

type Variables = Readonly<Record<string, string>>;

/** A provider's pipelines, run for a push to a branch. */
interface Provider {
  readonly ci: string;
  /** What is changed in the emitted file so that it can run here. */
  readonly file: string;
  readonly change: (text: string, folder: string) => string;
  readonly run: (
    context: Parameters<typeof skip>[0],
    rehearsal: Rehearsal,
    branch: string,
    variables: Variables,
  ) => Promise<Outcome>;
  /** What proves to AWS who asks, where the provider hands it to the job itself. */
  readonly token: string;
  /** Its release has a project and a role of its own, so no variable switches it off. */
  readonly isAlwaysOn?: true;
}

const providers: readonly Provider[] = [
  {
    ci: 'github',
    file: '.github/workflows/deploy.yml',
    // The credentials' action, which here is a stand-in, hands its role to what comes after it.
    change: (text) => text,
    token: '',
    run: async (context, rehearsal, branch, variables) => {
      const act = need(context, 'act');
      const workflow = branch === 'main' ? 'deploy.yml' : 'ci.yml';
      const texts = ['ci.yml', 'deploy.yml'].map((file) =>
        readFileSync(path.join(rehearsal.repository, '.github', 'workflows', file), 'utf8'),
      );
      const actions = texts.flatMap((text) => [...text.matchAll(/uses: ([\w.-]+\/[\w.-]+@[0-9a-f]{40})/gu)]);
      const standIn = path.join(rehearsal.folder, 'action');
      mkdirSync(standIn, { recursive: true });
      writeFileSync(path.join(standIn, 'action.yml'), action);
      const args = [
        ...['push', '--workflows', path.join('.github', 'workflows', workflow), '--defaultbranch', 'main'],
        ...['ubuntu-24.04', 'ubuntu-24.04-arm'].flatMap((runner) => ['--platform', `${runner}=-self-hosted`]),
        ...[...new Set(actions.map(([, name]) => name))].flatMap((name) => [
          '--local-repository',
          `${name}=${standIn}`,
        ]),
        ...Object.entries(variables).flatMap(([name, value]) => ['--var', `${name}=${value}`]),
      ];
      return run(act, args, { cwd: rehearsal.repository, env: rehearsal.env });
    },
  },
  {
    ci: 'gitlab',
    file: '.gitlab-ci.yml',
    // Jobs run on this machine: no second container beside them, and nothing outside of this folder.
    change: (text, folder) => text.replaceAll(/^( +)services:\n(?:\1 .*\n)+/gmu, '').replaceAll('/tmp/', `${folder}/`),
    token: 'of-gitlab',
    run: (context, rehearsal, _branch, variables) => {
      const node = need(context, 'node22');
      need(context, 'rsync');
      const args = [
        ...[need(context, 'gitlab-ci-local'), '--force-shell-executor'],
        ...Object.entries({ AWS_ID_TOKEN: 'of-gitlab', ...variables }).flatMap(([name, value]) => [
          '--variable',
          `${name}=${value}`,
        ]),
      ];
      return run(node, args, { cwd: rehearsal.repository, env: rehearsal.env });
    },
  },
  {
    ci: 'bitbucket',
    file: 'bitbucket-pipelines.yml',
    change: (text, folder) => text.replaceAll('/tmp/', `${folder}/`),
    token: 'of-bitbucket',
    run: async (_context, rehearsal, branch, variables) => {
      const text = readFileSync(path.join(rehearsal.repository, 'bitbucket-pipelines.yml'), 'utf8');
      const { pipelines } = parse(text) as { pipelines: { branches: Record<string, unknown>; default: unknown } };
      const sha = await rehearsal.checkOut(branch);
      const env = { ...variables, BITBUCKET_COMMIT: sha, BITBUCKET_STEP_OIDC_TOKEN: 'of-bitbucket' };
      return runInTurn(rehearsal, stepsIn(pipelines.branches[branch] ?? pipelines.default), env);
    },
  },
  {
    ci: 'codebuild',
    file: 'buildspec.yml',
    change: (text) => text,
    token: '',
    isAlwaysOn: true,
    run: async (_context, rehearsal, branch, variables) => {
      // Each has a project: of every branch the one, of main the other, too.
      const files = ['buildspec.yml', ...(branch === 'main' ? ['deploy/buildspec.yml'] : [])];
      const scripts = files.map((file) => {
        const text = readFileSync(path.join(rehearsal.repository, file), 'utf8');
        const { phases } = parse(text) as { phases: Record<string, { commands: readonly string[] }> };
        return ['install', 'pre_build', 'build'].flatMap((phase) => phases[phase]?.commands ?? []);
      });
      const sha = await rehearsal.checkOut(branch);
      return runInTurn(rehearsal, scripts, { ...variables, CODEBUILD_RESOLVED_SOURCE_VERSION: sha });
    },
  },
];

/** In the place of every action: what it gets by `with` can be seen by the steps after it. */
const action = `name: stand-in
description: stand-in
inputs:
  role-to-assume:
    description: of aws-actions/configure-aws-credentials
runs:
  using: composite
  steps:
    - run: if [ -n "$ROLE" ]; then echo "AWS_ROLE_ARN=$ROLE" >> "$GITHUB_ENV"; fi
      shell: sh
      env:
        ROLE: \${{ inputs.role-to-assume }}
`;

/** The scripts of Bitbucket's steps, those side by side one after another. */
function stepsIn(value: unknown): readonly (readonly string[])[] {
  if (Array.isArray(value)) {
    return value.flatMap(stepsIn);
  }
  const { step, parallel } = value as { step?: { script: readonly string[] }; parallel?: unknown };
  return step === undefined ? stepsIn(parallel) : [step.script];
}

/** Each script in a shell of its own that ends with the first command that fails, and no other after it. */
async function runInTurn(
  rehearsal: Rehearsal,
  scripts: readonly (readonly string[])[],
  variables: Variables,
): Promise<Outcome> {
  let outcome: Outcome | undefined;
  for (const script of scripts) {
    const env = { ...rehearsal.env, ...variables };
    outcome = await run('sh', ['-e'], { cwd: rehearsal.repository, env, input: `${script.join('\n')}\n` });
    if (outcome.code !== 0) {
      break;
    }
  }
  assert.ok(outcome !== undefined, 'no script');
  return outcome;
}

describe('the emitted pipelines, run', function () {
  this.timeout(120_000);
  this.slow(10_000);

  let emitted = '';

  before(() => {
    emitted = mkdtempSync(path.join(tmpdir(), 'pipelines-'));
  });

  after(() => rmSync(emitted, { recursive: true, force: true }));

  for (const provider of providers) {
    describe(provider.ci, () => {
      let rehearsal: Rehearsal;

      before(async () => {
        const source = path.join(emitted, provider.ci);
        await emitRepository(source, ['--project-name', 'shop', '--ci', provider.ci, '--static', 's3']);
        rehearsal = await Rehearsal.of(source, provider.change, provider.file);
      });

      after(() => rehearsal?.remove());

      async function push(
        context: Parameters<typeof skip>[0],
        branch: string,
        { fails = '', variables = roles }: { readonly fails?: string; readonly variables?: Variables } = {},
      ): Promise<{ readonly code: number; readonly output: string; readonly asked: readonly Asked[]; sha: string }> {
        const sha = await rehearsal.checkOut(branch);
        rehearsal.fail(fails);
        rehearsal.asked();
        const { code, output } = await provider.run(context, rehearsal, branch, variables);
        return { code, output, asked: rehearsal.asked(), sha };
      }

      const isPush = ({ command }: Asked) => /(^make push$)|django_fargate\.release push$/u.test(command);
      const isRelease = ({ command }: Asked) => /(^make release$)|django_fargate\.release release$/u.test(command);

      it('a push to main tests, pushes the image of its commit, then releases, each with its own role', async function () {
        const { code, output, asked, sha } = await push(this, 'main');
        assert.equal(code, 0, output);
        const places = [isPush, isRelease].map((is) => asked.flatMap((one, index) => (is(one) ? [index] : [])));
        const [[pushed = -1, ...pushedAgain] = [], [released = -1, ...releasedAgain] = []] = places;
        assert.deepEqual([...pushedAgain, ...releasedAgain], []);
        assert.ok(0 <= pushed && pushed < released, JSON.stringify(asked, undefined, 1));
        const before = asked.slice(0, pushed).map(({ command }) => command);
        const builds = before.some((command) => command === 'make smoke' || command.startsWith('docker build'));
        assert.ok(builds, before.join('\n'));
        for (const target of ['lint', 'check', 'lint-migrations', 'test']) {
          assert.ok(before.includes(`make ${target}`), `${target} does not come first`);
        }
        assert.equal(asked[pushed]?.sha, sha);
        if (provider.isAlwaysOn === undefined) {
          assert.deepEqual([asked[pushed]?.role, asked[released]?.role], ['arn:build', 'arn:release']);
          assert.deepEqual([asked[pushed]?.token, asked[released]?.token], [provider.token, provider.token]);
        }
        const others = asked.filter(({ command }) => !/push|release|pip|static|venv/u.test(command));
        assert.ok(
          others.every(({ role, token }) => role === '' && token === ''),
          'others hold a role, too',
        );
      });

      it('the static files are collected before the release', async function () {
        const { asked } = await push(this, 'main');
        const collected = asked.findIndex(({ command }) => command === 'make static');
        // `make release` collects them itself.
        assert.ok(asked.some(({ command }) => command === 'make release') || collected >= 0);
        assert.ok(collected < asked.findIndex(isRelease));
      });

      it('a push to another branch tests and does no more', async function () {
        const { code, output, asked } = await push(this, 'feature');
        assert.equal(code, 0, output);
        assert.ok(asked.some(({ command }) => command === 'make test'));
        assert.ok(!asked.some((one) => isPush(one) || isRelease(one)), JSON.stringify(asked));
        assert.ok(asked.every(({ role, token }) => role === '' && token === ''));
      });

      for (const fails of ['make lint', 'make lint-migrations', 'make test']) {
        it(`nothing is pushed when \`${fails}\` fails`, async function () {
          const { code, asked } = await push(this, 'main', { fails });
          assert.notEqual(code, 0);
          assert.ok(!asked.some((one) => isPush(one) || isRelease(one)), JSON.stringify(asked));
        });
      }

      it('nothing is released when the image could not be pushed', async function () {
        const { code, asked } = await push(this, 'main', {
          fails: provider.isAlwaysOn ? 'make push' : 'django_fargate.release push',
        });
        assert.notEqual(code, 0);
        assert.equal(asked.filter(isPush).length, 1);
        assert.deepEqual(asked.filter(isRelease), []);
      });

      it('is red when the release failed', async function () {
        const { code, asked } = await push(this, 'main', {
          fails: provider.isAlwaysOn ? 'make release' : 'django_fargate.release release',
        });
        assert.notEqual(code, 0);
        assert.equal(asked.filter(isRelease).length, 1);
      });

      if (provider.isAlwaysOn === undefined) {
        it('is green, and pushes nothing, as long as there is no role', async function () {
          const { code, output, asked } = await push(this, 'main', { variables: {} });
          assert.equal(code, 0, output);
          assert.ok(!asked.some((one) => isPush(one) || isRelease(one)), JSON.stringify(asked));
        });
      }
    });
  }
});
