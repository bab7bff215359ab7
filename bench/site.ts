import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
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

/** The packed package, an empty generator and `yo`, side by side as a user would have them, for one who is not root. */
export class Site {
  readonly #sandbox = new Sandbox();
  readonly #modules = path.join(this.#sandbox.folder, 'site', 'node_modules');
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

  remove(): void {
    this.#sandbox.remove();
  }
}
