import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { generate, scratch } from '../support/generate.ts';
import type { Generated, GenerateOptions } from '../support/generate.ts';
import { root } from '../support/paths.ts';
import { run } from '../support/run.ts';
import { filesIn, treeOf } from '../support/tree.ts';
import { accounts, answersOf, pathsOf, storedOf } from './matrix.ts';

const defaults = answersOf({ name: '', given: {} });

function write(options: GenerateOptions): Promise<Generated> {
  return generate('app', { ...options, flags: { yes: true, ...options.flags } });
}

function put(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), content);
  }
}

/** Time of the last change of every file, and of the folders that hold them. */
function timesOf(folder: string): Readonly<Record<string, bigint>> {
  const names = ['.', ...readdirSync(folder, { recursive: true, encoding: 'utf8' })];
  return Object.fromEntries(
    names.map((name) => [name, lstatSync(path.join(folder, name), { bigint: true }).mtimeNs] as const),
  );
}

interface Baseline {
  readonly schema: number;
  readonly generator: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly files: Readonly<
    Record<string, { policy: string; version: string; sha256: string; exec: boolean; text?: string }>
  >;
}

function readBaseline(folder: string): Baseline {
  return JSON.parse(readFileSync(path.join(folder, '.django-fargate', 'baseline.json'), 'utf8')) as Baseline;
}

describe('writing a repository', () => {
  describe('where files of the user stand', () => {
    const mine = {
      'manage.py': 'mine\n',
      'README.md': '',
      'shop/settings/base.py': 'DEBUG = True\n',
      '.gitignore': '*.log\n',
    };

    it('stops with exit 3, lists every such path and changes nothing', async () => {
      const cwd = scratch();
      const folder = path.join(cwd, 'shop');
      put(folder, { ...mine, 'notes.txt': 'keep\n' });
      const [before, times] = [treeOf(folder), timesOf(folder)];
      const { code, message } = await write({ cwd, args: ['shop'] });
      assert.equal(code, 3);
      const [first, ...rest] = message.split('\n');
      assert.equal(first, `4 paths are in conflict in ${folder}; nothing was written:`);
      const files = Object.keys(mine).toSorted();
      assert.deepEqual(
        rest.slice(0, 4),
        files.map((file) => `  ${file}: exists with different content`),
      );
      assert.match(
        rest.slice(4).join('\n'),
        /^Decide for all of them: --on-conflict=mine[^]* run the same command again\.$/u,
      );
      assert.deepEqual(treeOf(folder), before);
      assert.deepEqual(timesOf(folder), times);
    });

    for (const flags of [{ force: true }, { bail: false }, { force: true, 'skip-yo-resolve': true }]) {
      it(`does so with ${JSON.stringify(flags)} too`, async () => {
        const cwd = scratch();
        put(path.join(cwd, 'shop'), { 'manage.py': 'mine\n' });
        const { code } = await write({ cwd, args: ['shop'], flags });
        assert.equal(code, 3);
        assert.deepEqual(filesIn(cwd), ['shop/manage.py']);
      });
    }

    it('counts what is no file: a folder, a link, another case', async () => {
      const cwd = scratch();
      const folder = path.join(cwd, 'shop');
      put(folder, { 'Dockerfile/x': '', 'target.toml': 'x\n', makefile: 'x\n', tests: 'a file\n' });
      symlinkSync('target.toml', path.join(folder, 'pyproject.toml'));
      const before = treeOf(folder);
      const { code, message } = await write({ cwd, args: ['shop'] });
      assert.equal(code, 3);
      assert.match(message, /^ {2}Dockerfile: is a folder$/mu);
      assert.match(message, /^ {2}pyproject\.toml: .*symbolic link/mu);
      assert.match(message, /^ {2}Makefile: differs only in case from makefile/mu);
      assert.match(message, /^ {2}tests\/conftest\.py: tests is not a folder$/mu);
      assert.deepEqual(treeOf(folder), before);
    });

    it('leaves alone what has nothing to do with it', async () => {
      const cwd = scratch();
      const folder = path.join(cwd, 'shop');
      const own = { 'notes.txt': 'keep\n', 'shop/models.py': 'x = 1\n', '.git/HEAD': 'ref: refs/heads/main\n' };
      put(folder, own);
      chmodSync(path.join(folder, 'notes.txt'), 0o640);
      const times = timesOf(folder);
      const { code, message } = await write({ cwd, args: ['shop'] });
      assert.equal(code, 0, message);
      assert.deepEqual(filesIn(folder), [...pathsOf(defaults), ...Object.keys(own)].toSorted());
      for (const [file, content] of Object.entries(own)) {
        assert.equal(readFileSync(path.join(folder, file), 'utf8'), content);
        assert.equal(timesOf(folder)[file], times[file]);
      }
      assert.equal(statSync(path.join(folder, 'notes.txt')).mode & 0o777, 0o640);
      assert.deepEqual(readdirSync(path.join(folder, '.git')), ['HEAD']);
    });

    it('takes files that say the same already, and writes only the rest', async () => {
      const cwd = scratch();
      await write({ cwd, args: ['other/shop'] });
      const folder = path.join(cwd, 'shop');
      mkdirSync(folder);
      for (const file of ['Makefile', 'README.md']) {
        cpSync(path.join(cwd, 'other', 'shop', file), path.join(folder, file));
      }
      const times = timesOf(folder);
      const { code, message, stdout } = await write({ cwd, args: ['shop'] });
      assert.equal(code, 0, message);
      assert.match(stdout, /^\d+ files to write, 2 there already\. --verbose lists every file\.$/mu);
      assert.doesNotMatch(stdout, /\+ Makefile/u);
      assert.equal(timesOf(folder)['Makefile'], times['Makefile']);
      const { '.django-fargate/baseline.json': made, ...rest } = treeOf(folder);
      const { '.django-fargate/baseline.json': expected, ...other } = treeOf(path.join(cwd, 'other', 'shop'));
      assert.deepEqual(rest, other);
      // What stood there before is remembered as the user's.
      const entries = (text = ''): Record<string, object> =>
        (JSON.parse(text) as { readonly files: Record<string, object> }).files;
      const adopted = entries(expected);
      for (const file of ['Makefile', 'README.md']) adopted[file] = { ...adopted[file], adopted: true };
      assert.deepEqual(entries(made), adopted);
    });
  });

  describe('a second time', () => {
    it('writes nothing and touches nothing', async () => {
      const cwd = scratch();
      await write({ cwd, args: ['shop'] });
      const folder = path.join(cwd, 'shop');
      const [tree, times] = [treeOf(folder), timesOf(folder)];
      const { code, stdout } = await write({ cwd, args: ['shop'] });
      assert.equal(code, 0);
      assert.match(stdout, /\nEverything is up to date; nothing was written\.\n$/u);
      assert.deepEqual(treeOf(folder), tree);
      assert.deepEqual(timesOf(folder), times);
    });

    it('takes the answers of the first', async () => {
      const cwd = scratch();
      const flags = {
        vcpu: '2',
        'rds-class': 'db.m7g.large',
        ci: 'gitlab',
        'project-name': 'bakery',
        'multi-az': true,
      };
      await write({ cwd, args: ['shop'], flags });
      const tree = treeOf(path.join(cwd, 'shop'));
      const { code, message } = await write({ cwd, args: ['shop'] });
      assert.equal(code, 0, message);
      assert.deepEqual(treeOf(path.join(cwd, 'shop')), tree);
    });

    it('keeps an edit of the user', async () => {
      const cwd = scratch();
      await write({ cwd, args: ['shop'] });
      put(path.join(cwd, 'shop'), { 'shop/wsgi.py': 'mine\n' });
      const tree = treeOf(path.join(cwd, 'shop'));
      const { code, stdout } = await write({ cwd, args: ['shop'] });
      assert.equal(code, 0);
      assert.match(stdout, /\n1 file kept as yours, \d+ there already\.\n/u);
      assert.deepEqual(treeOf(path.join(cwd, 'shop')), tree);
    });

    it('with other sizes brings the repository to what it would be if it were new', async () => {
      const cwd = scratch();
      const flags = { vcpu: '2', 'rds-class': 'db.m7g.large', ci: 'gitlab' };
      await write({ cwd, args: ['shop'] });
      const { code, message } = await write({ cwd, args: ['shop'], flags });
      assert.equal(code, 0, message);
      await write({ cwd, args: ['new/shop'], flags });
      const tree = Object.entries(treeOf(path.join(cwd, 'shop'))).filter(([file]) => !file.includes('/backup/'));
      assert.deepEqual(Object.fromEntries(tree), treeOf(path.join(cwd, 'new', 'shop')));
    });
  });

  describe('elsewhere', () => {
    it('writes the same bytes: no time, no place, no chance', async () => {
      const [one, other] = [scratch('one'), scratch('other')];
      await write({ cwd: one, args: ['shop'] });
      await write({ cwd: other, args: ['a/b/shop'], environment: { TZ: 'Asia/Tokyo', LANG: 'de_DE.UTF-8' } });
      assert.deepEqual(treeOf(path.join(other, 'a/b/shop')), treeOf(path.join(one, 'shop')));
    });

    for (const name of ['with spaces', 'Übergröße 日本 🚀', "quote's", '$HOME `x` "y"', '-dash', '#hash%20']) {
      it(`takes the folder ${JSON.stringify(name)}`, async () => {
        const cwd = scratch();
        const { code, message, stdout } = await write({
          cwd,
          args: [`./${name}/shop`],
          flags: { 'project-name': 'shop' },
        });
        assert.equal(code, 0, message);
        assert.deepEqual(filesIn(path.join(cwd, name, 'shop')), pathsOf(defaults));
        const enter = /^ {2}(cd .*)$/mu.exec(stdout)?.[1] ?? '';
        const shell = await run('sh', ['-c', `${enter} && pwd -P`], { cwd });
        assert.equal(shell.stdout, `${path.join(cwd, name, 'shop')}\n`, shell.output);
      });
    }

    it('makes every missing folder, and takes an absolute path', async () => {
      const folder = path.join(scratch(), 'a', 'b', 'c', 'shop');
      const { code, message } = await write({ cwd: scratch(), args: [folder] });
      assert.equal(code, 0, message);
      assert.deepEqual(filesIn(folder), pathsOf(defaults));
    });

    it('follows a link to the folder that was named', async () => {
      const cwd = scratch();
      mkdirSync(path.join(cwd, 'real'));
      symlinkSync('real', path.join(cwd, 'shop'));
      const { code, message } = await write({ cwd, args: ['shop'], flags: { 'project-name': 'shop' } });
      assert.equal(code, 0, message);
      assert.deepEqual(filesIn(path.join(cwd, 'real')), pathsOf(defaults));
      assert.ok(lstatSync(path.join(cwd, 'shop')).isSymbolicLink());
    });

    it('leaves nothing of its own behind: no lock, no journal, no scratch file', async () => {
      const cwd = scratch();
      await write({ cwd, args: ['shop'] });
      assert.deepEqual(readdirSync(path.join(cwd, 'shop', '.django-fargate')), ['baseline.json']);
      assert.deepEqual(readdirSync(cwd), ['shop']);
    });

    it('writes no file into where it was called', async () => {
      const cwd = scratch();
      await write({ cwd, args: ['../shop-beside'] });
      assert.deepEqual(readdirSync(cwd), []);
    });
  });

  describe('is refused', () => {
    async function refused(options: GenerateOptions, problem: RegExp): Promise<void> {
      const { code, message } = await write(options);
      assert.equal(code, 2, message);
      assert.match(message, problem);
      assert.doesNotMatch(message, /\n\s+at /u);
    }

    it('in a generated repository, and in a folder of one, unless a folder is named', async () => {
      const cwd = scratch();
      const shop = path.join(cwd, 'shop');
      await write({ cwd, args: ['shop'] });
      const tree = treeOf(cwd);
      const problem = /shop is already a repository of this generator\. Name another folder, or "\." /u;
      await refused({ cwd: shop }, problem);
      await refused({ cwd: path.join(shop, 'shop', 'settings') }, problem);
      await refused({ cwd: path.join(shop, 'deploy'), answers: {}, flags: { yes: false } }, problem);
      assert.deepEqual(treeOf(cwd), tree);
      const { code, message } = await write({ cwd: shop, args: ['.'] });
      assert.equal(code, 0, message);
      assert.deepEqual(treeOf(cwd), tree);
      assert.equal((await write({ cwd: path.join(shop, 'deploy'), args: ['../../bakery'] })).code, 0);
      assert.ok(existsSync(path.join(cwd, 'bakery', 'manage.py')));
    });

    it('in our own package, in whatever way it is named', async () => {
      const before = readdirSync(root);
      await refused({ cwd: root }, /is inside this generator\./u);
      await refused({ cwd: path.join(root, 'test') }, /is inside this generator\./u);
      await refused({ cwd: scratch(), args: [path.join(root, 'shop')] }, /is inside this generator\./u);
      await refused({ cwd: path.join(root, 'docs'), args: ['../a/b'] }, /is inside this generator\./u);
      assert.deepEqual(readdirSync(root), before);
    });

    it('for a file, a folder in a file and a link that leads nowhere', async () => {
      const cwd = scratch();
      put(cwd, { file: 'x' });
      symlinkSync('nowhere', path.join(cwd, 'link'));
      await refused({ cwd, args: ['file'] }, /file is a file, not a folder/u);
      await refused({ cwd, args: ['file/shop'] }, /file is a file, not a folder/u);
      await refused({ cwd, args: ['link'] }, /link is a symbolic link that leads nowhere/u);
      assert.deepEqual(readdirSync(cwd).toSorted(), ['file', 'link']);
    });

    it('for an empty name and for a second folder', async () => {
      await refused({ cwd: scratch(), args: [''] }, /The folder name is empty/u);
      await refused({ cwd: scratch(), args: ['a', 'b'] }, /Give at most one folder; given: a, b/u);
    });

    it('for a path that is too long', async () => {
      const cwd = scratch();
      await refused({ cwd, args: ['x'.repeat(300)], flags: { 'project-name': 'shop' } }, /ENAMETOOLONG/u);
      assert.deepEqual(readdirSync(cwd), []);
    });
  });

  describe('at a terminal in our own package', () => {
    it('asks for a folder first', async () => {
      const target = path.join(scratch(), 'shop');
      const asked = await generate('app', { cwd: root, answers: { folder: target } });
      assert.equal(asked.code, 0, asked.message);
      assert.equal(asked.questions[0]?.name, 'folder');
      assert.equal(asked.questions[0]?.default, '../shop');
      assert.deepEqual(filesIn(target), pathsOf(defaults));
    });

    it('refuses our own package as the answer', async () => {
      const { code, message } = await generate('app', { cwd: root, answers: { folder: 'shop' } });
      assert.equal(code, 2);
      assert.match(message, /is inside this generator\./u);
      assert.ok(!existsSync(path.join(root, 'shop')));
    });
  });
});

describe('the baseline', () => {
  let folder = '';
  let text = '';
  let baseline: Baseline;

  before(async () => {
    const cwd = scratch();
    const { code, message } = await write({ cwd, args: ['shop'], flags: { domain: 'example.com' } });
    assert.equal(code, 0, message);
    folder = path.join(cwd, 'shop');
    text = readFileSync(path.join(folder, '.django-fargate', 'baseline.json'), 'utf8');
    baseline = readBaseline(folder);
  });

  it('says what it is and which answers it stands for', () => {
    assert.deepEqual(Object.keys(baseline), ['schema', 'generator', 'config', 'files']);
    assert.deepEqual([baseline.schema, baseline.generator], [1, 'generator-django-fargate']);
    assert.deepEqual(baseline.config, storedOf({ ...defaults, domain: 'example.com' }));
    assert.deepEqual(Object.keys(baseline.config), Object.keys(baseline.config).toSorted());
  });

  it('holds every file but itself and the answers, in order', () => {
    const others = ['.django-fargate/baseline.json', '.yo-rc.json'];
    const expected = pathsOf(defaults).filter((file) => !others.includes(file));
    assert.deepEqual(Object.keys(baseline.files), expected);
  });

  it('holds the hash of what is on disk, and the mode', () => {
    for (const [file, entry] of Object.entries(baseline.files)) {
      const full = path.join(folder, file);
      const sha256 = createHash('sha256').update(readFileSync(full)).digest('hex');
      assert.equal(entry.sha256, sha256, file);
      assert.equal(entry.exec, (statSync(full).mode & 0o100) !== 0, file);
    }
  });

  it('says who owns each file, and holds the text where it is to be merged', () => {
    const policies = new Map<string, readonly string[]>([
      ['once', ['shop/settings/local.py', 'shop/urls.py', 'deploy/apt-build.txt', 'deploy/apt.txt', ...accounts]],
      ['form', ['deploy/parameters.json']],
      ['lock', ['deploy/requirements.txt', 'requirements-dev.txt', 'requirements.txt']],
      ['binary', ['django_fargate/certs/rds-global-bundle.pem']],
    ]);
    for (const [file, { policy, text: kept }] of Object.entries(baseline.files)) {
      const expected = [...policies].find(([, files]) => files.includes(file))?.[0] ?? 'merge';
      assert.equal(policy, expected, file);
      const onDisk = readFileSync(path.join(folder, file), 'utf8');
      assert.equal(kept, ['merge', 'form'].includes(policy) ? onDisk : undefined, file);
    }
  });

  it('names the version of the package for each file', () => {
    const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };
    assert.deepEqual([...new Set(Object.values(baseline.files).map((entry) => entry.version))], [version]);
  });

  it('has one line for each value, ends in a newline and tells no time', () => {
    assert.equal(text, `${JSON.stringify(baseline, undefined, 2)}\n`);
    assert.ok(text.endsWith('}\n'));
    const year = new Date().getFullYear();
    const outside = { ...baseline, files: Object.values(baseline.files).map((entry) => ({ ...entry, text: '' })) };
    assert.doesNotMatch(JSON.stringify(outside), new RegExp(String.raw`\b${year}\b|T\d\d:\d\d`, 'u'));
  });
});
