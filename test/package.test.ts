import assert from 'node:assert/strict';
import { constants, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { need } from './support/need.ts';
import { root } from './support/paths.ts';
import { runOk } from './support/run.ts';
import { filesIn, treeOf } from './support/tree.ts';
import { Sandbox } from './support/unprivileged.ts';

const nodeMajors = [20, 22, 24] as const;

/** Among others, the files whose names npm or a copying step could lose. */
const expected = ['.django-fargate/baseline.json', '.gitignore', '.yo-rc.json', 'gunicorn.conf.py', 'manage.py'];

describe('the npm package', function () {
  this.timeout(300_000);
  const sandbox = new Sandbox();
  let packed: readonly string[] = [];
  let tarball = '';

  before('npm pack', async () => {
    const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', sandbox.folder];
    const { stdout } = await runOk('npm', args, { cwd: root });
    const [result] = JSON.parse(stdout) as [{ filename: string; files: readonly { path: string }[] }];
    tarball = path.join(sandbox.folder, result.filename);
    packed = result.files.map((file) => file.path);
  });

  after(() => sandbox.remove());

  describe('holds', () => {
    it('the compiled sources, each with its types, and nothing else compiled', () => {
      const sources = ['bin', 'core', 'disk', 'generators'].flatMap((folder) =>
        filesIn(path.join(root, folder))
          .filter((file) => file.endsWith('.ts'))
          .map((file) => `dist/${folder}/${file.replace(/\.ts$/u, '')}`),
      );
      const wanted = sources.flatMap((source) => [`${source}.d.ts`, `${source}.js`]);
      assert.deepEqual(packed.filter((file) => file.startsWith('dist/')).toSorted(), wanted.toSorted());
    });

    it('every template, whatever its name, and not the manifests behind them', () => {
      const templates = filesIn(path.join(root, 'templates')).filter((file) => !file.startsWith('versions/'));
      assert.ok(templates.length > 0);
      assert.deepEqual(
        packed.filter((file) => file.startsWith('templates/')).toSorted(),
        templates.map((file) => `templates/${file}`).toSorted(),
      );
    });

    it('every file of the runtime, and no bytecode', () => {
      const runtime = filesIn(path.join(root, 'runtime', 'django_fargate')).filter((file) => !file.endsWith('.pyc'));
      assert.ok(runtime.length > 0);
      assert.deepEqual(
        packed.filter((file) => file.startsWith('runtime/')).toSorted(),
        runtime.map((file) => `runtime/django_fargate/${file}`).toSorted(),
      );
    });

    it('no TypeScript source, no test and nothing else that nobody asked for', () => {
      const others = packed.filter((file) => !/^(?:dist|templates|runtime)\//u.test(file));
      assert.deepEqual(others.toSorted(), ['LICENSE', 'README.md', 'docs/answers.schema.json', 'package.json']);
      assert.deepEqual(
        packed.filter((file) => /\.[cm]?ts$/u.test(file) && !file.endsWith('.d.ts')),
        [],
      );
    });
  });

  describe('installed', () => {
    const withYo = path.join(sandbox.folder, 'with-yo');
    const alone = path.join(sandbox.folder, 'alone');
    const nodeFolder = (major: number) => path.join(sandbox.folder, `node${major}`);
    const own = Number(process.versions.node.split('.')[0]);

    before('npm install', async () => {
      putNode(own, process.execPath);
      const install = ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
      for (const folder of [withYo, alone]) {
        mkdirSync(folder);
        writeFileSync(path.join(folder, 'package.json'), '{"private": true}\n');
      }
      // As root with the user's own cache: downloads are not repeated on every run.
      await Promise.all([
        runOk('npm', [...install, tarball, 'yo@7'], { cwd: withYo }),
        // As yarn does by itself: a dependency that does not know this Node.js is an error.
        runOk('npm', [...install, '--engine-strict', tarball], { cwd: alone }),
      ]);
      await sandbox.handOver();
    });

    /** A copy, since root's own Node.js may lie where the user cannot look. */
    function putNode(major: number, file: string): void {
      const target = path.join(nodeFolder(major), 'node');
      if (!existsSync(target)) {
        mkdirSync(nodeFolder(major), { recursive: true });
        copyFileSync(file, target, constants.COPYFILE_FICLONE);
      }
    }

    /** An empty folder `shop`, which makes that the project's name. */
    async function shop(parent: string, name: string): Promise<string> {
      const folder = path.join(parent, name, 'shop');
      mkdirSync(folder, { recursive: true });
      await sandbox.handOver(path.dirname(folder));
      return folder;
    }

    it('registers exactly the commands that generators/ holds', async () => {
      const commands = readdirSync(path.join(root, 'generators'), { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && existsSync(path.join(root, 'generators', entry.name, 'index.ts')))
        .map((entry) => `django-fargate:${entry.name}`);
      assert.ok(commands.includes('django-fargate:app') && commands.includes('django-fargate:plan'));
      const script = `
        const { createEnv } = await import('yeoman-environment');
        const env = createEnv();
        await env.lookup();
        console.log(JSON.stringify(env.getGeneratorsMeta()));
      `;
      const node = path.join(nodeFolder(own), 'node');
      const outcome = await sandbox.run(nodeFolder(own), node, ['--input-type=module', '-e', script], { cwd: withYo });
      assert.equal(outcome.code, 0, outcome.output);
      const registered = Object.keys(JSON.parse(outcome.stdout) as Record<string, unknown>);
      assert.deepEqual(registered.toSorted(), commands.toSorted());
    });

    it('came without yo where nobody asked for it', () => {
      assert.ok(!existsSync(path.join(alone, 'node_modules', 'yo')));
    });

    for (const major of nodeMajors) {
      describe(`on Node.js ${major}`, () => {
        before(async function () {
          putNode(major, need(this, `node${major}`));
          await sandbox.handOver(nodeFolder(major));
          const { stdout } = await sandbox.run(nodeFolder(major), 'node', ['--version']);
          assert.match(stdout, new RegExp(`^v${major}\\.`, 'u'));
        });

        it('"npx yo django-fargate --yes" and "npx generator-django-fargate ../shop --yes" write the same', async () => {
          const byYo = await shop(withYo, `yo${major}`);
          const yo = await sandbox.run(nodeFolder(major), 'npx', ['yo', 'django-fargate', '--yes'], { cwd: byYo });
          assert.equal(yo.code, 0, yo.output);

          const byBin = await shop(alone, `bin${major}`);
          const elsewhere = path.join(path.dirname(byBin), 'elsewhere');
          mkdirSync(elsewhere);
          await sandbox.handOver(elsewhere);
          const args = ['generator-django-fargate', '../shop', '--yes'];
          const bin = await sandbox.run(nodeFolder(major), 'npx', args, { cwd: elsewhere });
          assert.equal(bin.code, 0, bin.output);

          const tree = treeOf(byYo);
          assert.deepEqual(treeOf(byBin), tree);
          assert.deepEqual(filesIn(elsewhere), []);
          for (const file of expected) {
            assert.ok(tree[file] !== undefined, `${file} is missing`);
          }
        });

        it('"plan --json" prints the same plan through both and writes nothing', async () => {
          const flags = ['--vcpu', '2', '--rds-class', 'db.m7g.large', '--json'];
          const byYo = await shop(withYo, `plan${major}`);
          const yoArgs = ['yo', 'django-fargate:plan', ...flags];
          const yo = await installed(withYo, yoArgs, byYo);
          assert.equal(yo.code, 0, yo.output);
          const byBin = await shop(alone, `plan${major}`);
          const binArgs = ['generator-django-fargate', 'plan', ...flags];
          const bin = await installed(alone, binArgs, byBin);
          assert.equal(bin.code, 0, bin.output);
          assert.deepEqual(JSON.parse(yo.stdout), JSON.parse(bin.stdout));
          assert.match(yo.stdout, /"workers"/u);
          assert.deepEqual([...filesIn(byYo), ...filesIn(byBin)], []);
        });

        it('a refusal ends with 2 through both, says why and writes nothing', async () => {
          const folder = await shop(withYo, `refused${major}`);
          const flags = ['--yes', '--vcpu', '3'];
          const yo = await installed(withYo, ['yo', 'django-fargate', ...flags], folder);
          const bin = await installed(alone, ['generator-django-fargate', folder, ...flags], alone);
          for (const outcome of [yo, bin]) {
            assert.equal(outcome.code, 2, outcome.output);
            assert.match(outcome.stderr, /--vcpu.*0\.25.*16/su);
          }
          assert.deepEqual(filesIn(folder), []);
        });

        /** Runs what npx would: that it does is shown above, and takes a second of each run. */
        function installed(project: string, [command = '', ...args]: readonly string[], cwd: string) {
          const file = path.join(project, 'node_modules', '.bin', command);
          return sandbox.run(nodeFolder(major), file, args, { cwd });
        }
      });
    }
  });

  it('has the keyword by which yeoman.io lists generators', () => {
    const { keywords } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { keywords: string[] };
    assert.ok(keywords.includes('yeoman-generator'));
  });
});
