import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../test/support/paths.ts';
import { runOk } from '../test/support/run.ts';
import type { Outcome } from '../test/support/run.ts';
import { Sandbox } from '../test/support/unprivileged.ts';
import { metered, meterIn, take } from './clock.ts';
import type { Took } from './clock.ts';

/** A generator for which `yo` does what it does for any, and nothing more. */
const emptyGenerator = {
  'package.json': JSON.stringify({
    name: 'generator-empty',
    version: '1.0.0',
    keywords: ['yeoman-generator'],
    type: 'module',
    dependencies: { 'yeoman-generator': '^8.4.0' },
  }),
  'generators/app/index.js': [
    `import Generator from 'yeoman-generator';`,
    'export default class extends Generator {',
    '  writing() {}',
    '}',
    '',
  ].join('\n'),
};

/**
 * Loaded first, it loads what `yo` has loaded before it comes to a generator, and writes down what everything after that
 * took: module loading of our own included, that of Node.js and Yeoman left out.
 */
const inside = (file: string): string => `
  import 'yeoman-environment';
  import 'yeoman-generator';
  import { writeFileSync } from 'node:fs';
  const [start, usage] = [performance.now(), process.cpuUsage()];
  process.on('exit', () => {
    const { user, system } = process.cpuUsage(usage);
    const took = { clock: performance.now() - start, processor: (user + system) / 1000 };
    writeFileSync(${JSON.stringify(file)}, JSON.stringify(took));
  });
`;

/** The packed package, an empty generator and `yo`, side by side as a user would have them, for one who is not root. */
export class Site {
  readonly #sandbox = new Sandbox();
  readonly #modules = path.join(this.#sandbox.folder, 'site', 'node_modules');
  // In the package, so that it meets the same Yeoman.
  readonly #preload = path.join(this.#modules, 'generator-django-fargate', 'preload.mjs');
  readonly #inside = path.join(this.#sandbox.folder, 'home', 'inside.json');
  /** For the folders that commands run in. */
  readonly folder = path.join(this.#sandbox.folder, 'site');

  async install(): Promise<void> {
    const { folder } = this.#sandbox;
    const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
    const { stdout } = await runOk('npm', pack, { cwd: root });
    const [packed] = JSON.parse(stdout) as [{ readonly filename: string }];
    const empty = path.join(folder, 'generator-empty');
    for (const [file, content] of Object.entries(emptyGenerator)) {
      mkdirSync(path.dirname(path.join(empty, file)), { recursive: true });
      writeFileSync(path.join(empty, file), content);
    }
    mkdirSync(this.folder);
    writeFileSync(path.join(this.folder, 'package.json'), '{"private": true}\n');
    // A copy rather than a link to the folder, as for any other package.
    const options = ['--install-links', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
    const packages = [path.join(folder, packed.filename), empty, 'yo@7'];
    await runOk('npm', ['install', ...options, ...packages], { cwd: this.folder });
    writeFileSync(this.#preload, inside(this.#inside));
    // The user may not look where root's own Node.js lies.
    copyFileSync(process.execPath, path.join(folder, 'node'));
    await this.#sandbox.handOver();
  }

  /** Gives a folder that root made to the user. */
  handOver(folder: string): Promise<void> {
    return this.#sandbox.handOver(folder);
  }

  /** Runs a command of `node_modules/.bin`, from the start of the process to its end. */
  async time(words: readonly [string, ...string[]], cwd: string): Promise<{ took: Took; result: Outcome }> {
    const [name, ...args] = words;
    const { folder } = this.#sandbox;
    const file = meterIn(path.join(folder, 'home'));
    const [command, rest] = metered('node', [path.join(this.#modules, '.bin', name), ...args], file);
    return take(file, () => this.#sandbox.run(folder, command, rest, { cwd }));
  }

  /** The same without the start: what a command of ours takes after Node.js and Yeoman are loaded. */
  async timeInside(words: readonly [string, ...string[]], cwd: string): Promise<{ took: Took; result: Outcome }> {
    const [name, ...args] = words;
    const { folder } = this.#sandbox;
    const script = path.join(this.#modules, '.bin', name);
    const result = await this.#sandbox.run(folder, 'node', ['--import', this.#preload, script, ...args], { cwd });
    const took = JSON.parse(readFileSync(this.#inside, 'utf8')) as Took;
    rmSync(this.#inside);
    return { took, result };
  }

  remove(): void {
    this.#sandbox.remove();
  }
}
