import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { root } from '../paths.ts';

const script = path.join(root, 'test', 'support', 'aws_cli.py');

/** The real AWS CLI, loaded once. Without AWS_ENDPOINT_URL its answers are made up from AWS's own models. */
export class AwsCli {
  readonly #server: ChildProcess;
  readonly #python: string;
  readonly #folder: string;

  private constructor(server: ChildProcess, python: string, folder: string) {
    this.#server = server;
    this.#python = python;
    this.#folder = folder;
  }

  /** @param python the Python in whose virtual environment the CLI is */
  static async start(python: string): Promise<AwsCli> {
    const folder = mkdtempSync(path.join(tmpdir(), 'aws-cli-'));
    const socket = path.join(folder, 'socket');
    const server = spawn(python, [script, 'serve', socket], { stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const line of createInterface({ input: server.stdout })) {
      if (line === 'ready') {
        return new AwsCli(server, python, folder);
      }
    }
    throw new Error('the AWS CLI did not start');
  }

  /** Puts `aws` into a folder; each call is noted in the file that AWS_CALLS names. */
  placeIn(bin: string): void {
    const command = `exec '${this.#python}' -S '${script}' call '${path.join(this.#folder, 'socket')}' "$@"`;
    const text = `#!/bin/sh\necho "$*" >> "\${AWS_CALLS:-/dev/null}"\n${command}\n`;
    writeFileSync(path.join(bin, 'aws'), text, { mode: 0o755 });
  }

  stop(): void {
    this.#server.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
