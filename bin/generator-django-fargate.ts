#!/usr/bin/env node
import { requireNode } from '../disk/package/requireNode.ts';

// Who reads may leave early, as `head` does: no reason to stop in the middle of writing.
process.stdout.on('error', () => {});
process.exitCode = await start();

async function start(): Promise<number> {
  try {
    requireNode();
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    return 2;
  }
  // Imported above, it would be loaded before anything can be said.
  const { runWithoutYo } = await import('./runWithoutYo.ts');
  return runWithoutYo(process.argv.slice(2));
}
