import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from '../support/paths.ts';
import { run } from '../support/run.ts';

/** What stands in for the generator: it says where it runs and with what, then does as its first argument says. */
const bin = `
  if (process.argv[2] === 'refuse') process.exitCode = 2;
  if (process.argv[2] === 'wait') {
    process.on('SIGTERM', () => process.exit(7));
    setInterval(() => {}, 1000);
  }
  console.log(JSON.stringify({ cwd: process.cwd(), args: process.argv.slice(2) }));
`;

describe('scripts/start', () => {
  let folder = '';
  let checkout = '';
  let elsewhere = '';

  beforeEach(() => {
    folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'start-')));
    checkout = path.join(folder, 'checkout');
    elsewhere = path.join(folder, 'elsewhere');
    mkdirSync(elsewhere);
    cpSync(path.join(root, 'scripts'), path.join(checkout, 'scripts'), { recursive: true });
    put(
      'package.json',
      JSON.stringify({ engines: { node: '>=18.0.0' }, scripts: { start: 'node scripts/start.mjs' } }),
    );
    put('package-lock.json', '{"packages":{}}');
    put('node_modules/.package-lock.json', '{"packages":{}}');
    put('tsconfig.json', '{}');
    put('tsconfig.build.json', '{}');
    put('bin/generator-django-fargate.ts', '');
    put('dist/bin/generator-django-fargate.js', bin);
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function put(name: string, text: string): void {
    mkdirSync(path.dirname(path.join(checkout, name)), { recursive: true });
    writeFileSync(path.join(checkout, name), text);
  }

  const start = (...args: readonly string[]) =>
    run(process.execPath, [path.join(checkout, 'scripts', 'start.mjs'), ...args], {
      env: { ...process.env, INIT_CWD: elsewhere },
    });

  it('runs the generator where npm was called, with the arguments as they are, and adds nothing of its own', async () => {
    const { code, stdout, stderr } = await start('../a shop', '--yes', '--name=a b');
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(stdout), { cwd: elsewhere, args: ['../a shop', '--yes', '--name=a b'] });
    assert.equal(stderr, '');
  });

  it('works through npm', async () => {
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_|^INIT_CWD$/iu.test(name)));
    const args = ['--prefix', checkout, 'start', '--silent', '--', 'refuse', '--yes'];
    const { code, stdout } = await run('npm', args, { cwd: elsewhere, env });
    assert.equal(code, 2);
    assert.deepEqual(JSON.parse(stdout), { cwd: elsewhere, args: ['refuse', '--yes'] });
  });

  it('ends with the exit code of the generator', async () => {
    assert.equal((await start('refuse')).code, 2);
  });

  it('passes a signal on and waits for the end', async () => {
    const child = spawn(process.execPath, [path.join(checkout, 'scripts', 'start.mjs'), 'wait'], { cwd: elsewhere });
    await once(child.stdout, 'data');
    child.kill('SIGTERM');
    const [code] = (await once(child, 'close')) as [number | null];
    assert.equal(code, 7);
  });

  it('builds first when a source is younger, and shows of the build only a failure', async () => {
    put('node_modules/typescript/bin/tsc', "console.log('bin/x.ts(1,1): error TS1'); process.exit(2);");
    put('bin/new.ts', '');
    const { code, stdout, stderr } = await start('../shop');
    assert.equal(code, 1);
    assert.equal(stdout, '', 'the generator ran all the same');
    assert.equal(stderr, 'Building ...\nbin/x.ts(1,1): error TS1\ntsc failed (exit 2)\n');
    assert.equal(readFileSync(path.join(checkout, 'dist/bin/generator-django-fargate.js'), 'utf8'), bin);

    const compiler = `
      const fs = require('node:fs');
      const out = process.argv[process.argv.indexOf('--outDir') + 1];
      fs.mkdirSync(out + '/bin', { recursive: true });
      fs.writeFileSync(out + '/bin/generator-django-fargate.js', 'console.log("built")');
      fs.writeFileSync(out + '/bin/new.js', '');
      console.log('noise');
    `;
    put('node_modules/typescript/bin/tsc', compiler);
    const built = await start('../shop');
    assert.deepEqual([built.code, built.stdout, built.stderr], [0, 'built\n', 'Building ...\n']);
    const again = await start('../shop');
    assert.deepEqual([again.code, again.stdout, again.stderr], [0, 'built\n', '']);
  });

  it('installs first when the lock file changed', async () => {
    put('package-lock.json', '{"packages":{"node_modules/a":{"version":"1.0.0"}}}');
    put('npm.cjs', "console.log(process.argv.slice(2, 3).join()); console.error('noise'); process.exit(3);");
    const env = { ...process.env, npm_execpath: path.join(checkout, 'npm.cjs') };
    const outcome = await run(process.execPath, [path.join(checkout, 'scripts', 'start.mjs')], { env });
    assert.equal(outcome.code, 1);
    assert.equal(outcome.stdout, '');
    assert.match(
      outcome.stderr,
      /^Installing dependencies \.\.\.\n(?:ci\nnoise|noise\nci)\nnpm ci failed \(exit 3\)\n$/u,
    );
  });

  it('says in one line when Node.js is too old', async () => {
    put('package.json', '{"engines":{"node":"^19.0.0 || >=99.12.0"}}');
    const { code, output } = await start('../shop');
    assert.equal(code, 2);
    assert.equal(
      output,
      `generator-django-fargate needs Node.js ^19.0.0 || >=99.12.0; this is Node.js ${process.versions.node}.\n`,
    );
  });
});
