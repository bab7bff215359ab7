import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run, runOk } from './run.ts';
import type { Outcome, RunOptions } from './run.ts';

/** The user that `yo` changes to when root starts it; a number, so it need not exist. */
const user = 1000;

/**
 * A folder with a home of its own in which commands run as a user would run them: never as root. `yo` started by root
 * changes its user but keeps HOME, and then cannot read it.
 */
export class Sandbox {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'django-fargate-'));
  readonly #home = path.join(this.folder, 'home');

  constructor() {
    mkdirSync(this.#home);
  }

  /** Gives what root put here, all of it or one folder, to the user. */
  async handOver(folder = this.folder): Promise<void> {
    if (process.getuid?.() === 0) {
      await runOk('chown', ['-R', `${user}:${user}`, folder]);
    }
  }

  /** Runs a command as the user, with `nodeFolder` first on PATH and nothing of the caller's npm settings. */
  run(nodeFolder: string, command: string, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    const kept = Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_|INIT_CWD$|XDG_|SUDO_)/iu.test(name));
    const env = {
      ...Object.fromEntries(kept),
      ...options.env,
      HOME: this.#home,
      PATH: `${nodeFolder}${path.delimiter}${process.env['PATH']}`,
    };
    const identity = process.getuid?.() === 0 ? { uid: user, gid: user } : {};
    return run(command, args, { ...options, ...identity, env });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
