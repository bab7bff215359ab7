#!/usr/bin/env node
import { requireNode } from '../disk/package/requireNode.ts';

// The reader may close the pipe early, as `head` does: that must not interrupt the writing of files.
process.stdout.on('error', () => {});
process.exitCode = await start();

async function start(): Promise<number> {
  try {
    requireNode();
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    return 2;
  }
  // Not imported above, where it would be loaded before an error can be printed.
  const { runWithoutYo } = await import('./runWithoutYo.ts');
  return runWithoutYo(process.argv.slice(2));
}
