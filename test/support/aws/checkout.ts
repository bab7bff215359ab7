import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { serverFolder } from '../servers/folder.ts';
import { Server } from '../servers/process.ts';
import { run, runOk } from '../run.ts';
import type { Outcome } from '../run.ts';
import { accountNumber } from './account.ts';
import type { Account, Identity } from './account.ts';
import { parametersOf } from './pipeline.ts';
import type { Pipeline } from './pipeline.ts';

const copies = fileURLToPath(new URL('copies.py', import.meta.url));

/** Those that the release program asks; another one works as well, and takes longer. */
const asked = ['cloudformation', 'ecr', 'ecs', 'elbv2', 'iam', 'logs', 'secretsmanager', 'sts'] as const;

const releaseProgram = ['-m', 'django_fargate.release'] as const;

/** What a pipeline does with its roles; all the rest is a person's, who may do anything in the account. */
const byPipeline = ['release', 'rollback', 'migrate', 'verify', 'status', 'logs'];

/** A user's checkout of an emitted repository, from which an account is released to. */
export class Checkout {
  readonly folder: string;
  /** As whom a pipeline pushes and releases; until there are roles, a person does that, too. */
  pipeline: Pipeline | undefined;
  /** What comes before a module and its arguments to run it as Python would. */
  readonly #command: readonly string[];
  readonly #account: Account;

  private constructor(folder: string, command: readonly string[], account: Account) {
    this.folder = folder;
    this.#command = command;
    this.#account = account;
  }

  /**
   * Copies the repository, makes it a git repository and fills in what only its owner knows.
   *
   * @param python in whose virtual environment the repository's requirements are
   */
  static async of(repository: string, python: string, account: Account): Promise<Checkout> {
    const folder = path.join(serverFolder('checkout'), path.basename(repository));
    cpSync(repository, folder, { recursive: true });
    const socket = path.join(path.dirname(folder), 'copies');
    const server = new Server('Python', [python, copies, 'serve', socket, ...asked], { cwd: folder });
    await server.printed(/ready/u, 60);
    const checkout = new Checkout(folder, [python, '-I', '-S', copies, 'call', socket], account);
    const given = JSON.parse(checkout.read('deploy/parameters.json')) as { platform?: Record<string, string> };
    const platform = { ...given.platform, ...parametersOf(given.platform) };
    checkout.write(
      'deploy/parameters.json',
      JSON.stringify({ ...given, account: accountNumber, platform }, undefined, 2),
    );
    await checkout.#git('init', '--quiet', '--initial-branch=main');
    return checkout;
  }

  read(file: string): string {
    return readFileSync(path.join(this.folder, file), 'utf8');
  }

  write(file: string, text: string): void {
    mkdirSync(path.dirname(path.join(this.folder, file)), { recursive: true });
    writeFileSync(path.join(this.folder, file), text);
  }

  remove(file: string): void {
    rmSync(path.join(this.folder, file));
  }

  /** Commits everything, also when nothing changed. @returns the commit */
  async commit(message: string): Promise<string> {
    await this.#git('add', '--all');
    await this.#git('commit', '--quiet', '--allow-empty', '--message', message);
    return (await this.#git('rev-parse', 'HEAD')).trim();
  }

  /** Builds and pushes the image of what is checked out, as a pipeline does. */
  async push(): Promise<void> {
    const [program = '', ...args] = this.#command;
    await runOk(program, [...args, ...releaseProgram, 'push'], this.#options(this.pipeline?.build));
  }

  /** Commits, and pushes its image. @returns the commit */
  async commitAndPush(message: string): Promise<string> {
    const sha = await this.commit(message);
    await this.push();
    return sha;
  }

  /** Runs a command of the release program to its end. */
  release(...args: readonly string[]): Promise<Outcome> {
    const [program = '', ...before] = this.#command;
    const options = this.#options(this.#identityOf(args[0]));
    return run(program, [...before, ...releaseProgram, ...args], { ...options, timeoutMs: 120_000 });
  }

  /** Sets a secret as an operator does who has its value in a file. */
  setSecret(name: string, value: string): Promise<Outcome> {
    const [program = '', ...before] = this.#command;
    return run(program, [...before, ...releaseProgram, 'secret', name], { ...this.#options(), input: value });
  }

  /** Starts a command of the release program and leaves it running. */
  start(...args: readonly string[]): Server {
    const options = this.#options(this.#identityOf(args[0]));
    return new Server(`release ${args[0]}`, [...this.#command, ...releaseProgram, ...args], options);
  }

  /** Writes a migration of the project's own app. @param operations what it does, in Python */
  addMigration(project: string, name: string, after: string | undefined, operations: string, more = 'pass'): void {
    const dependencies = after === undefined ? '[]' : `[("${project}", "${after}")]`;
    const init = `${project}/migrations/__init__.py`;
    if (!existsSync(path.join(this.folder, init))) {
      this.write(init, '');
    }
    const lines = [
      'from django.db import migrations, models',
      '',
      '',
      'class Migration(migrations.Migration):',
      `    ${more}`,
      `    dependencies = ${dependencies}`,
      `    operations = [${operations}]`,
      '',
    ];
    this.write(`${project}/migrations/${name}.py`, lines.join('\n'));
  }

  #identityOf(command = ''): Identity | undefined {
    return byPipeline.includes(command) ? this.pipeline?.release : undefined;
  }

  #options(identity?: Identity): { readonly cwd: string; readonly env: NodeJS.ProcessEnv } {
    return { cwd: this.folder, env: { ...this.#account.environment, ...identity } };
  }

  async #git(...args: readonly string[]): Promise<string> {
    const author = ['-c', 'user.name=Somebody', '-c', 'user.email=somebody@example.com'];
    return (await runOk('git', [...author, ...args], this.#options())).stdout;
  }
}
