import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { declarations } from '../../core/answers/declarations.ts';
import { scratch } from '../support/generate.ts';
import { root } from '../support/paths.ts';
import { run } from '../support/run.ts';
import type { RunOptions } from '../support/run.ts';
import { filesIn } from '../support/tree.ts';
import { bin, runBin } from './runBin.ts';

const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };

const start = (words: readonly string[], options: RunOptions & { readonly node?: readonly string[] } = {}) => {
  const { node = [], ...rest } = options;
  return run(process.execPath, [...node, bin, ...words], { cwd: scratch(), ...rest });
};

describe('the command, started', function () {
  this.timeout(120_000);

  it('writes a repository, says what comes next, and ends with 0', async () => {
    const cwd = scratch();
    const { code, stdout, stderr } = await start(['../x/shop', '--yes'], { cwd: path.join(cwd) });
    assert.equal(code, 0, stderr);
    assert.equal(stderr, '');
    assert.match(stdout, /\nWritten\. Next:\n {2}cd \.\.\/x\/shop\n {2}make dev\n/u);
    assert.ok(filesIn(path.join(cwd, '../x/shop')).includes('manage.py'));
    assert.deepEqual(filesIn(cwd), []);
  });

  it('without a terminal and --yes ends with 2 and names the flags that are missing', async () => {
    const cwd = scratch();
    const { code, stdout, stderr } = await start(['shop', '--vcpu', '1'], { cwd });
    assert.deepEqual([code, stdout], [2, '']);
    assert.equal(
      stderr,
      'There is no terminal for questions. Not given: --project-name, --region, --rds-class, --ci. ' +
        'Give --yes to use the defaults for everything not given.\n',
    );
    assert.deepEqual(filesIn(cwd), []);
  });

  it('prints JSON that a pipe can read whole, and AWS_REGION counts', async () => {
    const { code, stdout, stderr } = await start(['plan', '--json'], {
      env: { ...process.env, AWS_REGION: 'eu-central-1' },
    });
    assert.deepEqual([code, stderr], [0, '']);
    const { answers } = JSON.parse(stdout) as { answers: { region: string } };
    assert.equal(answers.region, 'eu-central-1');
  });

  it('ends with 2 where nothing can be written or read', async () => {
    const cwd = scratch();
    mkdirSync(path.join(cwd, 'locked'));
    writeFileSync(path.join(cwd, 'secret.json'), '{}');
    chmodSync(path.join(cwd, 'secret.json'), 0);
    chmodSync(path.join(cwd, 'locked'), 0o555);
    const isRoot = process.getuid?.() === 0;
    if (isRoot) {
      // Root passes every check of permissions; what it is then refused is what others own.
      chownSync(path.join(cwd, 'secret.json'), 1000, 1000);
      chownSync(path.join(cwd, 'locked'), 1000, 1000);
    }
    const rights = '-dac_override,-dac_read_search';
    const drop = isRoot ? ['setpriv', `--bounding-set=${rights}`, `--inh-caps=${rights}`] : ['env'];
    const asOrdinaryUser = (...words: readonly string[]) =>
      run(drop[0] ?? '', [...drop.slice(1), process.execPath, bin, ...words], { cwd });

    const [into, secret] = await Promise.all([
      asOrdinaryUser('locked/shop', '--yes'),
      asOrdinaryUser('shop', '--yes', '--answers', 'secret.json'),
    ]);
    assert.equal(into.code, 2, into.output);
    assert.match(into.stderr, /^Cannot write to \S+\/locked \(EACCES\)\. Permission was denied\. Give yourself /u);
    assert.equal(secret.code, 2, secret.output);
    assert.match(secret.stderr, /^Cannot read \S+\/secret\.json \(EACCES\)\. Check its permissions/u);
    assert.doesNotMatch(into.stderr + secret.stderr, /\n\s+at /u);
  });

  it('is built for everyone who may see the checkout', () => {
    const modeOf = (folder: string) => statSync(path.join(root, folder)).mode & 0o777;
    assert.equal(modeOf('dist'), modeOf('dist/bin'));
  });

  /** A module that is loaded first and makes reading the templates fail. */
  const planted = (expression: string) => [
    '--import',
    `data:text/javascript,${encodeURIComponent(`
      import fs from 'node:fs';
      const { readFile } = fs.promises;
      fs.promises.readFile = async (file, ...rest) => {
        if (String(file).includes('gunicorn.conf.py.ejs')) throw ${expression};
        return readFile(file, ...rest);
      };`)}`,
  ];

  it('tells a bug as a bug: exit 1, the stack, where to report it', async () => {
    const cwd = scratch();
    const node = planted("new TypeError('planted')");
    const { code, stdout, stderr } = await start(['shop', '--yes'], { cwd, node });
    assert.deepEqual([code, stdout], [1, ''], stderr);
    assert.match(stderr, /^This is a bug in generator-django-fargate; please report it with this text \(https:/u);
    assert.match(stderr, /\nTypeError: planted\n {4}at /u);
    assert.equal(stderr.match(/TypeError: planted/gu)?.length, 1, 'told once');
    assert.deepEqual(filesIn(cwd), []);
  });

  it('survives an error with a text for its code', async () => {
    const node = planted("Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' })");
    const { code, stderr } = await start(['shop', '--yes'], { node });
    assert.equal(code, 1, stderr);
    assert.match(stderr, /EACCES: permission denied/u);
    assert.doesNotMatch(stderr, /ERR_INVALID_ARG_TYPE|triggerUncaughtException|node:internal\/process/u);
  });

  it('does not crash when nobody reads its output any more', async () => {
    const cwd = scratch();
    const child = spawn(process.execPath, [bin, 'shop', '--yes'], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString('utf8');
    });
    const code = await new Promise<number | null>((resolve) => {
      child.on('close', resolve);
    });
    assert.equal(stderr, '');
    assert.equal(code, 0);
    const written = filesIn(path.join(cwd, 'shop'));
    assert.ok(written.includes('.django-fargate/baseline.json'));
    assert.deepEqual(
      written.filter((file) => /^\.django-fargate\/(?:lock|journal)|\.django-fargate-/u.test(file)),
      [],
    );
  });
});

describe('the command line', () => {
  for (const words of [['--help'], ['-h'], ['shop', '--yes', '--help'], ['--help', 'shop']]) {
    it(`${words.join(' ')} prints the help and does nothing`, async () => {
      const cwd = scratch();
      const { code, stdout, stderr } = await runBin(words, cwd);
      assert.deepEqual([code, stderr], [0, '']);
      assert.match(stdout, /^yo django-fargate \[folder\] \[flags\]\n {2}Writes a Django repository/u);
      for (const { flag } of declarations) {
        assert.match(stdout, new RegExp(`^ {2}--${flag}\\b.*Allowed: .*Default: .*\\.$`, 'mu'));
      }
      for (const flag of ['yes', 'answers <file>', 'ask-all', 'dry-run', 'json', 'help', 'version']) {
        assert.ok(stdout.includes(`\n  --${flag} `), flag);
      }
      assert.match(stdout, /^Exit codes: 0 done/mu);
      assert.doesNotMatch(stdout, /undefined|\[object|skip-install|ask-answered/u);
      assert.deepEqual(filesIn(cwd), []);
    });
  }

  it('plan --help is that of plan', async () => {
    const { code, stdout } = await runBin(['plan', '--help'], scratch());
    assert.equal(code, 0);
    assert.match(stdout, /^yo django-fargate:plan \[folder\] \[flags\]\n/u);
    assert.doesNotMatch(stdout, /--ci |--dry-run|--project-name/u);
  });

  for (const words of [['--version'], ['plan', '--version'], ['shop', '--version', '--yes']]) {
    it(`${words.join(' ')} prints the version and does nothing`, async () => {
      const cwd = scratch();
      assert.deepEqual(await runBin(words, cwd), { code: 0, stdout: `${version}\n`, stderr: '' });
      assert.deepEqual(filesIn(cwd), []);
    });
  }

  it('takes the folder before, between and after the flags', async () => {
    const cwd = scratch();
    for (const words of [
      ['one/shop', '--yes', '--json', '--dry-run'],
      ['--yes', 'one/shop', '--json', '--dry-run'],
      ['--yes', '--json', '--dry-run', 'one/shop'],
      ['--yes', '--json', '--dry-run', '--', 'one/shop'],
    ]) {
      const { code, stdout, stderr } = await runBin(words, cwd);
      assert.equal(code, 0, stderr);
      const { folder } = JSON.parse(stdout) as { folder: string };
      assert.equal(folder, path.join(cwd, 'one', 'shop'), words.join(' '));
    }
  });

  it('takes a folder that looks like something else: a number, a command, a flag', async () => {
    const cwd = scratch();
    for (const [folder, words] of [
      ['8', ['8']],
      ['app', ['app']],
      ['plan', ['./plan']],
      ['-x', ['--', '-x']],
      ['--yes', ['--', '--yes']],
      ['true', ['true']],
    ] as const) {
      const { code, stdout, stderr } = await runBin(['--yes', '--json', '--dry-run', ...words], cwd);
      assert.equal(code, 0, `${folder}: ${stderr}`);
      assert.equal((JSON.parse(stdout) as { folder: string }).folder, path.join(cwd, folder));
    }
  });

  it('takes --flag value, --flag=value and --no-flag', async () => {
    const words = ['shop', '--yes', '--json', '--dry-run', '--vcpu=2', '--rds-class', 'db.m7g.large', '--no-multi-az'];
    const { stdout } = await runBin(words, scratch());
    const { answers } = JSON.parse(stdout) as { answers: Record<string, unknown> };
    assert.deepEqual([answers['vcpu'], answers['rdsClass'], answers['multiAz']], [2, 'db.m7g.large', false]);
  });

  it('runs plan, from a folder of a generated repository too', async () => {
    const cwd = scratch();
    const { code, stderr } = await runBin(['shop', '--yes', '--vcpu', '1'], cwd);
    assert.equal(code, 0, stderr);
    const plan = await runBin(['plan'], path.join(cwd, 'shop', 'shop', 'settings'));
    assert.equal(plan.code, 0, plan.stderr);
    assert.ok(plan.stdout.startsWith(`Repository: ${path.join(cwd, 'shop')}\n`));
    assert.match(plan.stdout, /^ {2}task CPU +1024 units/mu);
  });

  it('stops at what stands in the way: exit 3, the message on standard error, the conflicts as JSON', async () => {
    const cwd = scratch();
    mkdirSync(path.join(cwd, 'shop'));
    writeFileSync(path.join(cwd, 'shop', 'Makefile'), 'mine\n');
    const { code, stdout, stderr } = await runBin(['shop', '--yes', '--json'], cwd);
    assert.equal(code, 3);
    assert.match(stderr, /^ {2}Makefile: exists with different content$/mu);
    const { written, changes } = JSON.parse(stdout) as {
      written: boolean;
      changes: { path: string; kind: string; note?: string }[];
    };
    assert.equal(written, false);
    const { kind, note } = changes.find((change) => change.path === 'Makefile') ?? assert.fail(stdout);
    assert.deepEqual([kind, note], ['conflict', 'exists with different content']);
    assert.deepEqual(filesIn(cwd), ['shop/Makefile']);
  });

  it('--json: an error is JSON on standard output, too, and its text on standard error', async () => {
    const cwd = scratch();
    mkdirSync(path.join(cwd, 'shop'));
    mkdirSync(path.join(cwd, 'broken'));
    writeFileSync(path.join(cwd, 'shop', 'Makefile'), 'mine\n');
    writeFileSync(path.join(cwd, 'broken', '.yo-rc.json'), '{');
    for (const [folder, words, code, what] of [
      ['.', ['--vcpus', '2'], 2, 'refused'],
      ['.', ['shop', '--yes', '--vcpu', '3'], 2, 'refused'],
      ['.', ['shop', '--yes'], 3, 'conflicts'],
      ['.', ['resize', '--yes'], 2, 'refused'],
      ['.', ['plan', '--vcpu', '3'], 2, 'refused'],
      ['.', ['rezise', '--yes'], 2, 'refused'],
      ['broken', ['--yes'], 2, 'refused'],
    ] as const) {
      const outcome = await runBin([...words, '--json'], path.join(cwd, folder));
      assert.equal(outcome.code, code, outcome.stderr);
      const { error } = JSON.parse(outcome.stdout) as { error: Record<string, unknown> };
      assert.deepEqual(error, { code, what, message: outcome.stderr.trimEnd() }, words.join(' '));
    }
  });

  it('does not take a flag of an object for a flag of its own', async () => {
    for (const word of ['--constructor', '--to-string', '--has-own-property=1']) {
      const { code, stderr } = await runBin(['shop', '--yes', word], scratch());
      assert.equal(code, 2, `${word}: ${stderr}`);
      assert.match(stderr, /not a flag of this command/u, word);
    }
  });
});
