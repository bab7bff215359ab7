import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../support/paths.ts';

/** What `npx generator-django-fargate` starts. */
export const bin = path.join(root, 'dist', 'bin', 'generator-django-fargate.js');

export interface BinOutcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

type RunWithoutYo = (words: readonly string[]) => Promise<number>;

/**
 * The same as starting the bin, but inside this process, which takes a tenth of the time: for long tables. Nobody is
 * there to ask. Runs must not overlap: they change cwd.
 */
export async function runBin(words: readonly string[], cwd: string): Promise<BinOutcome> {
  const module = pathToFileURL(path.join(root, 'dist', 'bin', 'runWithoutYo.js')).href;
  const { runWithoutYo } = (await import(module)) as { runWithoutYo: RunWithoutYo };
  const before = { exitCode: process.exitCode, region: process.env['AWS_REGION'] };
  const captured = { stdout: '', stderr: '' };
  const restore = (['stdout', 'stderr'] as const).map((name) => {
    const stream = process[name];
    const { write } = stream;
    stream.write = ((text: string | Uint8Array) => {
      captured[name] += typeof text === 'string' ? text : Buffer.from(text).toString('utf8');
      return true;
    }) as typeof write;
    return () => {
      stream.write = write;
    };
  });
  const isTTY = Object.getOwnPropertyDescriptor(process.stdin, 'isTTY');
  Object.defineProperty(process.stdin, 'isTTY', { value: false, configurable: true });
  delete process.env['AWS_REGION'];
  process.chdir(cwd);
  process.exitCode = undefined;
  try {
    return { code: await runWithoutYo(words), ...captured };
  } finally {
    restore.forEach((undo) => undo());
    // Not what it was before: another run may have been in the middle.
    process.chdir(root);
    process.exitCode = before.exitCode;
    if (before.region !== undefined) process.env['AWS_REGION'] = before.region;
    if (isTTY === undefined) Reflect.deleteProperty(process.stdin, 'isTTY');
    else Object.defineProperty(process.stdin, 'isTTY', isTTY);
  }
}
