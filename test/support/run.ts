import { spawn } from 'node:child_process';
import type { SpawnOptions } from 'node:child_process';

/** What a command did; `output` is stdout and stderr in the order they came. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly output: string;
}

export interface RunOptions extends Pick<SpawnOptions, 'cwd' | 'env' | 'uid' | 'gid'> {
  /** Written to the command's stdin, which is empty and closed otherwise. */
  readonly input?: string;
  /** The whole process group is killed after this time, in ms. */
  readonly timeoutMs?: number;
}

const running = new Set<number>();
// A failing test must leave no process behind.
process.on('exit', () => {
  for (const pid of running) {
    killGroup(pid, 'SIGKILL');
  }
});

/** Runs a command to its end, in a process group of its own. A command that cannot be started rejects. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const { input, timeoutMs = 300_000, ...rest } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...rest, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
    if (child.pid !== undefined) {
      running.add(child.pid);
    }
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    const both: Buffer[] = [];
    const collect = (into: Buffer[]) => (chunk: Buffer) => {
      into.push(chunk);
      both.push(chunk);
    };
    child.stdout.on('data', collect(out));
    child.stderr.on('data', collect(err));
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      killGroup(child.pid, 'SIGKILL');
    }, timeoutMs);
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      running.delete(child.pid ?? 0);
      const text = (chunks: readonly Buffer[]) => Buffer.concat(chunks).toString('utf8');
      if (late) {
        reject(new Error(`${command} ${args.join(' ')} took longer than ${timeoutMs} ms\n${text(both)}`));
      } else if (code === null) {
        reject(new Error(`${command} ${args.join(' ')} was ended by ${signal}\n${text(both)}`));
      } else {
        resolve({ code, stdout: text(out), stderr: text(err), output: text(both) });
      }
    });
    // A command may end without reading its input.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

/** Runs a command that must end with 0; the error of one that does not holds all that it printed. */
export async function runOk(command: string, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const outcome = await run(command, args, options);
  if (outcome.code !== 0) {
    throw new Error(`${command} ${args.join(' ')}: exit ${outcome.code}\n${outcome.output}`);
  }
  return outcome;
}

/** Sends a signal to a process group; one that is gone already is no error. */
export function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) {
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') {
      throw error;
    }
  }
}
