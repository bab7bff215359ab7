import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ciProviders } from '../../core/features/ci/providers.ts';
import { AwsCli } from '../support/aws/cli.ts';
import { need } from '../support/need.ts';
import { renderText } from '../support/renderText.ts';
import { run, runOk } from '../support/run.ts';
import type { Outcome } from '../support/run.ts';
import { shellBlocks } from '../generators/inspect.ts';

const runbook = 'deploy/README.md';

/** Every command that the runbook may hold. */
const withCommands: readonly Variant[] = [
  {},
  { domain: 'example.com', ci: 'codebuild', static: 's3', architecture: 'ARM64', mail: 'ses' },
  { infrastructure: 'none', ci: 'gitlab' },
  { pooler: 'pgbouncer', broker: 'redis', ci: 'none' },
  { infrastructure: 'none', pooler: 'pgbouncer', ci: 'none', mail: 'ses', mailFrom: 'noreply@example.com' },
];

/** Every text that it may hold. */
const variants: readonly Variant[] = [
  ...withCommands,
  { ci: 'bitbucket', domain: 'example.com' },
  { ci: 'none', static: 's3', mail: 'smtp', mailFrom: 'noreply@example.com', mailHost: 'smtp.example.com' },
  { infrastructure: 'none', domain: 'example.com' },
  { infrastructure: 'none', ci: 'none' },
];

type Variant = Readonly<Record<string, string>>;

const nameOf = (answers: Variant) => Object.values(answers).join(', ') || 'the defaults';

/** What the commands use that is no service of AWS; they only succeed. */
const programs = ['curl', 'docker', 'gh', 'make', 'session-manager-plugin'];

describe('the emitted runbook', function () {
  this.timeout(180_000);
  this.slow(20_000);
  let folder = '';
  let cli: AwsCli | undefined;

  before('start the AWS CLI', async function () {
    const python = need(this, 'awscli');
    folder = mkdtempSync(path.join(tmpdir(), 'runbook-'));
    cli = await AwsCli.start(python);
  });

  after(() => {
    cli?.stop();
    if (folder !== '') {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  /** Writes a repository, with programs that succeed and the real AWS CLI, answered from AWS's own models. */
  async function place(name: string, files: ReadonlyMap<string, string>): Promise<NodeJS.ProcessEnv> {
    const repository = path.join(folder, name);
    const bin = path.join(folder, `${name}-bin`);
    mkdirSync(bin, { recursive: true });
    for (const program of programs) {
      writeFileSync(path.join(bin, program), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
    }
    cli?.placeIn(bin);
    for (const [file, text] of files) {
      mkdirSync(path.dirname(path.join(repository, file)), { recursive: true });
      writeFileSync(path.join(repository, file), text.replace('"account": ""', '"account": "123456789012"'));
    }
    const env = {
      PATH: `${bin}${path.delimiter}${process.env['PATH']}`,
      HOME: folder,
      AWS_CALLS: path.join(folder, `${name}-calls`),
      GIT_CONFIG_GLOBAL: '/dev/null',
      ...Object.fromEntries(
        ['GIT_AUTHOR', 'GIT_COMMITTER'].flatMap((who) => [
          [`${who}_NAME`, 'Test'],
          [`${who}_EMAIL`, 'test@example.com'],
        ]),
      ),
    };
    await runOk('git', ['init', '--quiet'], { cwd: repository, env });
    await runOk('git', ['commit', '--quiet', '--allow-empty', '--message=first'], { cwd: repository, env });
    return env;
  }

  function runBlocks(name: string, text: string, env: NodeJS.ProcessEnv): Promise<Outcome> {
    const input = shellBlocks(text).join('\n');
    return run('bash', ['-euo', 'pipefail'], { cwd: path.join(folder, name), env, input });
  }

  for (const [number, answers] of withCommands.entries()) {
    it(`holds commands that AWS knows, and what they ask for is in its answers: ${nameOf(answers)}`, async () => {
      const files = await renderText(answers);
      const env = await place(String(number), files);
      const text = files.get(runbook) ?? '';
      const { code, output } = await runBlocks(String(number), text, env);
      assert.equal(code, 0, output);
      const calls = readFileSync(env['AWS_CALLS'] ?? '', 'utf8')
        .trim()
        .split('\n');
      const written =
        shellBlocks(text)
          .join('\n')
          .match(/\baws [a-z]/gu) ?? [];
      assert.ok(calls.length >= 10 && written.length >= 10, calls.join('\n'));
    });
  }

  it('holds shell that shellcheck does not object to', async function () {
    const shellcheck = need(this, 'shellcheck');
    for (const answers of withCommands) {
      const input = shellBlocks((await renderText(answers)).get(runbook) ?? '').join('\n');
      await runOk(shellcheck, ['--shell=bash', '-'], { input });
      const { code } = await run(shellcheck, ['--shell=bash', '-'], { input: `${input}\nrm -rf $HOME/x\n` });
      assert.equal(code, 1);
    }
  });

  for (const answers of variants) {
    it(`names Make targets, files and sections that there are: ${nameOf(answers)}`, async () => {
      const files = await renderText(answers);
      const text = files.get(runbook) ?? '';
      for (const [, targets = ''] of text.matchAll(/\bmake ((?:[a-z-]+ ?)+)/gu)) {
        const [first = '', ...others] = targets.trim().split(' ');
        // In running text a word follows that is none: "make bootstrap makes".
        for (const target of [first, ...others.filter((word) => ['push', 'release'].includes(word))]) {
          if (!['these', 'such', 'the', 'it', 'a'].includes(target)) {
            assert.match(files.get('Makefile') ?? '', new RegExp(`^${target}:`, 'mu'), `make ${target}`);
          }
        }
      }
      const headings = [...text.matchAll(/^#+ (.+)$/gmu)].map(([, heading = '']) => anchorOf(heading));
      for (const [, anchor = ''] of text.matchAll(/\]\(#([^)]+)\)/gu)) {
        assert.ok(headings.includes(anchor), `#${anchor}`);
      }
      for (const [, file = ''] of text.matchAll(/`((?:deploy|tests|\.github)\/[\w./-]+\.(?:json|py|yaml|yml|md))`/gu)) {
        assert.ok(files.has(file), file);
      }
    });
  }

  it('names every parameter of the stacks that has to be given', async () => {
    for (const ci of ciProviders) {
      const files = await renderText({ ci, domain: 'example.com' });
      const given = JSON.parse(files.get('deploy/parameters.json') ?? '{}') as Record<string, Record<string, string>>;
      const names = Object.entries(given).flatMap(([name, stack]) =>
        name === 'account' ? [name] : Object.keys(stack),
      );
      assert.ok(names.length > 5);
      for (const name of names) {
        assert.match(files.get(runbook) ?? '', new RegExp(`\\b${name}\\b`, 'u'), `${ci}: ${name}`);
      }
    }
  });

  it('restores a database as the stack makes one: not enrolled in paid Extended Support', async () => {
    const files = await renderText({});
    const support = /EngineLifecycleSupport: (\S+)/u.exec(files.get('deploy/cloudformation/data.yaml') ?? '')?.[1];
    const blocks = shellBlocks(files.get(runbook) ?? '');
    const options = blocks.find((block) => block.includes('OPTIONS=(')) ?? '';
    assert.match(options, new RegExp(`OPTIONS=\\([^]*--engine-lifecycle-support ${support ?? 'none'}\n`, 'u'));
    const restores = blocks.flatMap((block) => block.match(/aws rds restore-(?:.*\\\n)*.*/gu) ?? []);
    assert.equal(restores.length, 2);
    for (const restore of restores) {
      assert.match(restore, /"\$\{OPTIONS\[@\]\}"/u);
    }
  });

  it('exchanges no second name after a first that AWS refused', async () => {
    const block = shellBlocks((await renderText({})).get(runbook) ?? '').find((text) => text.includes('exchange() {'));
    const answers = 'case "$*" in *length*) echo 0 ;; *modify-db-instance*) echo modify; exit 1 ;; esac';
    const { code, output } = await run('bash', ['-c', `aws() { (${answers}); }\n${block ?? ''}`]);
    assert.notEqual(code, 0, output);
    assert.equal(output.trim(), 'modify');
  });

  /** Runs the block that holds a text, with shell functions in the place of programs. @returns what it printed */
  async function withFakes(answers: Variant, holds: string, ...fakes: readonly string[]): Promise<Outcome> {
    const block = shellBlocks((await renderText(answers)).get(runbook) ?? '').find((text) => text.includes(holds));
    const cwd = mkdtempSync(path.join(folder, 'fakes-'));
    mkdirSync(path.join(cwd, 'deploy'));
    writeFileSync(path.join(cwd, 'deploy', 'parameters.json'), '{\n  "account": "123456789012"\n}\n');
    return run('bash', ['-c', [...fakes, block ?? 'false'].join('\n')], { cwd });
  }

  for (const [count, calls] of [
    [0, []],
    [600, [250, 250, 100]],
  ] as const) {
    it(`empties both buckets, of ${count} objects each, by calls that a shell can pass on`, async () => {
      const objects = Array.from({ length: count }, (_, number) => ({ Key: `${number}`, VersionId: 'null' }));
      const { code, output } = await withFakes(
        { static: 's3', media: 's3' },
        'delete-bucket',
        `aws() {
          case "$*" in
            *get-caller-identity*) echo 123456789012 ;;
            *list-object-versions*) echo '${JSON.stringify(objects)}' ;;
            *delete-objects*) echo "objects: $(grep -o VersionId <<<"$*" | wc -l)" ;;
            *delete-bucket*) echo "emptied $*" ;;
          esac
        }`,
      );
      assert.equal(code, 0, output);
      const deleted = [...output.matchAll(/^objects: +(\d+)$|^objects: (\d+)$/gmu)].map(([, a, b]) => Number(a ?? b));
      assert.deepEqual(deleted, [...calls, ...calls]);
      const buckets = [...output.matchAll(/^emptied .*--bucket \S+-(\w+)-123456789012-/gmu)].map(([, name]) => name);
      assert.deepEqual(buckets, ['media', 'static']);
    });
  }

  it('waits for a restored database until RDS has begun and ended what was asked of it', async () => {
    const states = ['available\tNone\tTrue', 'modifying\tcreating\tFalse', 'available\tactive\tFalse'];
    const { code, output } = await withFakes(
      {},
      'settled()',
      `states=(${[...states, 'available\tactive\tTrue'].map((state) => `$'${state}'`).join(' ')})
      looks=0
      sleep() { looks=$((looks + 1)); echo "look $looks"; }
      aws() { case "$*" in *SecretStatus*) echo "\${states[$looks]}" ;; *Endpoint*) echo the address ;; esac; }`,
    );
    assert.equal(code, 0, output);
    assert.deepEqual(output.trim().split('\n'), ['look 1', 'look 2', 'look 3', 'the address']);
  });

  it('waits for the record of a certificate, which is not there at once', async () => {
    const { code, output } = await withFakes(
      { domain: 'example.com' },
      'request-certificate',
      `looks=0
      sleep() { looks=$((looks + 1)); }
      aws() {
        case "$*" in
          *describe-certificate*) if [ "$looks" -lt 3 ]; then echo None; else echo the record; fi ;;
          *request-certificate*) echo the certificate ;;
        esac
      }`,
    );
    assert.equal(code, 0, output);
    assert.deepEqual(output.trim().split('\n'), ['the record', 'the certificate']);
  });

  const faults: readonly (readonly [string, RegExp, string])[] = [
    ['an operation that does not exist', /aws rds reboot-db-instance/u, 'aws rds restart-db-instance'],
    ['an option that does not exist', /--force-new-deployment/u, '--force-deployment'],
    ['a query that finds nothing', /'DBInstances\[0\]\.\[DBInstanceClass,/u, "'DBInstances[0].[DbInstanceClass,"],
    ['a number that is a word', /--duration 120/u, '--duration long'],
    ['a waiter that does not exist', /aws ecs wait services-stable/u, 'aws ecs wait service-stable'],
  ];

  for (const [what, search, by] of faults) {
    it(`would be red with ${what}`, async () => {
      const files = await renderText({});
      const text = files.get(runbook) ?? '';
      assert.notEqual(text.replace(search, by), text, 'nothing was planted');
      const env = await place('planted', files);
      const { code, output } = await runBlocks('planted', text.replace(search, by), env);
      assert.notEqual(code, 0, output);
    });
  }
});

/** GitHub's address of a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w\- ]/gu, '')
    .replaceAll(' ', '-');
}
