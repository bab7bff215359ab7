import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Compose } from '../support/engine/compose.ts';
import { docker } from '../support/engine/engine.ts';
import type { Engine } from '../support/engine/engine.ts';
import { repositoryName } from '../support/engine/images.ts';
import { freePort } from '../support/servers/ports.ts';
import { Browser } from './browser.ts';
import type { Developer } from './developer.ts';
import type { GitRepository } from './gitRepository.ts';

/** Nobody has an image of that name. */
const image = `${repositoryName}:weeks`;

/** A developer's repository as `docker compose up --build` serves it: its image, production settings, PostgreSQL. */
export class ServedImage {
  readonly browser: Browser;
  readonly compose: Compose;
  readonly #engine: Engine;
  readonly #folder: string;

  private constructor(browser: Browser, compose: Compose, engine: Engine, folder: string) {
    this.#engine = engine;
    this.browser = browser;
    this.compose = compose;
    this.#folder = folder;
  }

  /** Builds and starts a copy of the repository, in which the packages from Git come from where `git` serves them. */
  static async start(engine: Engine, developer: Developer, git: GitRepository): Promise<ServedImage> {
    const folder = mkdtempSync(path.join(tmpdir(), 'weeks-image-'));
    const repository = path.join(folder, 'shop');
    cpSync(developer.folder, repository, { recursive: true, filter: (source) => path.basename(source) !== '.venv' });
    const server = await git.serve();
    const compose = await Compose.of(engine, repository, `${repositoryName}-weeks`);
    try {
      const requirements = path.join(repository, 'requirements.txt');
      writeFileSync(requirements, readFileSync(requirements, 'utf8').replaceAll(git.host, server.url));
      compose.env['MEDIA_PORT'] = String(await freePort());
      compose.override('image', { migrate: { image }, web: { image }, media: { image } });
      const { code, output } = await compose.run('up', '--detach', '--build', '--wait', 'web', 'media');
      assert.equal(code, 0, `${output}\n${(await compose.run('logs', '--no-color')).output}`);
      const browser = new Browser(`http://${await compose.ok('port', 'web', '8000')}`);
      return new ServedImage(browser, compose, engine, folder);
    } catch (error) {
      await compose.remove();
      rmSync(folder, { recursive: true, force: true });
      throw error;
    } finally {
      await server.stop();
    }
  }

  /** A command of Django in the container of the web service. */
  async manage(variables: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<string> {
    const given = Object.entries(variables).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
    return this.compose.ok('exec', '-T', ...given, 'web', 'python', 'manage.py', ...args);
  }

  async stop(): Promise<void> {
    await this.compose.remove();
    await docker(this.#engine, ['image', 'rm', '--force', image]);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
