import { skip } from '../need.ts';
import type { Engine } from './engine.ts';
import { NoEngine, startEngine } from './startEngine.ts';

let started: Promise<Engine> | undefined;
const cleanups: (() => Promise<void>)[] = [];

/** Has something done after the last test, before the engine stops; the latest first. */
export function atEnd(cleanup: () => Promise<void>): void {
  cleanups.unshift(cleanup);
}

/** The engine of this process, started by the first test that needs one; without one the test is skipped, by name. */
export async function needEngine(context: Parameters<typeof skip>[0]): Promise<Engine> {
  started ??= startEngine().then((engine) => {
    process.stdout.write(`  ${engine.description}\n`);
    return engine;
  });
  try {
    return await started;
  } catch (error) {
    if (error instanceof NoEngine) {
      return skip(context, error.message);
    }
    throw error;
  }
}

// A root hook: runs once, after the last test of all files, also when tests failed.
after('stop the engine', async function () {
  this.timeout(120_000);
  try {
    for (const cleanup of cleanups) {
      await cleanup();
    }
  } finally {
    const engine = await started?.catch(() => undefined);
    await engine?.stop();
  }
});
