import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** Runs a script of this folder in a process of its own, and gives what it printed and the signal that ended it. */
export async function runScript(
  name: string,
  ...args: readonly string[]
): Promise<{ output: string; signal: string | null }> {
  const script = fileURLToPath(new URL(name, import.meta.url));
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx/esm'), script, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const signal = new Promise<string | null>((resolve) => child.on('exit', (_, ending) => resolve(ending)));
  const output = await text(child.stdout);
  return { output, signal: await signal };
}
