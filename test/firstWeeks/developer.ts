import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { emitRepository, generator } from '../support/emit.ts';
import type { Python } from '../support/pythons.ts';
import { run, runOk } from '../support/run.ts';
import type { Outcome } from '../support/run.ts';
import { freePort } from '../support/servers/ports.ts';
import { Server, until } from '../support/servers/process.ts';
import { linkVenv, venvFor } from '../support/venvs.ts';

/** What the developer writes, a folder a week. */
const files = fileURLToPath(new URL('files', import.meta.url));

/** What the developer's shell holds, beside what the machine needs to reach package registries. */
const shell: NodeJS.ProcessEnv = {
  ...process.env,
  PYTHONDONTWRITEBYTECODE: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
};

/** Somebody with an emitted repository, an editor and a shell. */
export class Developer {
  readonly folder: string;
  /** Exported in the shell. */
  readonly variables: Record<string, string> = {};
  readonly #interpreter: Python;

  private constructor(folder: string, interpreter: Python) {
    this.folder = folder;
    this.#interpreter = interpreter;
  }

  /** @param flags the answers that differ from the defaults */
  static async start(flags: readonly string[], interpreter: Python): Promise<Developer> {
    const home = mkdtempSync(path.join(tmpdir(), 'weeks-'));
    process.on('exit', () => rmSync(home, { recursive: true, force: true }));
    const developer = new Developer(await emitRepository(path.join(home, 'shop'), flags), interpreter);
    await developer.install();
    await developer.run('git', 'init', '--quiet', '--initial-branch=main');
    await developer.commit('The emitted repository');
    return developer;
  }

  get python(): string {
    return path.join(this.folder, '.venv', 'bin', 'python');
  }

  get env(): NodeJS.ProcessEnv {
    return { ...shell, ...this.variables };
  }

  /** Gives .venv what the lock files say, from the environments that the tests keep. */
  install(): Promise<void> {
    return giveVenv(this.folder, this.#interpreter, this.variables);
  }

  /** Adds packages as the README says. */
  async require(...requirements: readonly string[]): Promise<void> {
    this.append('requirements.in', ...requirements);
    await this.make('lock');
    await this.install();
  }

  run(program: string, ...args: readonly string[]): Promise<Outcome> {
    return runOk(program, args, { cwd: this.folder, env: this.env });
  }

  manage(...args: readonly string[]): Promise<Outcome> {
    return this.run(this.python, 'manage.py', ...args);
  }

  make(...args: readonly string[]): Promise<Outcome> {
    return this.run('make', ...args);
  }

  /** For what is expected to fail. */
  tryMake(...args: readonly string[]): Promise<Outcome> {
    return run('make', args, { cwd: this.folder, env: this.env });
  }

  /** A command of the generator, in the repository. */
  async generator(...args: readonly string[]): Promise<string> {
    const { code, output } = await generator(args, this.folder);
    if (code !== 0) {
      throw new Error(`${args.join(' ')}: exit ${code}\n${output}`);
    }
    return output;
  }

  has(file: string): boolean {
    return existsSync(path.join(this.folder, file));
  }

  read(file: string): string {
    return readFileSync(path.join(this.folder, file), 'utf8');
  }

  write(file: string, text: string): void {
    writeFileSync(path.join(this.folder, file), text);
  }

  /** Writes all files of a week, over what is there. */
  place(week: string): void {
    cpSync(path.join(files, week), this.folder, { recursive: true });
  }

  /** Replaces a text that stands in a file once. */
  edit(file: string, before: string, after: string): void {
    const parts = this.read(file).split(before);
    if (parts.length !== 2) {
      throw new Error(`${file} holds ${parts.length - 1} times: ${before}`);
    }
    this.write(file, parts.join(after));
  }

  /** Adds names to an object. */
  editJson(file: string, added: object): void {
    const object = JSON.parse(this.read(file)) as object;
    this.write(file, `${JSON.stringify({ ...object, ...added }, undefined, 2)}\n`);
  }

  append(file: string, ...lines: readonly string[]): void {
    this.write(file, `${this.read(file).trimEnd()}\n\n${lines.join('\n')}\n`);
  }

  async commit(message: string): Promise<void> {
    await this.run('git', 'add', '--all');
    await this.run('git', 'commit', '--quiet', `--message=${message}`);
  }

  /** What git would add: nothing, when all that a command left behind is ignored. */
  async untracked(): Promise<string> {
    return (await this.run('git', 'status', '--porcelain')).stdout;
  }

  /** `make dev`, which answers. */
  async serve(): Promise<{ readonly url: string; readonly server: Server }> {
    const port = await freePort();
    const server = new Server('make dev', ['make', 'dev', `PORT=${port}`], { cwd: this.folder, env: this.env });
    const url = `http://127.0.0.1:${port}`;
    await until('make dev answers', 60, async () => {
      if (!server.isRunning) {
        throw new Error(`make dev ended:\n${server.output}`);
      }
      const response = await fetch(`${url}/readyz`).catch(() => undefined);
      return response?.status === 200;
    });
    return { url, server };
  }
}

/** Makes a repository's .venv one with what its lock files say, of those that the tests keep. */
export async function giveVenv(
  repository: string,
  interpreter: Python,
  variables: NodeJS.ProcessEnv = {},
): Promise<void> {
  const python = await venvFor(repository, interpreter, variables);
  rmSync(path.join(repository, '.venv'), { recursive: true, force: true });
  linkVenv(python, repository);
}
