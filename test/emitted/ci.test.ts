import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { emittedCases, readEmitted, repositoryOf } from '../support/emit.ts';
import { need } from '../support/need.ts';
import { run, runOk } from '../support/run.ts';

/** What a linter is asked about an emitted file, and a change to that file which it must notice. */
interface Check {
  readonly file: string;
  readonly tool: string;
  readonly args: (file: string, shellcheck: string) => readonly string[];
  readonly plant: (text: string) => string;
}

const schema = (file: string, name: string, plant: Check['plant']): Check => ({
  file,
  tool: 'check-jsonschema',
  args: (path_) => ['--builtin-schema', `vendor.${name}`, path_],
  plant,
});

const replace = (search: RegExp, by: string) => (text: string) => text.replace(search, by);

const checks: readonly Check[] = [
  {
    file: '.github/workflows/ci.yml',
    tool: 'actionlint',
    args: (file, shellcheck) => ['-shellcheck', shellcheck, file],
    plant: replace(/runs-on: \S+/u, 'runs-on: ubuntu-99.04'),
  },
  {
    file: '.github/workflows/ci.yml',
    tool: 'zizmor',
    args: (file) => ['--offline', '--no-progress', '--persona', 'pedantic', file],
    plant: replace(/actions\/checkout@[0-9a-f]{40}/u, 'actions/checkout@v7'),
  },
  schema('.github/workflows/ci.yml', 'github-workflows', replace(/runs-on:/u, 'run-on:')),
  schema('.github/dependabot.yml', 'dependabot', replace(/interval:/u, 'intervall:')),
  schema('renovate.json', 'renovate', replace(/"minimumReleaseAge": "[^"]+"/u, '"minimumReleaseAge": 7')),
  schema('.gitlab-ci.yml', 'gitlab-ci', replace(/^( +)script:/mu, '$1scripts:')),
  schema('bitbucket-pipelines.yml', 'bitbucket-pipelines', replace(/step:/u, 'stepp:')),
];

describe('the emitted CI files', function () {
  this.timeout(60_000);

  for (const example of emittedCases) {
    it(`${example.name}: only the chosen provider's`, async () => {
      const repository = await repositoryOf(example);
      const all = emittedCases.flatMap(({ ci }) => (ci === undefined ? [] : [ci]));
      assert.deepEqual(
        all.filter((file) => existsSync(path.join(repository, file))),
        example.ci === undefined ? [] : [example.ci],
      );
    });
  }

  for (const { file, tool, args, plant } of checks) {
    describe(`${path.basename(file)} under ${tool}`, () => {
      let folder = '';
      let text = '';

      before(async () => {
        for (const example of emittedCases) {
          const repository = await repositoryOf(example);
          text ||= existsSync(path.join(repository, file)) ? readEmitted(repository, file) : '';
        }
        assert.notEqual(text, '', `no case has ${file}`);
        folder = mkdtempSync(path.join(tmpdir(), 'ci-'));
      });

      after(() => rmSync(folder, { recursive: true, force: true }));

      it('is clean', async function () {
        const copy = path.join(folder, path.basename(file));
        writeFileSync(copy, text);
        await runOk(need(this, tool), args(copy, need(this, 'shellcheck')), { cwd: folder });
      });

      it('is not, with a fault planted in it', async function () {
        const copy = path.join(folder, path.basename(file));
        assert.notEqual(plant(text), text, 'nothing was planted');
        writeFileSync(copy, plant(text));
        const { code, output } = await run(need(this, tool), args(copy, need(this, 'shellcheck')), { cwd: folder });
        assert.notEqual(code, 0, output);
      });
    });
  }

  it('name Make targets that exist, and run nothing that shellcheck objects to', async function () {
    const shellcheck = need(this, 'shellcheck');
    for (const example of emittedCases) {
      if (example.ci !== undefined) {
        const repository = await repositoryOf(example);
        const makefile = readEmitted(repository, 'Makefile');
        const scripts = scriptsIn(parse(readEmitted(repository, example.ci), { merge: true }));
        assert.ok(scripts.length > 0, `${example.ci} runs nothing`);
        const targets = scripts.flatMap((script) => [...script.matchAll(/\bmake ([a-z-]+)/gu)].map(([, name]) => name));
        assert.ok(targets.includes('test'), `${example.ci} does not run the tests`);
        for (const target of targets) {
          assert.match(makefile, new RegExp(`^${target}:`, 'mu'), `${example.ci}: make ${target}`);
        }
        await runOk(shellcheck, ['--shell=sh', '-'], { input: `${scripts.join('\n')}\n` });
      }
    }
  });

  it('buildspec.yml holds only the keys of build specification 0.2', async () => {
    const example = emittedCases.find(({ ci }) => ci === 'buildspec.yml');
    assert.ok(example !== undefined);
    const buildspec: unknown = parse(readEmitted(await repositoryOf(example), 'buildspec.yml'));
    assert.deepEqual(buildspecFaults(buildspec), []);
    const broken = { ...(buildspec as object), phase: {} };
    assert.deepEqual(buildspecFaults(broken), ['phase']);
  });
});

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
