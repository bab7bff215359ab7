import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Server, until } from '../support/servers/process.ts';

/** A shell that stays open, so that a page's `cd` and `export` count for the commands below them. */
export class Shell {
  readonly #shell: Server;
  readonly #folder: string;
  #count = 0;

  /** @param folder where it starts, and keeps the output of what runs on */
  constructor(folder: string, env: NodeJS.ProcessEnv) {
    this.#folder = folder;
    this.#shell = new Server('bash', ['bash'], { cwd: folder, env });
    this.#shell.write('set -euo pipefail\nexec 2>&1\n');
  }

  /** Runs commands to their end, of which each must succeed. @returns what they printed */
  async run(commands: string, seconds = 240): Promise<string> {
    const mark = `-- ${(this.#count += 1)} is done --`;
    const from = this.#shell.output.length;
    this.#shell.write(`${commands}\necho '${mark}' "$PWD"\n`);
    await until(commands, seconds, () => {
      const isDone = this.#shell.output.includes(mark);
      if (!isDone && !this.#shell.isRunning) {
        throw new Error(`${commands}\n${this.#shell.output.slice(from)}`);
      }
      return isDone;
    });
    return this.#shell.output.slice(from);
  }

  /** Starts a command that goes on, as in a terminal of its own. */
  async start(command: string): Promise<Running> {
    const log = path.join(this.#folder, `${this.#count + 1}.log`);
    writeFileSync(log, '');
    const output = await this.run(`${command} >'${log}' 2>&1 </dev/null & echo "pid $!"`);
    return new Running(this, Number(/^pid (\d+)$/mu.exec(output)?.[1]), log);
  }

  async end(): Promise<void> {
    this.#shell.kill();
    await this.#shell.ended();
  }
}

/** A command that a {@link Shell} started. */
export class Running {
  readonly #shell: Shell;
  readonly #pid: number;
  readonly #log: string;

  constructor(shell: Shell, pid: number, log: string) {
    this.#shell = shell;
    this.#pid = pid;
    this.#log = log;
  }

  get output(): string {
    return readFileSync(this.#log, 'utf8');
  }

  printed(pattern: RegExp, seconds = 60): Promise<RegExpExecArray> {
    return until(`${pattern}`, seconds, () => pattern.exec(this.output) ?? undefined).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${this.output}`);
    });
  }

  async stop(): Promise<void> {
    // It may have ended by itself: a development server does when a package that it imports is missing.
    await this.#shell.run(`kill ${this.#pid} || true; wait ${this.#pid} || true`);
  }
}

/** Writes a file of the page, or lines at its end. */
export function writeStep(folder: string, kind: 'write' | 'append', file: string, text: string): void {
  const target = path.join(folder, file);
  mkdirSync(path.dirname(target), { recursive: true });
  if (kind === 'write') {
    writeFileSync(target, text);
  } else {
    appendFileSync(target, `\n${text}`);
  }
}
