import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runOk } from './run.ts';

/** What a pipeline asked a program to do, with what the program could see. */
export interface Asked {
  /** `make lint`, `python -m django_fargate.release push`. */
  readonly command: string;
  /** AWS_ROLE_ARN. */
  readonly role: string;
  /** GIT_SHA. */
  readonly sha: string;
  /** What AWS_WEB_IDENTITY_TOKEN_FILE holds. */
  readonly token: string;
}

const programs = ['apk', 'docker', 'make', 'pip', 'python', 'python3', 'sleep'] as const;

/**
 * A repository with one commit, and programs first on PATH that only write down what they were asked, and fail when
 * they are told to. In it a pipeline runs as its provider would run it.
 */
export class Rehearsal {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'rehearsal-'));
  readonly repository = path.join(this.folder, 'repository');
  readonly env: NodeJS.ProcessEnv;
  readonly #log = path.join(this.folder, 'log');
  readonly #programs = path.join(this.folder, 'programs');
  readonly #fails = path.join(this.folder, 'fails');

  /** @param change what is changed in one file before the commit, so that it can run here */
  static async of(source: string, change: (text: string, folder: string) => string, file: string): Promise<Rehearsal> {
    const rehearsal = new Rehearsal();
    cpSync(source, rehearsal.repository, { recursive: true });
    const target = path.join(rehearsal.repository, file);
    writeFileSync(target, change(readFileSync(target, 'utf8'), rehearsal.folder));
    await rehearsal.#git('init', '--quiet', '--initial-branch=main');
    await rehearsal.#git('remote', 'add', 'origin', 'https://git.example.com/acme/shop.git');
    await rehearsal.#git('add', '--all');
    await rehearsal.#git('commit', '--quiet', '--message=first');
    return rehearsal;
  }

  private constructor() {
    mkdirSync(this.#programs);
    const stub = path.join(this.#programs, 'stub');
    writeFileSync(
      stub,
      `#!/bin/sh
asked="$(basename "$0") $*"
printf '%s\\t%s\\t%s\\t%s\\n' "$asked" "\${AWS_ROLE_ARN:-}" "\${GIT_SHA:-}" \\
  "$(cat "\${AWS_WEB_IDENTITY_TOKEN_FILE:-/dev/null}")" >> '${this.#log}'
if [ "$1 $2" = "-m venv" ]; then
  mkdir -p "$3/bin"
  ln -sf '${stub}' "$3/bin/pip"
  ln -sf '${stub}' "$3/bin/python"
fi
if [ -s '${this.#fails}' ]; then
  case "$asked" in *"$(cat '${this.#fails}')"*) exit 1 ;; esac
fi
`,
      { mode: 0o755 },
    );
    for (const program of programs) {
      symlinkSync(stub, path.join(this.#programs, program));
    }
    mkdirSync(path.join(this.folder, 'home'));
    this.env = {
      HOME: path.join(this.folder, 'home'),
      GIT_CONFIG_GLOBAL: '/dev/null',
      PATH: `${this.#programs}${path.delimiter}${process.env['PATH']}`,
    };
  }

  /** Which program fails from now on: the one whose command holds this text; none without. */
  fail(text = ''): void {
    writeFileSync(this.#fails, text);
  }

  async checkOut(branch: string): Promise<string> {
    await this.#git('checkout', '--quiet', '-B', branch);
    return (await this.#git('rev-parse', 'HEAD')).stdout.trim();
  }

  /** What was asked since the last call, in order. */
  asked(): readonly Asked[] {
    const lines = existsSync(this.#log) ? readFileSync(this.#log, 'utf8').trimEnd().split('\n') : [];
    rmSync(this.#log, { force: true });
    return lines.map((line) => {
      const [command = '', role = '', sha = '', token = ''] = line.split('\t');
      return { command: command.trimEnd(), role, sha, token };
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #git(...args: readonly string[]) {
    const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com'];
    return runOk('git', [...identity, ...args], { cwd: this.repository, env: { ...process.env, ...this.env } });
  }
}
