import assert from 'node:assert/strict';
import { existsSync, lstatSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { parse as parseYaml } from 'yaml';
import { conflictChoices } from '../../core/answers/controls.ts';
import { files } from '../../core/emit/files.ts';
import type { Policy } from '../../core/emit/types.ts';
import type { OutcomeKind } from '../../core/merge/outcomes/outcome.ts';
import { baselinePath } from '../../disk/paths.ts';
import { showOutcomes } from '../../generators/showOutcomes.ts';
import { blocksOf, codeIn, tableOf } from '../support/markdown.ts';
import type { Block } from '../support/markdown.ts';
import { needPython } from '../support/need.ts';
import { root } from '../support/paths.ts';
import { run } from '../support/run.ts';
import { Machine } from './installed.ts';
import { Shop } from './shop.ts';

const page = readFileSync(path.join(root, 'docs', 'resize.md'), 'utf8');
const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };
const bigger = { vcpu: '2', 'rds-class': 'db.m7g.large' };
const gunicorn = 'gunicorn.conf.py';
const web = 'deploy/ecs/web.json';

type Section = (blocks: readonly Block[], machine: Machine, context: Mocha.Context) => Promise<void>;

/** What each section of the page promises about its commands, which are run as they stand. */
const sections: Readonly<Record<string, Section>> = {
  'At a terminal': async ([start], machine, context) => {
    const shop = await Shop.make(machine);
    const enter = '\r';
    const down = '\u001B[B';
    const steps = [
      ['vCPU of a web task', down + enter],
      ['RDS instance class', enter],
      ['Memory of a web task', enter],
      ['Web tasks, minimum', enter],
      ['Web tasks, maximum', enter],
      ['Slowest legitimate request', enter],
      ['Apply these changes?', enter],
    ];
    const script = fileURLToPath(new URL('../bin/terminal.py', import.meta.url));
    const argv = ['/bin/bash', '-c', start?.lines.join('\n')];
    const input = JSON.stringify({ argv, cwd: shop.folder, steps, seconds: 120 });
    const python = (await needPython(context, '3.11')).path;
    const outcome = await run(python, [script], { input, env: machine.environment });
    const result = JSON.parse(outcome.stdout) as { code: number; left: number; output: string };
    const text = stripVTControlCharacters(result.output).replaceAll('\r', '');
    assert.deepEqual([result.code, result.left], [0, 0], text);
    assert.match(text, /^Today: 0\.5 vCPU/mu);
    assert.match(text, /^ {2}task CPU +512 -> 1024 units/mu);
    assert.match(text, /^ {2}~ deploy\/ecs\/web\.json$/mu);
    assert.equal(shop.answers['vcpu'], 1);
    assert.match(shop.read(web), /"cpu": "1024"/u);
  },

  'Without questions': async ([both, commit], machine) => {
    const shop = await Shop.make(machine);
    const before = shop.tree();
    const [dryRun, real] = both?.lines ?? [];
    const diff = await shop.type(dryRun);
    assert.match(diff, /^\+\+\+ b\/gunicorn\.conf\.py$/mu);
    assert.deepEqual(shop.tree(), before);
    await shop.type(real);
    assert.deepEqual([shop.answers['vcpu'], shop.answers['rdsClass']], [2, 'db.m7g.large']);
    assert.equal(shop.answers['slowestRequestSeconds'], 30);
    shop.swap('README.md', '## Start', '## Begin');
    assert.match((await shop.resize({ vcpu: '1' })).stdout, /^Not committed yet[^]*^ {2}README\.md$/mu);
    assert.equal((await shop.resize({ vcpu: '4', 'require-clean': true })).code, 4);
    assert.match(await shop.typeAll(commit), / README\.md +\|/u);
    assert.equal(await shop.git('status', '--porcelain'), '');
    assert.match(await shop.git('show', '--stat', '--format='), /baseline\.json/u);
    assert.equal((await shop.resize({ vcpu: '4', 'require-clean': true })).code, 0);
  },

  'How your edits are kept': async ([merge], machine) => {
    const shop = await Shop.make(machine);
    const mine = '# The reports filter by many fields.\nlimit_request_field_size = 16384\n';
    shop.swap(gunicorn, '# Network.\n', `${mine}\n# Network.\n`);
    await shop.save('edited');
    await shop.follow(merge);
    const now = shop.read(gunicorn);
    assert.ok(now.includes(mine) && now.includes('"GUNICORN_THREADS", 6)'));
    const kinds = ['create', 'restore', 'update', 'merge', 'already', 'delete', 'release', 'stays-deleted', 'conflict'];
    const signs = kinds.map((kind) => {
      const outcome = { path: 'a', key: 'a', kind: kind as OutcomeKind, note: 'b', entry: undefined };
      return /^ {2}(.) a/mu.exec(showOutcomes('', [outcome], false))?.[1];
    });
    const shown = tableOf(page, 'How your edits are kept').flatMap(([sign = '']) => codeIn(sign));
    assert.deepEqual(shown.toSorted(), [...new Set(signs)].toSorted());
  },

  Conflicts: async ([conflict, mine], machine) => {
    const shop = await Shop.make(machine);
    shop.swap(gunicorn, 'max_requests = 10688', 'max_requests = 5000');
    shop.swap(web, '"memory": "1024"', '"memory": "2048"');
    await shop.save('edited');
    const before = shop.tree();
    const state = (...paths: readonly string[]) => paths.map((file) => shop.tree()[file] === before[file]);
    const again = async (choice?: string) =>
      (await shop.resize({ ...bigger, ...(choice && { 'on-conflict': choice }) })).code;
    await shop.follow(conflict);
    assert.deepEqual(shop.tree(), before);

    await shop.typeAll(mine);
    assert.deepEqual(state(gunicorn, web, 'compose.yaml'), [true, true, false]);
    assert.equal(await again(), 3, 'asked again');
    await shop.undo();

    assert.equal(await again('sidecar'), 0);
    assert.deepEqual(state(gunicorn, web, 'compose.yaml'), [true, true, false]);
    const aside = (file: string) => shop.read(`.django-fargate/conflicts/${file}`);
    assert.match(aside(web), /"memory": "4096"/u);
    assert.match(aside(gunicorn), /^max_requests = 42750$/mu);
    assert.match(aside(`${gunicorn}.markers`), /^<<<<<<< yours$[^]*^max_requests = 5000$[^]*^=======$/mu);
    assert.equal(await again(), 3, 'asked again');
    await shop.undo();

    assert.equal(await again('theirs'), 0);
    assert.match(shop.read(gunicorn), /^max_requests = 42750$/mu);
    assert.equal(await again(), 0, 'settled');
    await shop.undo();
    assert.deepEqual(shop.tree(), before);

    assert.equal(await again('abort'), 3);
    assert.equal(await again('markers'), 3, 'none in JSON');
    assert.deepEqual(shop.tree(), before);
    shop.swap(web, '"memory": "2048"', '"memory": "1024"');
    await takenOut(shop);
    assert.equal(await again('markers'), 0);
    assert.equal(await again(), 4, 'markers are left');
    const resolved = shop.read(gunicorn).replaceAll(/^<{7} yours\n([^]*?)^\|{7}[^]*?^>{7} next\n/gmu, '$1');
    shop.write(gunicorn, resolved);
    assert.match(resolved, /^max_requests = 5000$/mu);
    assert.equal(await again(), 0, 'settled');

    const choices = tableOf(page, 'Conflicts').flatMap(([choice = '']) => codeIn(choice));
    assert.deepEqual(choices.toSorted(), [...conflictChoices].toSorted());
    await neverFollowed(machine);
  },

  'Sizes of your own': async ([named, take], machine) => {
    const shop = await Shop.make(machine);
    const before = shop.read(gunicorn);
    shop.swap(gunicorn, 'keepalive = 90', 'keepalive = 95');
    await shop.follow(named);
    assert.match(shop.read(gunicorn), /^keepalive = 95$/mu);
    await shop.typeAll(take);
    assert.equal(shop.read(gunicorn), before);
  },

  'Files that you deleted': async ([deleted, restore], machine) => {
    const shop = await Shop.make(machine);
    await shop.follow(deleted);
    assert.ok(!existsSync(path.join(shop.folder, 'deploy/README.md')));
    await shop.typeAll(restore);
    assert.match(shop.read('deploy/README.md'), /db\.m7g\.large/u);
  },

  'Files that you moved': async ([move, paths], machine) => {
    const shop = await Shop.make(machine);
    await shop.typeAll(move);
    assert.match(
      (await shop.resize({ vcpu: '1' })).stdout,
      /x deploy\/README\.md +stays deleted: .*docs\/runbook\.md/u,
    );
    shop.configure(paths);
    await shop.resize(bigger);
    assert.match(shop.read('docs/runbook.md'), /db\.m7g\.large/u);
    assert.ok(!existsSync(path.join(shop.folder, 'deploy/README.md')));
  },

  'Files that are yours alone': async ([unmanaged], machine) => {
    const shop = await Shop.make(machine);
    shop.configure(unmanaged);
    const readme = shop.read('README.md');
    rmSync(path.join(shop.folder, 'tests'), { recursive: true });
    const { stdout } = await shop.resize(bigger);
    assert.doesNotMatch(stdout, /^ {2}. (?:README\.md|tests\/)/mu);
    assert.equal(shop.read('README.md'), readme);
    assert.ok(!existsSync(path.join(shop.folder, 'tests')));
  },

  Undo: async ([undo], machine) => {
    const shop = await Shop.make(machine);
    const trees = [shop.tree()];
    for (const vcpu of ['1', '2', '4', '8']) {
      await shop.resize({ vcpu, 'rds-class': 'db.m7g.xlarge' });
      trees.push(shop.tree());
    }
    shop.swap('Makefile', 'clean: ##', 'tidy: ##');
    const edited = shop.tree();
    await shop.typeAll(undo);
    assert.equal(shop.read('Makefile'), edited['Makefile'], 'that run had not touched it');
    shop.swap('Makefile', 'tidy: ##', 'clean: ##');
    assert.deepEqual(shop.tree(), trees[3]);
    shop.swap(gunicorn, '# Network.', '# Net.');
    const refused = await shop.resize({ undo: true });
    assert.equal(refused.code, 3);
    assert.match(refused.message, /gunicorn\.conf\.py[^]*\.django-fargate\/backup/u);
    shop.swap(gunicorn, '# Net.', '# Network.');
    await shop.undo();
    await shop.undo();
    assert.deepEqual(shop.tree(), trees[1]);
    assert.equal((await shop.resize({ undo: true })).code, 2, 'the last three');
  },

  'Check for drift in CI': async ([check, workflow], machine) => {
    const shop = await Shop.make(machine);
    const steps = parseYaml(workflow?.lines.join('\n') ?? '') as readonly { readonly run?: string }[];
    const [step = ''] = steps.flatMap(({ run: command = [] }) => command);
    assert.ok(step.includes(`generator-django-fargate@${version} `), `the page names ${version}`);
    shop.swap(gunicorn, '# Network.', '# Our network.');
    assert.deepEqual(await shop.codes([...(check?.lines ?? []), step]), [0, 0], 'edits are no drift');
    shop.swap('.yo-rc.json', '"vcpu": 0.5', '"vcpu": 1');
    const before = shop.tree();
    assert.deepEqual(await shop.codes([...(check?.lines ?? []), step]), [5, 5], 'edited answers are');
    assert.deepEqual(shop.tree(), before);
    shop.swap(gunicorn, 'max_requests = 10688', 'max_requests = 5000');
    assert.equal((await shop.resize({ 'dry-run': true, 'detailed-exitcode': true })).code, 3);
  },

  'A newer generator': async ([upgrade], machine) => {
    machine.installOlder('0.0.9', {
      'gunicorn.conf.py.ejs': (text) => text.replace('# Network.', '# Sockets.'),
      'project/urls.py': (text) => `${text}# Older.\n`,
      'project/settings/local.py.ejs': (text) => `${text}# Older.\n`,
      '../runtime/django_fargate/certs/rds-global-bundle.pem': (text) =>
        text.replace(/-----BEGIN[^]*?-----END CERTIFICATE-----\n/u, ''),
      'requirements.json': (text) => text.replace(/("name": "django",\s*"version": )"5[^"]*"/u, '$1"5.2.1"'),
    });
    const shop = await Shop.make(machine, { isInstalled: true });
    const urls = `${shop.read('shop/urls.py')}# Mine.\n`;
    assert.match(urls, /# Older/u);
    shop.write('shop/urls.py', urls);
    assert.match(shop.read('shop/settings/local.py'), /# Older/u);
    shop.swap(gunicorn, 'graceful_timeout = 35', 'graceful_timeout = 36');
    shop.write('requirements.txt', `${shop.read('requirements.txt')}# Mine.\n`);
    const [install, dryRun, real] = upgrade?.lines ?? [];
    assert.match(await shop.type(dryRun), /Everything is up to date/u);
    await shop.type(install);
    assert.match(await shop.type(dryRun), /^\+# Network\.$/mu);
    const upgraded = await shop.type(real);
    assert.match(upgraded, /^ {2}k requirements\.txt .*make lock/mu);
    assert.match(upgraded, /^ {2}git diff\n {2}make lock\n {2}make test$/mu);
    assert.match(shop.read(gunicorn), /^graceful_timeout = 36$[^]*^# Network\.$/mu);
    // Who owns a file: `once` and `lock`, each unedited and edited, `binary`.
    assert.equal(shop.read('shop/urls.py'), urls);
    assert.doesNotMatch(shop.read('shop/settings/local.py'), /# Older/u);
    assert.doesNotMatch(shop.read('requirements-dev.txt'), /^django==5\.2\.1 /mu);
    assert.match(shop.read('requirements.txt'), /^django==5\.2\.1 [^]*\n# Mine/mu);
    const bundle = path.join(root, 'runtime/django_fargate/certs/rds-global-bundle.pem');
    assert.equal(shop.read('django_fargate/certs/rds-global-bundle.pem'), readFileSync(bundle, 'utf8'));
    machine.installOlder('0.0.8', {});
    const [refused] = await shop.codes([real ?? '']);
    assert.equal(refused, 2, 'no way back');
  },

  'Two branches that both resized': async ([merge, side], machine) => {
    const shop = await Shop.make(machine);
    await shop.git('switch', '--create', 'bigger', '--quiet');
    shop.swap(gunicorn, '# Network.', '# Our network.');
    await shop.resize(bigger);
    await shop.save('bigger');
    await shop.git('switch', '--quiet', '-');
    shop.swap(gunicorn, '# Concurrency.', '# How many.');
    await shop.resize({ vcpu: '1' });
    await shop.save('smaller');
    const before = await shop.git('rev-parse', 'HEAD');
    await shop.typeAll(merge);
    const merged = shop.tree();
    assert.match(shop.read(gunicorn), /^# How many\.$[^]*^threads = .*, 6\)$[^]*^# Our network\.$/mu);
    assert.equal((await shop.resize({ 'dry-run': true, 'detailed-exitcode': true })).code, 0);
    await shop.save('resized');

    // The other way, where the merge stopped: either side of the baseline, and the files by hand.
    for (const chosen of ['--ours', '--theirs']) {
      await shop.git('reset', '--quiet', '--hard', before.trim());
      assert.notEqual(await shop.git('merge', '--quiet', '--no-edit', 'bigger').catch(() => 'stopped'), '');
      const stopped = await shop.resize({});
      assert.match(stopped.message, /markers of an unfinished merge/u);
      await shop.typeAll({ language: 'sh', lines: (side?.lines ?? []).map((line) => line.replace('--ours', chosen)) });
      const conflicted = (await shop.git('diff', '--name-only', '--diff-filter=U')).split('\n').filter(Boolean);
      for (const file of conflicted) {
        if (!['.yo-rc.json', baselinePath].includes(file)) shop.write(file, merged[file] ?? '');
      }
      await shop.typeAll({ language: 'sh', lines: merge?.lines.slice(1) ?? [] });
      assert.equal(shop.read(gunicorn), merged[gunicorn], chosen);
    }
    const check = { 'dry-run': true, 'detailed-exitcode': true };
    assert.equal((await shop.resize(check)).code, 0);
    // A file that was settled for the other branch's sizes.
    shop.write(web, await shop.git('show', `${before.trim()}:${web}`));
    const drifted = await shop.resize(check);
    assert.equal(drifted.code, 5);
    assert.match(drifted.stdout, /^ {2}deploy\/ecs\/web\.json\n {6}cpu: yours 1024, the plan 2048$/mu);
    assert.equal((await shop.resize({ 'on-conflict': 'theirs' })).code, 0);
    assert.equal(shop.read(web), merged[web]);
    assert.equal((await shop.resize(check)).code, 0);
  },

  'A lost baseline': async ([restore, rebuild], machine) => {
    const shop = await Shop.make(machine);
    const before = shop.read(baselinePath);
    shop.swap(gunicorn, '# Network.', '# Our network.');
    shop.write(baselinePath, 'lost\n');
    assert.equal((await shop.resize(bigger)).code, 4);
    await shop.typeAll(restore);
    assert.equal(shop.read(baselinePath), before);
    rmSync(path.join(shop.folder, '.django-fargate'), { recursive: true });
    assert.equal((await shop.resize(bigger)).code, 2);
    await shop.typeAll(rebuild);
    assert.equal(shop.read(baselinePath), before);
    assert.match((await shop.resize(bigger)).stdout, /M gunicorn\.conf\.py +merge/u);
    assert.match(shop.read(gunicorn), /^# Our network\.$/mu);
    await shop.undo();
    shop.swap(baselinePath, 'worker_class =', 'worker_klass =');
    const damaged = await shop.resize(bigger);
    assert.equal(damaged.code, 3);
    assert.match(
      damaged.message,
      /^1 path is in conflict[^]*gunicorn\.conf\.py: its entry in the baseline is damaged/u,
    );
  },
};

/** "Or take your change out". */
async function takenOut(shop: Shop): Promise<void> {
  shop.swap(gunicorn, 'max_requests = 5000', 'max_requests = 10688');
  assert.equal((await shop.resize(bigger)).code, 0);
  assert.match(shop.read(gunicorn), /^max_requests = 42750$/mu);
  await shop.undo();
  shop.swap(gunicorn, 'max_requests = 10688', 'max_requests = 5000');
}

/** A link in the place of a file is a conflict, and so is a file that was there first. */
async function neverFollowed(machine: Machine): Promise<void> {
  const shop = await Shop.make(machine);
  const file = path.join(shop.folder, web);
  shop.write('elsewhere.json', shop.read(web));
  rmSync(file);
  symlinkSync('../../elsewhere.json', file);
  shop.write('.gitlab-ci.yml', 'mine: {}\n');
  const before = shop.tree();
  const { code, message } = await shop.resize({ ...bigger, ci: 'gitlab' });
  assert.equal(code, 3);
  assert.match(message, /^2 paths are in conflict[^]*\.gitlab-ci\.yml: [^]*deploy\/ecs\/web\.json: /u);
  assert.equal((await shop.resize({ ...bigger, 'on-conflict': 'sidecar' })).code, 0);
  assert.ok(lstatSync(file).isSymbolicLink());
  assert.equal(shop.read('elsewhere.json'), before['elsewhere.json']);
}

describe('docs/resize.md', function () {
  this.timeout(300_000);
  const blocks = blocksOf(page);

  it('has a test for every section that holds a command', () => {
    assert.deepEqual([...blocks.keys()], Object.keys(sections));
  });

  for (const [heading, check] of Object.entries(sections)) {
    it(heading, async function () {
      const machine = new Machine();
      await check(blocks.get(heading) ?? [], machine, this);
    });
  }

  it('Who owns a file: the table is that of the files', () => {
    const named = tableOf(page, 'Who owns a file').map(([policy = '', paths = '']) => [
      codeIn(policy)[0],
      codeIn(paths),
    ]);
    const of = (policy: Policy) =>
      policy === 'binary'
        ? ['django_fargate/certs/rds-global-bundle.pem']
        : files.filter((file) => file.policy === policy).map((file) => file.path.replace(/^project\//u, '<project>/'));
    const others = (['once', 'form', 'lock', 'binary'] as const).map((policy) => [policy, [...new Set(of(policy))]]);
    assert.deepEqual(named, [['merge', []], ...others]);
  });
});
