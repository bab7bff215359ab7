import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { ciProviders } from '../../core/features/ci/providers.ts';
import { pipelineFiles } from '../support/emit.ts';
import { need } from '../support/need.ts';
import { renderText } from '../support/renderText.ts';
import { run, runOk } from '../support/run.ts';

/** One repository of the matrix that decides what is in a pipeline. */
interface Variant {
  readonly name: string;
  readonly answers: Readonly<Record<string, string>>;
  readonly files: ReadonlyMap<string, string>;
}

/** What a linter is asked about emitted files, and a change to one which it must notice. */
interface Check {
  readonly file: string;
  readonly tool: string;
  readonly args: (files: readonly string[], shellcheck: string) => readonly string[];
  readonly plant: (text: string) => string;
}

const schema = (file: string, name: string, plant: Check['plant']): Check => ({
  file,
  tool: 'check-jsonschema',
  args: (files) => ['--builtin-schema', `vendor.${name}`, ...files],
  plant,
});

const replace = (search: RegExp, by: string) => (text: string) => text.replace(search, by);

const actionlint = (file: string, plant: Check['plant']): Check => ({
  file,
  tool: 'actionlint',
  args: (files, shellcheck) => ['-shellcheck', shellcheck, ...files],
  plant,
});

const zizmor = (file: string, plant: Check['plant']): Check => ({
  file,
  tool: 'zizmor',
  args: (files) => ['--offline', '--no-progress', '--persona', 'pedantic', ...files],
  plant,
});

const [ci = '', deploy = ''] = pipelineFiles;

const checks: readonly Check[] = [
  actionlint(ci, replace(/runs-on: \S+/u, 'runs-on: ubuntu-99.04')),
  actionlint(deploy, replace(/needs: image/u, 'needs: imago')),
  actionlint(deploy, replace(/ci\.yml/u, 'no-such.yml')),
  zizmor(ci, replace(/actions\/checkout@[0-9a-f]{40}/u, 'actions/checkout@v7')),
  zizmor(deploy, replace(/^permissions: \{\}$/mu, 'permissions: write-all')),
  zizmor(deploy, replace(/configure-aws-credentials@[0-9a-f]{40}/u, 'configure-aws-credentials@v6')),
  schema(ci, 'github-workflows', replace(/runs-on:/u, 'run-on:')),
  schema(deploy, 'github-workflows', replace(/id-token: write/u, 'id-token: all')),
  schema('.github/dependabot.yml', 'dependabot', replace(/interval:/u, 'intervall:')),
  schema('renovate.json', 'renovate', replace(/"minimumReleaseAge": "[^"]+"/u, '"minimumReleaseAge": 7')),
  schema('.gitlab-ci.yml', 'gitlab-ci', replace(/^( +)script:/mu, '$1scripts:')),
  schema('.gitlab-ci.yml', 'gitlab-ci', replace(/interruptible: false/u, 'interruptible: never')),
  schema('bitbucket-pipelines.yml', 'bitbucket-pipelines', replace(/oidc: true/u, 'oidc: please')),
  schema('bitbucket-pipelines.yml', 'bitbucket-pipelines', replace(/deployment: production/u, 'deployment: 1')),
];

/**
 * The actions that are emitted: the commit of each release, as looked up (2026-11-23). A commit that is not here was
 * made up, or is a newer one that belongs here too.
 */
const knownActions: Readonly<Record<string, string>> = {
  'actions/checkout': '3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1',
  'actions/setup-node': '820762786026740c76f36085b0efc47a31fe5020 # v7.0.0',
  'actions/setup-python': '5fda3b95a4ea91299a34e894583c3862153e4b97 # v7.0.0',
  'aws-actions/configure-aws-credentials': 'e6de054238d6b7531b4efff3b6587d9aade6a06c # v6.2.3',
};

describe('the emitted CI files', function () {
  this.timeout(120_000);
  let variants: readonly Variant[] = [];
  let folder = '';

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'ci-'));
    const combinations = ciProviders.flatMap((provider) =>
      ['X86_64', 'ARM64'].flatMap((architecture) =>
        ['whitenoise', 's3'].map((server) => ({
          ci: provider,
          architecture,
          static: server,
          assets: architecture === 'ARM64' ? 'node' : 'none',
        })),
      ),
    );
    const all = [...combinations, ...ciProviders.map((provider) => ({ ci: provider, infrastructure: 'none' }))];
    variants = await Promise.all(
      all.map(async (answers) => ({
        name: Object.values(answers).join('-'),
        answers,
        files: await renderText(answers),
      })),
    );
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  const withFile = (file: string) => variants.filter(({ files }) => files.has(file));
  const textOf = ({ files }: Variant, file: string) => files.get(file) ?? assert.fail(`${file} is not emitted`);

  for (const [number, { file, tool, args, plant }] of checks.entries()) {
    describe(`${file} under ${tool} (${number})`, () => {
      /** Writes a file of some variants where it belongs, with all that stands beside it, and returns the paths. */
      function write(name: string, some: readonly Variant[], change: (text: string) => string): readonly string[] {
        return some.map((variant) => {
          const repository = path.join(folder, `${name}-${number}`, variant.name);
          mkdirSync(path.join(repository, '.git'), { recursive: true });
          for (const one of new Set([file, ...pipelineFiles])) {
            if (variant.files.has(one)) {
              mkdirSync(path.dirname(path.join(repository, one)), { recursive: true });
              writeFileSync(
                path.join(repository, one),
                one === file ? change(textOf(variant, one)) : textOf(variant, one),
              );
            }
          }
          return path.join(repository, file);
        });
      }

      // Once, however many faults are planted in it.
      if (checks.findIndex((check) => check.file === file && check.tool === tool) === number) {
        it('is clean, whatever the answers', async function () {
          const files = write('clean', withFile(file), (text) => text);
          assert.ok(files.length >= 5, `${file} is in ${files.length} variants`);
          await runOk(need(this, tool), args(files, need(this, 'shellcheck')), { cwd: folder });
        });
      }

      it('is not, with a fault planted in it', async function () {
        const [variant] = withFile(file);
        assert.ok(variant !== undefined);
        assert.notEqual(plant(textOf(variant, file)), textOf(variant, file), 'nothing was planted');
        const files = write('planted', [variant], plant);
        const { code, output } = await run(need(this, tool), args(files, need(this, 'shellcheck')), { cwd: folder });
        assert.notEqual(code, 0, output);
      });
    });
  }

  it('name Make targets that exist, and run nothing that shellcheck objects to', async function () {
    const shellcheck = need(this, 'shellcheck');
    const scripts = new Map<string, string>();
    for (const variant of variants) {
      for (const file of pipelineFiles.filter((one) => variant.files.has(one))) {
        const commands = scriptsIn(parse(textOf(variant, file), { merge: true }));
        assert.ok(commands.length > 0, `${file} runs nothing`);
        const targets = commands.flatMap((command) => [...command.matchAll(/\bmake ([a-z-]+)/gu)]);
        for (const [, target] of targets) {
          const rule = new RegExp(`^${target}:`, 'mu');
          assert.match(textOf(variant, 'Makefile'), rule, `${variant.name}, ${file}: make ${target}`);
        }
        for (const command of commands) {
          for (const [, program = ''] of command.matchAll(/\bpython (deploy\/\S+)/gu)) {
            assert.ok(variant.files.has(program), `${variant.name}, ${file}: ${program}`);
          }
        }
        scripts.set(commands.join('\n'), file);
      }
    }
    for (const [script, file] of scripts) {
      // $GIT_SHA and others are set in one script for the programs of the next.
      const { code, output } = await run(shellcheck, ['--shell=sh', '-'], { input: `${script}\n` });
      assert.equal(code, 0, `${file}: ${output}`);
    }
  });

  it('hold no key and no password, and no image that moves', () => {
    for (const variant of variants) {
      for (const file of pipelineFiles.filter((one) => variant.files.has(one))) {
        const text = textOf(variant, file);
        // The one secret, which may be missing: who may read a private package index.
        const own = text.replaceAll('PACKAGES_NETRC: ${{ secrets.PACKAGES_NETRC }}', '');
        assert.doesNotMatch(own, /ACCESS_KEY|secrets\.|\bAKIA|:latest\b/u, `${variant.name}: ${file}`);
      }
    }
  });

  it('use actions by the commit of a release that was looked up', () => {
    const used = new Set<string>();
    for (const variant of withFile(deploy)) {
      for (const file of [ci, deploy]) {
        for (const [, action = '', version] of textOf(variant, file).matchAll(/uses: ([\w.-]+\/[\w.-]+)@(.+)$/gmu)) {
          assert.equal(version, knownActions[action], action);
          used.add(action);
        }
      }
    }
    assert.deepEqual([...used].toSorted(), Object.keys(knownActions));
  });

  it('build for the tasks on a machine of their architecture', () => {
    const arm: Readonly<Record<string, RegExp>> = {
      [ci]: /name: Build and start the image\n +runs-on: ubuntu-24\.04-arm$/mu,
      [deploy]: /^ {2}image:\n[\s\S]*? runs-on: ubuntu-24\.04-arm$/mu,
      '.gitlab-ci.yml': /^ {4}- saas-linux-small-arm64$/mu,
      'bitbucket-pipelines.yml': /arch: arm$[\s\S]+arch: arm$/mu,
    };
    for (const [file, pattern] of Object.entries(arm)) {
      const [on, off] = ['ARM64', 'X86_64'].map((architecture) =>
        withFile(file).filter(({ answers }) => answers['architecture'] === architecture),
      );
      assert.ok(on?.length === 2 && off?.length === 2, file);
      on.forEach((variant) => assert.match(textOf(variant, file), pattern));
      off.forEach((variant) => assert.doesNotMatch(textOf(variant, file), /\barm(64)?\b/u));
    }
  });

  it('ask GitHub for no more rights than each job needs, and release one at a time', () => {
    for (const variant of withFile(deploy)) {
      const workflow = parse(textOf(variant, deploy)) as Workflow;
      assert.deepEqual(workflow.on.push, { branches: ['main'] });
      assert.deepEqual(workflow.concurrency, { group: 'deploy', 'cancel-in-progress': false });
      assert.deepEqual(workflow.permissions, {});
      const { ci: tests, image, release, ...others } = workflow.jobs;
      assert.deepEqual(others, {});
      assert.deepEqual(tests?.permissions, { contents: 'read' });
      for (const job of [image, release]) {
        assert.deepEqual(job?.permissions, { contents: 'read', 'id-token': 'write' });
      }
      assert.deepEqual([image?.needs, release?.needs], ['ci', 'image']);
      assert.deepEqual([image?.environment, release?.environment], [undefined, 'production']);
    }
  });

  it('let no job hold its role for longer than AWS lets it', () => {
    for (const variant of withFile(deploy).filter(({ files }) => files.has('deploy/cloudformation/platform.yaml'))) {
      const asked = Number(/role-duration-seconds: (\d+)/u.exec(textOf(variant, deploy))?.[1]);
      const platform = textOf(variant, 'deploy/cloudformation/platform.yaml');
      const granted = Number(/^ {2}ReleaseRole:[\s\S]*?MaxSessionDuration: (\d+)/mu.exec(platform)?.[1]);
      const job = (parse(textOf(variant, deploy)) as Workflow).jobs['release'];
      assert.ok(asked <= granted, `${asked} s are asked for, ${granted} s granted`);
      assert.equal(asked, Number(job?.['timeout-minutes']) * 60);
    }
  });

  it('let GitHub run the tests once for a push, whatever the branch', () => {
    for (const variant of withFile(ci)) {
      const { on } = parse(textOf(variant, ci)) as Workflow;
      assert.deepEqual(on.push, { branches: ['**', '!main'] });
      assert.ok('workflow_call' in on);
    }
  });

  it('release from GitLab one at a time, and stop no release', () => {
    for (const variant of withFile('.gitlab-ci.yml')) {
      const pipeline = parse(textOf(variant, '.gitlab-ci.yml')) as Readonly<
        Record<string, Readonly<Record<string, unknown>>>
      >;
      const release = pipeline['release'] ?? {};
      assert.equal(release['environment'], 'production');
      assert.equal(release['resource_group'], 'production');
      assert.equal(release['interruptible'], false);
    }
  });

  it('hold only the keys of build specification 0.2', () => {
    for (const file of ['buildspec.yml', 'deploy/buildspec.yml']) {
      for (const variant of withFile(file)) {
        assert.deepEqual(buildspecFaults(parse(textOf(variant, file))), [], variant.name);
      }
      const [first] = withFile(file);
      assert.ok(first !== undefined);
      const broken = { ...(parse(textOf(first, file)) as object), phase: {} };
      assert.deepEqual(buildspecFaults(broken), ['phase']);
    }
  });
});

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly concurrency: unknown;
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;
}

/** The shell commands of a CI description, whoever's: the texts under the keys that hold commands. */
function scriptsIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) {
    return value.flatMap(scriptsIn);
  }
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  return Object.entries(value).flatMap(([key, inner]) =>
    ['run', 'script', 'before_script', 'after_script', 'commands', 'after-script'].includes(key)
      ? [inner].flat().filter((line) => typeof line === 'string')
      : scriptsIn(inner),
  );
}

/**
 * The keys that CodeBuild does not know; no schema of it is published.
 * https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html (read 2026-11-23)
 */
function buildspecFaults(value: unknown): readonly string[] {
  const { version, phases, ...rest } = value as {
    version: unknown;
    phases: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  };
  const top = ['run-as', 'env', 'proxy', 'batch', 'reports', 'artifacts', 'cache'];
  const phaseNames = ['install', 'pre_build', 'build', 'post_build'];
  const phaseKeys = ['run-as', 'on-failure', 'runtime-versions', 'commands', 'finally', 'steps'];
  return [
    ...(version === 0.2 ? [] : ['version']),
    ...Object.keys(rest).filter((key) => !top.includes(key)),
    ...Object.keys(phases).filter((key) => !phaseNames.includes(key)),
    ...Object.values(phases).flatMap((phase) => Object.keys(phase).filter((key) => !phaseKeys.includes(key))),
  ];
}
