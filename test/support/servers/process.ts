import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { killGroup } from '../run.ts';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ServerOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Root starts it as nobody. PostgreSQL refuses to run as root. */
  readonly unprivileged?: boolean;
  /** Put before the command: enters a network namespace. */
  readonly prefix?: readonly string[];
  /** Sent to the process group when the tests end, however they do. PostgreSQL frees its memory on SIGQUIT. */
  readonly lastSignal?: NodeJS.Signals;
}

/** Debian's nobody: initdb wants a user that exists. */
const nobody = '65534';

const running = new Set<Server>();
process.on('exit', () => {
  for (const server of running) {
    server.kill();
  }
});

/** A process that goes on until it is stopped, in a process group of its own. It never outlives the tests. */
export class Server {
  readonly name: string;
  readonly pid: number;
  readonly exited: Promise<Exit>;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lastSignal: NodeJS.Signals;
  #output = '';
  #exit: Exit | undefined;

  constructor(name: string, command: readonly string[], options: ServerOptions = {}) {
    const { prefix = [], unprivileged = false, lastSignal = 'SIGKILL', ...rest } = options;
    const [file = '', ...args] = [...prefix, ...guarded(unprivileged, lastSignal), ...command];
    this.name = name;
    this.#lastSignal = lastSignal;
    this.#child = spawn(file, args, { ...rest, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
    if (this.#child.pid === undefined) {
      this.#child.on('error', () => {});
      throw new Error(`${file} cannot be started`);
    }
    this.pid = this.#child.pid;
    running.add(this);
    const collect = (chunk: Buffer) => {
      this.#output += chunk.toString('utf8');
    };
    this.#child.stdout.on('data', collect);
    this.#child.stderr.on('data', collect);
    this.#child.stdin.on('error', () => {});
    this.exited = new Promise((resolve) => {
      this.#child.on('exit', (code, signal) => {
        this.#exit = { code, signal };
        running.delete(this);
        resolve(this.#exit);
      });
    });
  }

  /** All that it printed so far, stdout and stderr. */
  get output(): string {
    return this.#output;
  }

  get isRunning(): boolean {
    return this.#exit === undefined;
  }

  write(text: string): void {
    this.#child.stdin.write(text);
  }

  endInput(): void {
    this.#child.stdin.end();
  }

  /** Resolves when its output matches; rejects when it ended or the time is up. */
  async printed(pattern: RegExp, seconds = 20): Promise<RegExpExecArray> {
    return until(`${this.name} prints ${pattern}`, seconds, () => {
      const match = pattern.exec(this.#output);
      if (match === null && !this.isRunning) {
        throw new Error(`${this.name} ended without printing ${pattern}:\n${this.#output}`);
      }
      return match ?? undefined;
    });
  }

  /** Signals the process itself and waits for its end; one that does not end in time is killed, and that rejects. */
  async stop(signal: NodeJS.Signals = 'SIGTERM', seconds = 20): Promise<Exit> {
    if (this.isRunning) {
      process.kill(this.pid, signal);
    }
    return this.ended(seconds);
  }

  /** Waits for its end; one that does not come in time is forced, and that rejects. */
  async ended(seconds = 20): Promise<Exit> {
    const timer = new AbortController();
    const late = sleep(seconds * 1000, undefined, { signal: timer.signal }).catch(() => undefined);
    const exit = await Promise.race([this.exited, late]);
    timer.abort();
    if (exit === undefined) {
      killGroup(this.pid, 'SIGKILL');
      throw new Error(`${this.name} did not end within ${seconds} s:\n${this.#output.slice(-2000)}`);
    }
    return exit;
  }

  /** At once, with all of its process group. */
  kill(): void {
    this.endInput();
    killGroup(this.pid, this.#lastSignal);
  }
}

/** For a suite's `after`: ends every server that still runs. */
export async function stopServers(): Promise<void> {
  const left = [...running];
  for (const server of left) {
    server.kill();
  }
  await Promise.all(left.map((server) => server.ended()));
}

/** On Linux the kernel signals a server whose parent died: a killed test run leaves none behind. */
function guarded(unprivileged: boolean, lastSignal: NodeJS.Signals): readonly string[] {
  if (process.platform !== 'linux') {
    return [];
  }
  return ['setpriv', ...(unprivileged ? identity() : []), '--pdeathsig', lastSignal.slice('SIG'.length), '--'];
}

function identity(): readonly string[] {
  return process.getuid?.() === 0 ? ['--reuid', nobody, '--regid', nobody, '--clear-groups'] : [];
}

/** The words before a command of an unprivileged server's user: nobody for root, else oneself. */
export function asUnprivileged(): readonly string[] {
  return process.getuid?.() === 0 ? ['setpriv', ...identity(), '--'] : [];
}

/** User and group to whom an unprivileged server's folder belongs. */
export function unprivilegedId(): { readonly uid: number; readonly gid: number } {
  const own = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  return own.uid === 0 ? { uid: Number(nobody), gid: Number(nobody) } : own;
}

/** The processes that a process started and that still run, as Linux knows them. */
export function childrenOf(pid: number): readonly number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
}

/**
 * Asks again and again until there is an answer other than undefined and false; rejects when the time is up. The longer
 * it takes, the more seldom: asking is work for those who are waited for.
 */
export async function until<T>(
  what: string,
  seconds: number,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const started = performance.now();
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) {
      return answer;
    }
    const waitedMs = performance.now() - started;
    if (waitedMs > seconds * 1000) {
      throw new Error(`not within ${seconds} s: ${what}`);
    }
    await sleep(Math.min(250, 50 + waitedMs / 20));
  }
}
